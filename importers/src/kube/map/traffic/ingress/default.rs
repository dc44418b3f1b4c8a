//! What answers when no path of an Ingress does.

use skiff_compiler::spec::service::Match;

use super::{super::route::route, One, Traffic};

impl<'c> One<'c> {
    /// `spec.defaultBackend`, of v1beta1 `spec.backend`: for hosts without paths, and for everything else.
    pub(super) fn default_backend(&self, traffic: &mut Traffic<'_, 'c>) {
        let Some(spec) = self.object.at("spec") else { return };
        let Some(backend) = spec.get("defaultBackend").or_else(|| spec.get("backend")) else { return };
        let bare = spec.list("rules").filter(|rule| rule.get("http").is_none());
        for host in bare.filter_map(|rule| self.hosts(rule)).flatten().flatten() {
            self.lead(route(Some(host), "/", Match::Prefix), backend, backend, traffic);
        }
        self.lead(route(None, "/", Match::Prefix), backend, backend, traffic);
    }
}
