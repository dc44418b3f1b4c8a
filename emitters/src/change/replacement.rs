//! What cannot change in place, and whom that touches.

use std::collections::BTreeMap;

use serde_json::Value;
use skiff_wire::{PropertyChange, Resource};

use super::{
    compare::{self, Leaf},
    create_only::CreateOnly,
    pairs::Pairs,
    pointer,
    reference::{Reference, references, survives},
};

/// One property that differs, and why when the plan itself says the same on both sides.
#[derive(Debug, Clone)]
pub(super) struct Property<'p> {
    pub(super) change: PropertyChange,
    /// The replaced resource whose attribute this property takes.
    pub(super) through: Option<&'p str>,
}

/// A resource that both plans hold, and what is known so far of how it differs.
#[derive(Debug)]
pub(super) struct Draft<'p> {
    pub(super) before: &'p Resource,
    pub(super) after: &'p Resource,
    /// Sorted by pointer.
    pub(super) properties: Vec<Property<'p>>,
}

impl Draft<'_> {
    /// Whether the resource is made anew.
    pub(super) fn is_replaced(&self) -> bool {
        self.type_changes() || self.properties.iter().any(|property| property.change.create_only)
    }

    /// Whether another type stands under the same logical id.
    pub(super) fn type_changes(&self) -> bool {
        self.before.resource_type != self.after.resource_type
    }
}

pub(super) type Drafts<'p> = BTreeMap<&'p str, Draft<'p>>;

/// Every resource that both plans hold, with its differences and with those that replacements elsewhere cause.
pub(super) fn drafts<'p>(pairs: &Pairs<'p>, facts: &dyn CreateOnly) -> Drafts<'p> {
    let mut drafts: Drafts = BTreeMap::new();
    for (id, (before, after)) in &pairs.kept {
        let properties = own_differences(before, after, pairs, facts);
        drafts.insert(id, Draft { before, after, properties });
    }
    follow_references(&mut drafts, pairs, facts);
    drafts
}

fn own_differences<'p>(
    before: &Resource,
    after: &Resource,
    pairs: &Pairs,
    facts: &dyn CreateOnly,
) -> Vec<Property<'p>> {
    let comparable = |resource: &Resource| {
        let mut value = Value::Object(resource.properties.clone());
        for owned in &after.runtime_owned {
            pointer::remove(&mut value, owned);
        }
        value
    };
    let old = compare::normalise(&pairs.in_new_names(&comparable(before)), "");
    let new = compare::normalise(&comparable(after), "");
    let property = |leaf: Leaf| {
        let create_only = facts.is_create_only(&after.resource_type, &leaf.pointer);
        let change = PropertyChange { pointer: leaf.pointer, before: leaf.before, after: leaf.after, create_only };
        Property { change, through: None }
    };
    compare::differences(&old, &new).into_iter().map(property).collect()
}

/// A replaced resource has new attributes: whoever takes one changes too, and is itself replaced where AWS cannot
/// change that property in place.
fn follow_references<'p>(drafts: &mut Drafts<'p>, pairs: &Pairs<'p>, facts: &dyn CreateOnly) {
    let referrers = referrers(pairs);
    let mut waiting: Vec<&'p str> = drafts.iter().filter(|(_, draft)| draft.is_replaced()).map(|(id, _)| *id).collect();
    while let Some(replaced) = waiting.pop() {
        let Some((before, after)) = pairs.kept.get(replaced).copied() else { continue };
        for (referrer, reference) in referrers.get(replaced).into_iter().flatten() {
            let Some(draft) = drafts.get_mut(referrer) else { continue };
            if survives(reference.attribute, before, after) {
                continue;
            }
            let was_replaced = draft.is_replaced();
            take_new_value(draft, reference, facts);
            if !was_replaced && draft.is_replaced() {
                waiting.push(referrer);
            }
        }
    }
}

fn take_new_value<'p>(draft: &mut Draft<'p>, reference: &Reference<'p>, facts: &dyn CreateOnly) {
    let known = |property: &Property| pointer::at_or_below(&reference.pointer, &property.change.pointer);
    if draft.properties.iter().any(known) {
        return;
    }
    let value = Some(reference.value);
    let create_only = facts.is_create_only(&draft.after.resource_type, &reference.pointer);
    let change = PropertyChange {
        pointer: reference.pointer.clone(),
        before: value.cloned(),
        after: value.cloned(),
        create_only,
    };
    draft.properties.push(Property { change, through: Some(reference.resource) });
    draft.properties.sort_by(|left, right| left.change.pointer.cmp(&right.change.pointer));
}

/// Per resource, who refers to it in the plan after, among those that were there before.
fn referrers<'p>(pairs: &Pairs<'p>) -> BTreeMap<&'p str, Vec<(&'p str, Reference<'p>)>> {
    let mut referrers: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for (id, (_, after)) in &pairs.kept {
        for reference in references(after) {
            if reference.resource != *id {
                referrers.entry(reference.resource).or_default().push((*id, reference));
            }
        }
    }
    referrers
}

/// The resources that take an attribute of `id` which does not survive its replacement, sorted.
pub(super) fn affected_by<'p>(id: &str, pairs: &Pairs<'p>) -> Vec<&'p str> {
    let Some((before, after)) = pairs.kept.get(id) else { return Vec::new() };
    let kept = pairs.kept.iter().map(|(referrer, (_, resource))| (*referrer, *resource));
    let added = pairs.added.iter().map(|(referrer, resource)| (*referrer, *resource));
    let takes = |resource: &'p Resource| {
        references(resource).iter().any(|taken| taken.resource == id && !survives(taken.attribute, before, after))
    };
    let mut affected: Vec<&str> = kept
        .chain(added)
        .filter(|(referrer, resource)| *referrer != id && takes(resource))
        .map(|(name, _)| name)
        .collect();
    affected.sort_unstable();
    affected
}
