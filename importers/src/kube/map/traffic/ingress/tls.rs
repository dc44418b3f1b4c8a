//! TLS of an Ingress: which hosts have a certificate.

use skiff_compiler::spec::values::HostName;

use crate::kube::{
    codes::traffic as codes,
    map::context::Context,
    object::{Field, Object},
};

/// The hosts that have a certificate.
#[derive(Debug, Default)]
pub(super) struct Secured<'c> {
    hosts: Vec<&'c str>,
    all: bool,
}

impl Secured<'_> {
    /// Whether a host has one; of requests for any host, when all have.
    pub(super) fn covers(&self, host: Option<&HostName>) -> bool {
        let Some(host) = host.map(HostName::as_str) else { return self.all };
        let wild = |of: &str| {
            of.strip_prefix("*.").is_some_and(|zone| host.split_once('.').is_some_and(|(_, rest)| rest == zone))
        };
        self.all || self.hosts.iter().any(|of| of.eq_ignore_ascii_case(host) || wild(of))
    }
}

/// Reads `spec.tls`; the keys stay where they are.
pub(super) fn of<'c>(object: &'c Object<'c>, context: &Context<'c>) -> Secured<'c> {
    let mut secured = Secured::default();
    for entry in object.at("spec").into_iter().flat_map(|spec| spec.list("tls")) {
        let hosts: Vec<&str> = entry.get("hosts").into_iter().flat_map(Field::texts).collect();
        secured.all |= hosts.is_empty();
        secured.hosts.extend(hosts);
        if let Some(name) = entry.get("secretName") {
            name.touch();
            if context.options.certificates.is_empty() {
                name.say(
                    &codes::CERTIFICATE,
                    "the load balancer takes its certificate from AWS Certificate Manager, not from a Secret",
                    "request or import one for these hosts there, and give its ARN with `--certificate`",
                );
            } else {
                name.ignore("the certificates are those of `--certificate`");
            }
        }
    }
    secured
}
