//! Every reference of a plan leads somewhere.

use serde_json::{Map, Value};
use skiff_wire::{ENVIRONMENT_OWNER, Motion, Plan, Slot};

use super::schema_path;
use crate::{Problems, seam};

/// One reference of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference<'plan> {
    /// An attribute of a resource.
    Attribute(&'plan str, &'plan str),
    /// An input.
    Input(&'plan str),
}

/// References, owners and keys of a plan that lead nowhere.
#[must_use]
pub fn problems(plan: &Plan) -> Problems {
    let mut problems = Vec::new();
    for (id, resource) in &plan.shape {
        let dangling = resource.properties.values().flat_map(|value| dangling_in(plan, value));
        problems.extend(dangling.map(|problem| format!("{id}: {problem}")));
        if resource.owner != ENVIRONMENT_OWNER && !plan.services.contains_key(&resource.owner) {
            problems.push(format!("{id}: its owner `{}` is neither the environment nor a service", resource.owner));
        }
    }
    for (name, service) in &plan.services {
        let value = serde_json::to_value(&service.release).unwrap_or_default();
        problems.extend(dangling_in(plan, &value).into_iter().map(|problem| format!("services.{name}: {problem}")));
        problems
            .extend(missing_keys(plan, service).map(|key| format!("services.{name}: there is no resource `{key}`")));
    }
    problems.extend(costs_of_nothing(plan));
    problems
}

fn dangling_in(plan: &Plan, value: &Value) -> Problems {
    let mut references = Vec::new();
    collect(value, &mut references);
    references.into_iter().filter_map(|reference| dangling(plan, reference)).collect()
}

/// Gathers the references within a value.
pub fn collect<'plan>(value: &'plan Value, found: &mut Vec<Reference<'plan>>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(fields) => match as_reference(fields) {
            Some(reference) => found.push(reference),
            None => fields.values().for_each(|field| collect(field, found)),
        },
        _ => {}
    }
}

fn as_reference(fields: &Map<String, Value>) -> Option<Reference<'_>> {
    let text = |key: &str| fields.get(key).and_then(Value::as_str);
    match fields.len() {
        1 => text("input").map(Reference::Input),
        2 => Some(Reference::Attribute(text("resource")?, text("attribute")?)),
        _ => None,
    }
}

fn dangling(plan: &Plan, reference: Reference<'_>) -> Option<String> {
    match reference {
        Reference::Input(name) => (!plan.inputs.contains_key(name)).then(|| format!("there is no input `{name}`")),
        Reference::Attribute(id, attribute) => {
            let Some(resource) = plan.shape.get(id) else {
                return Some(format!("refers to `{id}`, which is no resource of the plan"));
            };
            let schema = seam::resource_schema(&resource.resource_type)?;
            let path: Vec<&str> = attribute.split('.').collect();
            let unknown = schema_path::resolve(schema, &path).is_none();
            unknown.then(|| format!("`{}` has no attribute `{attribute}` (`{id}`)", resource.resource_type))
        }
    }
}

/// Keys by which the runtime would look for a resource that is not there.
fn missing_keys<'plan>(plan: &'plan Plan, service: &'plan Motion) -> impl Iterator<Item = &'plan String> {
    let of_slot = |slot: &'plan Slot| {
        [Some(&slot.auto_scaling_group), Some(&slot.launch_template), slot.target_group.as_ref()].into_iter().flatten()
    };
    let slots = service.slots.values().flat_map(of_slot);
    let rules = service.routes.iter().map(|route| &route.listener_rule);
    let names = service.discovery.iter().chain(&service.discovery_aliases);
    slots.chain(rules).chain(names).chain(&service.legacy_target_group).filter(|key| !plan.shape.contains_key(*key))
}

fn costs_of_nothing(plan: &Plan) -> impl Iterator<Item = String> {
    let known = plan.cost.lines.iter().map(|line| &line.resource);
    let all = known.chain(plan.cost.unknown.iter().map(|line| &line.resource));
    all.filter(|id| !plan.shape.contains_key(*id)).map(|id| format!("cost: there is no resource `{id}`"))
}
