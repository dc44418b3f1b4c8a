//! NetworkPolicies: allow-lists between pods, as edges between services and ways out.

pub(super) mod peers;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use super::{Traffic, callers, identify, lose, service::Reached};
use crate::kube::{
    codes::{runtime, traffic as codes},
    object::{Field, Object},
};
use peers::Peers;

/// The two directions of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    Ingress,
    Egress,
}

/// Who may connect to, or be reached from, each service that a policy selects; one that none selects is in neither map.
#[derive(Debug, Default)]
struct Allowed {
    by: BTreeMap<(Direction, usize), Peers>,
}

/// Carries out all policies: edges that they name are added, edges that they do not let through are removed.
pub(super) fn apply(traffic: &mut Traffic<'_, '_>) {
    let mut allowed = Allowed::default();
    let policies: Vec<_> = traffic.objects("NetworkPolicy").collect();
    for policy in policies {
        identify(policy);
        let Some(spec) = policy.at("spec") else { continue };
        let selected = selected(traffic, spec, policy.namespace());
        let Some(first) = selected.iter().next().and_then(|index| traffic.drafts.get(*index)) else {
            let action = "import the workloads together with the policy";
            lose(policy, &codes::POLICY, "it selects no workload of the import", action);
            continue;
        };
        policy.belongs_to(first.name.as_str());
        for direction in directions(spec) {
            if direction == Direction::Egress {
                rules::say_https(spec);
            }
            let peers = rules::of(traffic, spec, direction, &selected, policy.namespace());
            for index in &selected {
                allowed.by.entry((direction, *index)).or_default().add(&peers);
            }
        }
    }
    edges(traffic, &allowed);
}

/// Whether a policy is about what comes in to every service that has a name: then its callers are known.
pub(super) fn is_complete(traffic: &Traffic<'_, '_>) -> bool {
    let about = |policy: &Object<'_>| {
        let spec = policy.at("spec").filter(|spec| directions(*spec).contains(&Direction::Ingress));
        spec.map(|spec| selected(traffic, spec, policy.namespace())).unwrap_or_default()
    };
    let known: BTreeSet<usize> = traffic.objects("NetworkPolicy").flat_map(about).collect();
    traffic.services.iter().filter_map(Reached::main).all(|main| known.contains(&main))
}

fn selected(traffic: &Traffic<'_, '_>, spec: Field<'_>, namespace: &str) -> BTreeSet<usize> {
    let selector = spec.get("podSelector");
    selector.iter().for_each(|selector| selector.touch());
    let fits = |index: &usize| {
        let draft = traffic.drafts.get(*index);
        draft.is_some_and(|draft| {
            draft.workload.namespace() == namespace
                && selector.is_none_or(|selector| peers::selects(selector, &draft.labels))
        })
    };
    let selected: BTreeSet<usize> = (0..traffic.drafts.len()).filter(fits).collect();
    for (draft, selector) in selected.iter().filter_map(|index| Some((traffic.drafts.get(*index)?, selector?))) {
        draft.selected_by(peers::keys(selector));
    }
    selected
}

/// Without `policyTypes` a policy is about what comes in, and about what goes out where it has such rules.
fn directions(spec: Field<'_>) -> Vec<Direction> {
    let words = spec.get("policyTypes").map(Field::texts).unwrap_or_default();
    for field in spec.list("policyTypes").filter(|field| !matches!(field.text(), Some("Ingress" | "Egress"))) {
        let reason = format!("`{}` is no type of policy", field.written().unwrap_or_default());
        field.say(&runtime::BAD_VALUE, reason, "write `Ingress` or `Egress`");
    }
    let mut directions = Vec::new();
    if words.contains(&"Ingress") || words.is_empty() {
        directions.push(Direction::Ingress);
    }
    if words.contains(&"Egress") || (words.is_empty() && spec.get("egress").is_some()) {
        directions.push(Direction::Egress);
    }
    directions
}

fn edges(traffic: &mut Traffic<'_, '_>, allowed: &Allowed) {
    let names: Vec<_> = traffic.drafts.iter().map(|draft| (draft.name.clone(), draft.service.port.is_some())).collect();
    let index = |name: &str| names.iter().position(|(other, _)| other.as_str() == name);
    let may = |caller: usize, target: usize| {
        let of = |direction, at, other| allowed.by.get(&(direction, at)).is_none_or(|peers| peers.has(other));
        of(Direction::Ingress, target, caller) && of(Direction::Egress, caller, target)
    };
    for (caller, draft) in traffic.drafts.iter_mut().enumerate() {
        draft.service.uses.retain(|used| index(used.0.name.value.as_str()).is_none_or(|target| may(caller, target)));
        for (target, (name, serves)) in names.iter().enumerate() {
            let named =
                |direction, at, other| allowed.by.get(&(direction, at)).is_some_and(|peers: &Peers| peers.names(other));
            let wanted = named(Direction::Ingress, target, caller) || named(Direction::Egress, caller, target);
            if *serves && caller != target && wanted && may(caller, target) {
                callers::uses(&mut draft.service, name);
            }
        }
    }
}
