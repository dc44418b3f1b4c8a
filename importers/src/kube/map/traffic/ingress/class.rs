//! Which controller carries out an Ingress: it decides what paths and annotations mean.

use super::annotations::Annotations;
use crate::kube::{
    codes::traffic as codes,
    map::{context::Context, traffic::objects},
    object::{Field, Object},
};

/// A kind of controller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Family {
    /// ingress-nginx of the Kubernetes project.
    Nginx,
    /// The AWS Load Balancer Controller.
    Alb,
    /// Google Cloud's.
    Google,
    /// Another one, by the name of its class.
    Other(String),
    /// It is not said.
    Unsaid,
}

/// The controller of an Ingress, and what is said of its class.
pub(super) fn of<'c>(object: &'c Object<'c>, annotations: &Annotations<'c>, context: &Context<'c>) -> Family {
    let written = object.at("spec.ingressClassName").or_else(|| annotations.take("kubernetes.io/ingress.class"));
    if object.at("spec.ingressClassName").is_some() {
        annotations
            .take("kubernetes.io/ingress.class")
            .iter()
            .for_each(|field| field.ignore("`ingressClassName` says it"));
    }
    let Some(field) = written.filter(|field| field.written().is_some_and(|text| !text.trim().is_empty())) else {
        return unsaid(object, annotations);
    };
    let vendor = annotations.any("nginx.org/") && !annotations.any("nginx.ingress.kubernetes.io/");
    let family = match named(field, context) {
        Family::Nginx if vendor => Family::Other("nginx.org".to_owned()),
        family => family,
    };
    match &family {
        Family::Alb => field.mapped_to("/load_balancer"),
        Family::Nginx => say(field, "ingress-nginx"),
        Family::Google => say(field, "Google Cloud's load balancer"),
        Family::Other(name) => say(field, &format!("the controller of `{name}`")),
        Family::Unsaid => {}
    }
    family
}

fn say(field: Field<'_>, controller: &str) {
    let reason = format!("an AWS load balancer carries it out instead of {controller}");
    field.say(&codes::INGRESS_CLASS, reason, "try the routes before traffic moves");
}

fn named(field: Field<'_>, context: &Context<'_>) -> Family {
    let name = field.written().unwrap_or_default().trim().to_owned();
    let class = objects(context, "IngressClass").find(|class| class.name() == name);
    let controller = class.and_then(|class| class.at("spec.controller")).and_then(Field::text);
    match controller.unwrap_or(name.as_str()) {
        "k8s.io/ingress-nginx" => Family::Nginx,
        "ingress.k8s.aws/alb" | "alb" => Family::Alb,
        "gce" | "gce-internal" => Family::Google,
        word if word.contains("ingress-gce") => Family::Google,
        "nginx.org/ingress-controller" => Family::Other(name),
        word if controller.is_none() && word.contains("nginx") => Family::Nginx,
        word if controller.is_none() && word.contains("alb") => Family::Alb,
        _ => Family::Other(name),
    }
}

/// Without a class the annotations tell who is meant.
fn unsaid<'c>(object: &'c Object<'c>, annotations: &Annotations<'c>) -> Family {
    let (family, words) = if annotations.any("nginx.ingress.kubernetes.io/") {
        (Family::Nginx, "its annotations are for ingress-nginx")
    } else if annotations.any("alb.ingress.kubernetes.io/") {
        (Family::Alb, "its annotations are for AWS's load balancers")
    } else if annotations.any("networking.gke.io/") || annotations.any("kubernetes.io/ingress.global-static-ip-name") {
        (Family::Google, "its annotations are for Google Cloud")
    } else {
        (Family::Unsaid, "paths are taken as the API describes them")
    };
    let reason = format!("it names no class; {words}");
    object.root().note(
        &codes::CLASS_ASSUMED,
        reason,
        "set `spec.ingressClassName` if another controller carries it out",
    );
    family
}
