//! Ports that containers declare, where the mapping of pods has not read them yet.

use crate::kube::{
    map::draft::{Draft, PodPort},
    object::Field,
};

/// Fills in the ports of drafts that have none.
pub(super) fn fill(drafts: &mut [Draft<'_>]) {
    for draft in drafts.iter_mut().filter(|draft| draft.ports.is_empty()) {
        for (index, container) in draft.pod.list("containers").enumerate() {
            draft.ports.extend(container.list("ports").filter_map(|field| port(field, index == 0)));
        }
    }
}

fn port(field: Field<'_>, main: bool) -> Option<PodPort<'_>> {
    let number = field.integer_of("containerPort").and_then(|number| u16::try_from(number).ok())?;
    let protocol = field.text_of("protocol").unwrap_or("TCP");
    Some(PodPort { name: field.text_of("name"), number, protocol, main, field })
}
