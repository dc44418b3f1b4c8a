//! Two plans compared by meaning: what would be added, changed in place, renamed, replaced or removed, and how risky.
//!
//! 1. [`pairs`] says which resource of the one plan is which of the other.
//! 2. [`compare`] finds the properties that differ, leaving out what the runtime owns.
//! 3. [`replacement`] asks the schemas what cannot change in place, and follows the references to what is replaced.
//! 4. [`risk`] puts a label, a reversibility and a reason on each, from tables made to be read.
//! 5. [`release`] does the same for what moves with a release instead of with an apply.
//!
//! **Absent on purpose:** the cloud. Nothing here asks what exists; it compares two documents.

mod compare;
mod create_only;
mod pairs;
mod pointer;
mod policy;
mod reference;
mod release;
mod replacement;
mod risk;
mod when;

#[cfg(test)]
mod tests;

pub(crate) use compare::is_reference;
pub use create_only::CreateOnly;
pub(crate) use pointer::segments;

use std::cmp::Reverse;

use skiff_wire::{Change, ChangeSummary, Difference, Plan, Risk, ShapeChange, ShapeVerb};

use pairs::Pairs;
use replacement::Draft;
use risk::Judgement;

/// The difference in meaning from `before` to `after`, with the create-only facts of AWS from `facts`.
///
/// Resources pair by logical id or by `was:`. The order of sets, a scalar beside a list of one in a policy, and every
/// property that the runtime owns do not count. The result is sorted: highest risk first, then by resource.
#[must_use]
pub fn change_with(before: &Plan, after: &Plan, facts: &dyn CreateOnly) -> Change {
    let pairs = Pairs::of(before, after);
    let shape = shape_changes(&pairs, facts);
    let release = release::differences(before, after, &pairs);
    Change {
        schema: Change::SCHEMA.to_owned(),
        summary: summary(&shape, &release),
        shape,
        release,
        monthly_before: known(&before.cost.monthly),
        monthly_after: known(&after.cost.monthly),
    }
}

/// A plan that was not priced holds an empty amount.
fn known(amount: &str) -> Option<String> {
    (!amount.is_empty()).then(|| amount.to_owned())
}

fn shape_changes(pairs: &Pairs, facts: &dyn CreateOnly) -> Vec<ShapeChange> {
    let drafts = replacement::drafts(pairs, facts);
    let kept = drafts.iter().filter_map(|(id, draft)| kept_change(id, draft, pairs));
    let added = pairs.added.iter().map(|(id, resource)| {
        let judgement = risk::of_addition(resource, pairs);
        bare_change(id, resource, ShapeVerb::Add, judgement)
    });
    let removed = pairs
        .removed
        .iter()
        .map(|(id, resource)| bare_change(id, resource, ShapeVerb::Remove, risk::of_removal(resource)));
    let mut changes: Vec<ShapeChange> = kept.chain(added).chain(removed).collect();
    changes.sort_by(|left, right| (Reverse(left.risk), &left.resource).cmp(&(Reverse(right.risk), &right.resource)));
    changes
}

fn kept_change(id: &str, draft: &Draft, pairs: &Pairs) -> Option<ShapeChange> {
    let was = pairs.was(id).map(str::to_owned);
    let (verb, judgement) = if draft.is_replaced() {
        (ShapeVerb::Replace, risk::of_replacement(id, draft, pairs))
    } else if !draft.properties.is_empty() {
        (ShapeVerb::Change, risk::of_change(draft))
    } else if was.is_some() {
        (ShapeVerb::Rename, risk::of_rename())
    } else {
        return None;
    };
    let properties = draft.properties.iter().map(|property| property.change.clone()).collect();
    Some(ShapeChange { was, properties, ..bare_change(id, draft.after, verb, judgement) })
}

fn bare_change(id: &str, resource: &skiff_wire::Resource, verb: ShapeVerb, judgement: Judgement) -> ShapeChange {
    ShapeChange {
        resource: id.to_owned(),
        resource_type: resource.resource_type.clone(),
        owner: resource.owner.clone(),
        verb,
        was: None,
        risk: judgement.risk,
        reversibility: judgement.reversibility,
        reason: judgement.reason,
        properties: Vec::new(),
    }
}

fn summary(shape: &[ShapeChange], release: &[Difference]) -> ChangeSummary {
    let count = |verb| shape.iter().filter(|change| change.verb == verb).count();
    let risks = shape.iter().map(|change| change.risk).chain(release.iter().map(|difference| difference.risk));
    ChangeSummary {
        add: count(ShapeVerb::Add),
        change: count(ShapeVerb::Change),
        replace: count(ShapeVerb::Replace),
        rename: count(ShapeVerb::Rename),
        remove: count(ShapeVerb::Remove),
        release: release.len(),
        risk: risks.max().unwrap_or(Risk::None),
    }
}
