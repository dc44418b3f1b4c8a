//! Neighbours: which pods must be together, and which apart.

use crate::kube::{
    codes::runtime::{PLACEMENT, PLACEMENT_CHANGED},
    object::Field,
};

/// How far apart pods are kept.
enum Domain {
    Machine,
    Zone,
    Other,
}

fn domain(term: Field<'_>) -> Domain {
    match term.text_of("topologyKey") {
        Some("kubernetes.io/hostname") => Domain::Machine,
        Some("topology.kubernetes.io/zone" | "failure-domain.beta.kubernetes.io/zone") => Domain::Zone,
        _ => Domain::Other,
    }
}

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// Says what becomes of affinities between pods and of spread constraints.
pub(super) fn say(pod: Field<'_>) {
    let affinity = pod.get("affinity");
    if let Some(together) = affinity.and_then(|affinity| affinity.get("podAffinity")) {
        if let Some(required) = together.get(REQUIRED) {
            let reason = "members of different services never share a VM";
            required.say(&PLACEMENT, reason, "make what must be together `containers` of one service");
        }
        if let Some(preferred) = together.get(PREFERRED) {
            let reason = "members of different services never share a VM, and are spread over all zones";
            preferred.say(&PLACEMENT_CHANGED, reason, "make what is best together `containers` of one service");
        }
    }
    let apart = affinity.and_then(|affinity| affinity.get("podAntiAffinity"));
    for term in apart.into_iter().flat_map(|apart| apart.list(REQUIRED)) {
        say_apart(term, domain(term), true);
    }
    for weighted in apart.into_iter().flat_map(|apart| apart.list(PREFERRED)) {
        let domain = weighted.get("podAffinityTerm").map_or(Domain::Other, domain);
        say_apart(weighted, domain, false);
    }
    pod.list("topologySpreadConstraints").for_each(say_constraint);
}

fn say_apart(field: Field<'_>, domain: Domain, required: bool) {
    match (domain, required) {
        (Domain::Machine, _) => field.ignore("it always holds: each member has a VM of its own"),
        (Domain::Zone, true) => {
            let reason = "members are balanced over the zones, and two may be in one";
            field.say(&PLACEMENT_CHANGED, reason, "run as many members as there are zones");
        }
        (Domain::Zone, false) => field.ignore("members are balanced over the zones of the network"),
        (Domain::Other, true) => {
            field.say(&PLACEMENT, "Skiff keeps members apart by VM and by zone only", "see which failures it was for");
        }
        (Domain::Other, false) => field.ignore("a preference; each member has a VM of its own"),
    }
}

fn say_constraint(constraint: Field<'_>) {
    let hard = constraint.text_of("whenUnsatisfiable") != Some("ScheduleAnyway");
    match (domain(constraint), hard) {
        (Domain::Machine, _) => constraint.ignore("it always holds: each member has a VM of its own"),
        (Domain::Zone, false) => constraint.ignore("members are balanced over the zones of the network"),
        (Domain::Zone, true) => {
            let reason = "members are balanced over the zones, and no start waits for the balance";
            constraint.say(&PLACEMENT_CHANGED, reason, "run a multiple of the number of zones");
        }
        (Domain::Other, false) => constraint.ignore("a preference; each member has a VM of its own"),
        (Domain::Other, true) => {
            let reason = "Skiff spreads members by VM and by zone only";
            constraint.say(&PLACEMENT, reason, "see which failures it was for");
        }
    }
}
