//! Which resource of the one plan is which of the other: by logical id, or by `was:`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use skiff_wire::{Plan, Resource};

/// The resources of two plans side by side.
#[derive(Debug)]
pub(super) struct Pairs<'p> {
    /// In both: the logical id after, and the resource before and after.
    pub(super) kept: BTreeMap<&'p str, (&'p Resource, &'p Resource)>,
    /// Only in the plan after.
    pub(super) added: BTreeMap<&'p str, &'p Resource>,
    /// Only in the plan before.
    pub(super) removed: BTreeMap<&'p str, &'p Resource>,
    /// Logical id before → after, of those that were renamed.
    pub(super) renamed: BTreeMap<&'p str, &'p str>,
    /// Service name before → after, of those whose slots were renamed.
    pub(super) renamed_services: BTreeMap<&'p str, &'p str>,
}

impl<'p> Pairs<'p> {
    /// Pairs every resource of `after` with the one it was.
    pub(super) fn of(before: &'p Plan, after: &'p Plan) -> Self {
        let renamed = renamed(before, after);
        let moved: BTreeMap<&str, &str> = renamed.iter().map(|(old, new)| (*new, *old)).collect();
        let (mut kept, mut added) = (BTreeMap::new(), BTreeMap::new());
        for (id, resource) in &after.shape {
            let old = moved.get(id.as_str()).copied().unwrap_or(id);
            match before.shape.get(old) {
                Some(previous) => drop(kept.insert(id.as_str(), (previous, resource))),
                None => drop(added.insert(id.as_str(), resource)),
            }
        }
        let gone = |id: &str| !after.shape.contains_key(id) && !renamed.contains_key(id);
        let removed = before.shape.iter().filter(|(id, _)| gone(id)).map(|(id, old)| (id.as_str(), old)).collect();
        let renamed_services = renamed_services(before, after, &kept);
        Self { kept, added, removed, renamed, renamed_services }
    }

    /// The logical id that `id` of the plan before had there, for an id of the plan after.
    pub(super) fn was(&self, id: &str) -> Option<&'p str> {
        self.renamed.iter().find(|(_, new)| **new == id).map(|(old, _)| *old)
    }

    /// A value of the plan before, with its references in the names of the plan after.
    pub(super) fn in_new_names(&self, value: &Value) -> Value {
        match value {
            Value::Object(object) => {
                let entry = |(key, inner): (&String, &Value)| (key.clone(), self.member_in_new_names(key, inner));
                Value::Object(object.iter().map(entry).collect())
            }
            Value::Array(items) => Value::Array(items.iter().map(|item| self.in_new_names(item)).collect()),
            other => other.clone(),
        }
    }

    /// The fields of a motion hold logical ids as bare text; everywhere else `resource` holds them.
    fn member_in_new_names(&self, key: &str, value: &Value) -> Value {
        const LOGICAL_IDS: &[&str] = &[
            "auto_scaling_group",
            "discovery",
            "discovery_aliases",
            "launch_template",
            "legacy_target_group",
            "listener_rule",
            "resource",
            "target_group",
        ];
        match value {
            Value::String(text) if LOGICAL_IDS.contains(&key) => {
                Value::String(self.renamed.get(text.as_str()).map_or_else(|| text.clone(), |new| (*new).to_owned()))
            }
            Value::Array(items) if LOGICAL_IDS.contains(&key) => {
                Value::Array(items.iter().map(|item| self.member_in_new_names(key, item)).collect())
            }
            _ => self.in_new_names(value),
        }
    }
}

/// A `was:` counts when its target is gone, the new id is new, and nobody claimed the target earlier.
fn renamed<'p>(before: &'p Plan, after: &'p Plan) -> BTreeMap<&'p str, &'p str> {
    let mut renamed = BTreeMap::new();
    for (id, resource) in &after.shape {
        let Some(was) = resource.was.as_deref() else { continue };
        let free = !before.shape.contains_key(id) && !after.shape.contains_key(was) && !renamed.contains_key(was);
        if free && before.shape.contains_key(was) {
            renamed.insert(was, id.as_str());
        }
    }
    renamed
}

/// A service is the renamed one when a resource it owns was owned by a service that is gone.
fn renamed_services<'p>(
    before: &'p Plan,
    after: &'p Plan,
    kept: &BTreeMap<&'p str, (&'p Resource, &'p Resource)>,
) -> BTreeMap<&'p str, &'p str> {
    let mut services = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for (old, new) in kept.values() {
        let (was, is) = (old.owner.as_str(), new.owner.as_str());
        let old_only = before.services.contains_key(was) && !after.services.contains_key(was);
        let new_only = after.services.contains_key(is) && !before.services.contains_key(is);
        if old_only && new_only && !services.contains_key(was) && taken.insert(is) {
            services.insert(was, is);
        }
    }
    services
}
