//! TLS of an Ingress: which hosts have a certificate.

use skiff_compiler::spec::values::HostName;

use super::Settings;
use crate::kube::{
    codes::traffic as codes,
    map::context::Context,
    object::{Field, Object},
};

/// The hosts that have a certificate.
#[derive(Debug, Default)]
pub(super) struct Secured<'c> {
    hosts: Vec<Field<'c>>,
    all: bool,
}

impl Secured<'_> {
    /// Says of hosts with a certificate that it is of no account: annotations decide, or no route has the host. `routed`
    /// are the hosts of routes that lead somewhere.
    pub(super) fn settle(&self, settings: &Settings, routed: &[&HostName]) {
        let decided = settings.https || settings.http_too == Some(true);
        for field in &self.hosts {
            if decided {
                field.ignore("the annotations say what is served by HTTPS");
            } else if !routed.iter().any(|host| is_of(*field, host.as_str())) {
                field.ignore("no route that leads to a service of the import has this host");
            }
        }
    }

    /// Whether a host has one; of requests for any host, when all have.
    pub(super) fn covers(&self, host: Option<&HostName>) -> bool {
        let Some(host) = host.map(HostName::as_str) else { return self.all };
        self.all || self.hosts.iter().any(|field| is_of(*field, host))
    }
}

/// Whether the certificate for a name is one for a host.
fn is_of(name: Field<'_>, host: &str) -> bool {
    let name = name.written().unwrap_or_default();
    let zone = || host.split_once('.').map(|(_, zone)| zone);
    name.eq_ignore_ascii_case(host) || name.strip_prefix("*.").is_some_and(|wild| zone() == Some(wild))
}

/// Reads `spec.tls`; the keys stay where they are.
pub(super) fn of<'c>(object: &'c Object<'c>, context: &Context<'c>) -> Secured<'c> {
    let mut secured = Secured::default();
    for entry in object.at("spec").into_iter().flat_map(|spec| spec.list("tls")) {
        let hosts: Vec<_> = entry.list("hosts").collect();
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
