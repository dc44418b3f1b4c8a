//! Would AWS accept this plan? Every resource against AWS's own resource schema, in-process.
//!
//! | question | where |
//! |---|---|
//! | does each property exist, with an allowed value, and is nothing required missing? | [`validator`] |
//! | is anything set that only AWS sets? | [`read_only_set`] |
//! | does every reference lead to a resource, and to an attribute that its type has? | [`references`] |
//! | does the runtime own only what exists? | [`runtime_owned`] |
//! | are physical names short enough for every service? | [`names`] |

pub mod names;
pub mod references;
pub mod schema_path;
pub mod validator;

use serde_json::Value;
use skiff_wire::{Plan, Resource};

use crate::{Problems, seam};

/// Everything that AWS's schemas have against a plan, in order of the resources.
#[must_use]
pub fn problems(plan: &Plan) -> Problems {
    let resources = plan.shape.iter().flat_map(|(id, resource)| of_resource(id, resource));
    resources.chain(references::problems(plan)).collect()
}

fn of_resource(id: &str, resource: &Resource) -> Problems {
    let Some(schema) = seam::resource_schema(&resource.resource_type) else {
        return vec![format!("{id}: there is no resource schema of `{}`", resource.resource_type)];
    };
    let properties = Value::Object(resource.properties.clone());
    let mut problems = validator::problems(&resource.resource_type, &properties);
    problems.extend(read_only_set(schema, &properties));
    problems.extend(runtime_owned(schema, resource));
    problems.extend(names::problems(&resource.resource_type, schema, &properties));
    problems.extend(accepted_without_reason(resource));
    problems.into_iter().map(|problem| format!("{id} ({}): {problem}", resource.resource_type)).collect()
}

/// Properties that a plan sets although only AWS does (`readOnlyProperties`).
#[must_use]
pub fn read_only_set(schema: &Value, properties: &Value) -> Problems {
    let pointers = schema_path::pointers(schema, "readOnlyProperties");
    let set = pointers.into_iter().filter(|pointer| schema_path::is_set(properties, pointer));
    set.map(|pointer| format!("`{}` is read-only and is set", pointer.join("/"))).collect()
}

/// Findings of scanners that a plan accepts without saying why.
fn accepted_without_reason(resource: &Resource) -> impl Iterator<Item = String> {
    let silent = resource.accepted.iter().filter(|(_, reason)| reason.trim().is_empty());
    silent.map(|(check, _)| format!("accepts {check} without a reason"))
}

/// Pointers of `runtime_owned` that no resource of the type could have.
///
/// A pointer whose property the plan leaves out on purpose is fine; one that the schema does not know is a slip.
#[must_use]
pub fn runtime_owned(schema: &Value, resource: &Resource) -> Problems {
    let unknown = |pointer: &&String| {
        let segments: Vec<&str> = pointer.split('/').skip(1).collect();
        !pointer.starts_with('/') || schema_path::resolve(schema, &segments).is_none()
    };
    let owned = resource.runtime_owned.iter().filter(unknown);
    owned.map(|pointer| format!("`{pointer}` is runtime-owned, and the type has no such property")).collect()
}
