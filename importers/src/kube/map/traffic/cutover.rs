//! From where the traffic of each workload comes today.

use skiff_compiler::spec::{
    decode::Decode,
    service::{Cutover, CutoverSource},
};

use super::{Traffic, service::Reached};
use crate::import::spanned;

/// Fills in `cutover.from` of every service: the name of the old one, and its port where a Service has one.
pub(super) fn fill(traffic: &mut Traffic<'_, '_>) {
    for index in 0..traffic.drafts.len() {
        let service = old(traffic, index);
        let name = service.map(|service| service.object.name());
        let served = traffic.served.get(&index).copied();
        let port = service.and_then(|service| {
            let routed = service.ports.iter().find(|port| served.is_some() && port.target == served);
            routed.or(service.ports.first()).map(|port| port.number)
        });
        let Some(draft) = traffic.drafts.get_mut(index) else { continue };
        let workload = draft.workload;
        let from = CutoverSource {
            service: format!("kubernetes/{}/{}", workload.namespace(), name.unwrap_or(workload.name())),
            port: port.map(spanned),
            health: health(&draft.service).filter(|_| served.is_some()),
            ..CutoverSource::fallback()
        };
        draft.service.cutover = Some(Cutover { from, ..Cutover::fallback() });
    }
}

/// The Service that stands for a workload: the one that routes lead to, else one whose first workload it is, else any.
fn old<'t, 'c>(traffic: &'t Traffic<'_, 'c>, index: usize) -> Option<&'t Reached<'c>> {
    let routed = traffic.routed.get(&index).and_then(|service| traffic.services.get(*service));
    let own = || traffic.services.iter().find(|service| service.main() == Some(index));
    routed.or_else(own).or_else(|| traffic.services.iter().find(|service| service.targets.contains(&index)))
}

/// The path of the readiness probe, where it is another than `/`.
fn health(service: &skiff_compiler::spec::service::Service) -> Option<String> {
    let probe = service.health.as_ref()?.readiness.as_ref()?;
    probe.0.http.clone().filter(|path| path != "/")
}
