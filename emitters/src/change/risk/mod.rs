//! How risky a change of the shape is, whether it can be taken back, and why: read from two tables.
//!
//! [`existence`] has one row for each sort of resource: what it means to add, replace or remove one. [`properties`] has
//! the rows for what changes in place; the first row that matches a property decides it, and the worst property decides
//! the resource. To teach Skiff a risk, add a row; no code changes.

mod existence;
mod properties;

use serde_json::Value;
use skiff_wire::{Resource, Reversibility, Risk};

use super::{
    pairs::Pairs,
    pointer,
    reference::references,
    replacement::{Draft, Property, affected_by},
    when::When,
};
use existence::Kind;

/// A label with its reason.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Judgement {
    pub(super) risk: Risk,
    pub(super) reversibility: Reversibility,
    pub(super) reason: String,
}

impl Judgement {
    fn new(risk: Risk, reversibility: Reversibility, reason: &str) -> Self {
        Self { risk, reversibility, reason: reason.to_owned() }
    }
}

/// What it means that a resource is new; opening an existing security group or role to more is not a mere addition.
pub(super) fn of_addition(resource: &Resource, pairs: &Pairs) -> Judgement {
    let kind = Kind::of(&resource.resource_type);
    let (risk, reversibility, reason) = kind.add;
    let Some((_, joined_risk, joined_reason)) = kind.joins.filter(|(by, ..)| joins_existing(resource, by, pairs))
    else {
        return Judgement::new(risk, reversibility, reason);
    };
    let opens = resource.properties.values().any(|value| When::OpensToWorld.holds(None, Some(value)));
    if opens && resource.resource_type == "AWS::EC2::SecurityGroupIngress" {
        let reason = "opens an existing security group to the whole internet";
        return Judgement::new(Risk::High, Reversibility::Reversible, reason);
    }
    Judgement::new(joined_risk, Reversibility::Reversible, joined_reason)
}

/// Whether one of these properties refers to a resource that was there before.
fn joins_existing(resource: &Resource, by: &[&str], pairs: &Pairs) -> bool {
    let attaches = |place: &str| pointer::segments(place).next().is_some_and(|name| by.contains(&name.as_str()));
    references(resource).iter().any(|taken| attaches(&taken.pointer) && pairs.kept.contains_key(taken.resource))
}

/// What it means that a resource goes away.
pub(super) fn of_removal(resource: &Resource) -> Judgement {
    let (risk, reversibility, reason) = Kind::of(&resource.resource_type).remove;
    if !resource.retain {
        return Judgement::new(risk, reversibility, reason);
    }
    let reason = "it stays in the account, but nothing manages it any more; what used it loses its way to it";
    Judgement::new(risk, Reversibility::Compensatable, reason)
}

/// Only the logical id differs.
pub(super) fn of_rename() -> Judgement {
    let reason = "only its name in the plan changes; nothing happens in AWS";
    Judgement::new(Risk::None, Reversibility::Reversible, reason)
}

/// What it means that properties change in place: the worst of them decides.
pub(super) fn of_change(draft: &Draft) -> Judgement {
    let each: Vec<Judgement> = draft.properties.iter().map(|property| of_property(property, draft)).collect();
    let reversibility = each.iter().map(|judgement| judgement.reversibility).max().unwrap_or(Reversibility::Reversible);
    let worst = each.into_iter().reduce(|worst, next| if next.risk > worst.risk { next } else { worst });
    worst.map_or_else(of_rename, |worst| Judgement { reversibility, ..worst })
}

/// What it means that a resource is made anew: its own row, raised by the properties that cause it.
pub(super) fn of_replacement(id: &str, draft: &Draft, pairs: &Pairs) -> Judgement {
    let (risk, reversibility, consequence) = Kind::of(&draft.before.resource_type).replace;
    let in_place = of_change(draft);
    let mut reason = format!("{}; {consequence}", cause(draft));
    if in_place.risk > risk {
        reason = format!("{reason}; {}", in_place.reason);
    }
    if let Some(affected) = affected(&affected_by(id, pairs)) {
        reason = format!("{reason}; affects {affected}");
    }
    Judgement { risk: risk.max(in_place.risk), reversibility: reversibility.max(in_place.reversibility), reason }
}

fn cause(draft: &Draft) -> String {
    if draft.type_changes() {
        return format!("its type changes from {} to {}", draft.before.resource_type, draft.after.resource_type);
    }
    let causes: Vec<&Property> = draft.properties.iter().filter(|property| property.change.create_only).collect();
    let name = |property: &Property| property.change.pointer.trim_start_matches('/').replace('/', ".");
    let own: Vec<String> =
        causes.iter().filter(|cause| cause.through.is_none()).map(|cause| format!("`{}`", name(cause))).collect();
    match (own.is_empty(), causes.first()) {
        (true, Some(cause)) => {
            format!("`{}` takes its value from `{}`, which is replaced", name(cause), cause.through.unwrap_or_default())
        }
        _ => format!("{} can only be set when it is created", own.join(", ")),
    }
}

fn affected(names: &[&str]) -> Option<String> {
    const SHOWN: usize = 3;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len() {
        0 => None,
        count if count > SHOWN => Some(format!("{} and {} more, which refer to it", shown.join(", "), count - SHOWN)),
        1 => Some(format!("{}, which refers to it", shown.join(", "))),
        _ => Some(format!("{}, which refer to it", shown.join(", "))),
    }
}

fn of_property(property: &Property, draft: &Draft) -> Judgement {
    if let Some(replaced) = property.through {
        let reason = format!("takes a new value from `{replaced}`, which is replaced");
        return Judgement { risk: Risk::Medium, reversibility: Reversibility::Compensatable, reason };
    }
    let change = &property.change;
    let holds = |row: &&properties::Row| {
        let (before, after) = if row.when.needs_whole_property() {
            (whole(&draft.before.properties, &change.pointer), whole(&draft.after.properties, &change.pointer))
        } else {
            (change.before.as_ref(), change.after.as_ref())
        };
        existence::is_one_of(&draft.after.resource_type, row.types)
            && pointer::at_or_below(&change.pointer, row.pointer)
            && row.when.holds(before, after)
    };
    match properties::ROWS.iter().find(holds) {
        Some(row) => Judgement::new(row.risk, row.reversibility, row.reason),
        None => {
            Judgement::new(Risk::Medium, Reversibility::Reversible, "no rule judges this property: read what it does")
        }
    }
}

/// The top-level property that a pointer lies in.
fn whole<'v>(properties: &'v serde_json::Map<String, Value>, place: &str) -> Option<&'v Value> {
    pointer::segments(place).next().and_then(|name| properties.get(&name))
}
