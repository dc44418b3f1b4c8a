//! How requests reach a workload: each trap of Services, Ingresses, the Gateway API and network policies, on both sides.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may")]

mod gateway;
mod ingress;
mod nginx;
mod policy;
mod service;

use skiff_compiler::spec::{
    service::{Match, Route, Service},
    values::{Arn, Scalar},
};
use skiff_importers::{
    account::{Fate, Leaf},
    import::{Import, Input, Options},
    kube,
};

/// An import and what the tests ask of it.
pub(crate) struct Imported(pub(crate) Import);

/// Imports a text of several documents.
pub(crate) fn import(documents: &[&str]) -> Imported {
    imported(documents, Vec::new())
}

/// Imports with a certificate.
pub(crate) fn certified(documents: &[&str]) -> Imported {
    let arn = "arn:aws:acm:eu-west-1:111122223333:certificate/11111111-2222-3333-4444-555555555555";
    imported(documents, vec![Arn::parse(arn).unwrap()])
}

fn imported(documents: &[&str], certificates: Vec<Arn>) -> Imported {
    let inputs = [Input { name: "shop.yaml".into(), bytes: documents.join("\n---\n").into_bytes() }];
    let options = Options { app: "shop".into(), account: Some("111122223333".into()), region: Some("eu-west-1".into()), certificates };
    let import = kube::import(&inputs, &options);
    let totals = import.account.totals();
    let leaves: usize = import.account.objects.iter().map(|object| object.leaves.len()).sum();
    assert_eq!(Fate::ALL.iter().map(|fate| totals.of(*fate)).sum::<usize>(), leaves);
    Imported(import)
}

impl Imported {
    pub(crate) fn service(&self, name: &str) -> &Service {
        self.0.spec.services.get(name).unwrap_or_else(|| panic!("no service {name}"))
    }

    pub(crate) fn leaf(&self, kind: &str, name: &str, path: &str) -> &Leaf {
        let object =
            self.0.account.objects.iter().find(|object| &*object.kind == kind && object.name.as_deref() == Some(name));
        let leaves = &object.unwrap_or_else(|| panic!("no {kind} {name}")).leaves;
        let leaf = leaves.iter().find(|leaf| leaf.path == path);
        leaf.unwrap_or_else(|| panic!("no {path} in {:?}", leaves.iter().map(|leaf| &leaf.path).collect::<Vec<_>>()))
    }

    pub(crate) fn fate(&self, kind: &str, name: &str, path: &str) -> Fate {
        self.leaf(kind, name, path).fate
    }

    /// The names of the codes that were raised, each once.
    pub(crate) fn codes(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.0.account.findings.iter().map(|finding| finding.code.name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    pub(crate) fn raised(&self, name: &str) -> bool {
        self.codes().contains(&name)
    }

    /// The routes of a service, in short words.
    pub(crate) fn routes(&self, service: &str) -> Vec<String> {
        self.service(service).routes.iter().map(show).collect()
    }

    /// The routes of the load balancer, in short words.
    pub(crate) fn front(&self) -> Vec<String> {
        self.0.spec.load_balancer.iter().flat_map(|balancer| &balancer.routes).map(show).collect()
    }

    pub(crate) fn uses(&self, service: &str) -> Vec<String> {
        self.service(service).uses.iter().map(|used| used.0.name.value.to_string()).collect()
    }
}

/// `host prefix /path`, and what else a route has.
fn show(route: &Route) -> String {
    let host = route.host.as_ref().map_or("*".to_owned(), |host| host.value.to_string());
    let kind = route.r#match.as_ref().map_or(Match::Prefix, |kind| kind.value).word();
    let mut text = format!("{host} {kind} {}", route.path.as_ref().map_or("/", |path| &path.value));
    let mut add = |word: String| text = format!("{text} {word}");
    if route.tls == Some(false) {
        add("plain".into());
    }
    for (name, values) in &route.headers {
        add(format!("{name}={}", values.iter().map(|value| value.value.as_str()).collect::<Vec<_>>().join("|")));
    }
    for (name, value) in &route.query {
        add(format!("?{name}={}", value.value));
    }
    for method in &route.methods {
        add(method.value.clone());
    }
    for range in &route.sources {
        add(format!("from {}", range.value));
    }
    if let Some(rewrite) = &route.rewrite {
        let part = |part: &Option<skiff_compiler::spec::decode::Spanned<String>>| {
            part.as_ref().map_or("-".to_owned(), |part| part.value.clone())
        };
        add(format!("rewrite {} {} {}", part(&rewrite.path), part(&rewrite.regex), part(&rewrite.host)));
    }
    if let Some(redirect) = &route.redirect {
        let scheme = redirect.scheme.map_or("-", |scheme| scheme.word());
        let host = redirect.host.as_ref().map_or("-", |host| &host.value);
        let path = redirect.path.as_ref().map_or("-", |path| &path.value);
        add(format!("to {scheme} {host} {path} {}", redirect.status.as_ref().map_or(301, |status| status.value)));
    }
    if let Some(respond) = &route.respond {
        add(format!("answer {}", respond.status.value));
    }
    text
}

/// A Deployment whose pods have the label `app`.
pub(crate) fn workload(name: &str, ports: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: {name} }}\nspec:\n  selector: {{ matchLabels: {{ app: {name} }} }}\n  \
         template:\n    metadata: {{ labels: {{ app: {name}, tier: all }} }}\n    spec:\n      containers:\n        - name: main\n          \
         image: example.com/{name}:1\n          ports: [{ports}]\n"
    )
}

/// A Service with one port.
pub(crate) fn service(name: &str, more: &str, port: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{ name: {name} }}\nspec:\n  selector: {{ app: {name} }}\n  ports: [{{ {port} }}]\n{more}"
    )
}
