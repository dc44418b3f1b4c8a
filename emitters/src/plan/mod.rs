//! From IR to plan: properties under AWS's names, tags in each type's own form, user data printed.
//!
//! All decisions were taken in the IR; the only text made here is the cloud-init of a VM, from a template.

mod tags;
pub(crate) mod user_data;

use serde_json::{Map, Value};
use skiff_compiler::ir::{Body, Ir, Resource};
use skiff_wire::{self as wire, Plan};

/// The direct AWS plan of an IR.
///
/// # Errors
/// A defect of Skiff: a property that cannot be written as JSON, or a template that cannot be rendered.
pub fn plan(ir: &Ir) -> Result<Plan, PlanError> {
    let context = &ir.context;
    let shape = ir.resources.iter().map(|resource| Ok((resource.id.to_string(), document(resource)?)));
    Ok(Plan {
        schema: Plan::SCHEMA.into(),
        app: context.app.clone(),
        environment: context.environment.clone(),
        account: context.account.clone(),
        region: context.region.clone(),
        state_root: context.state_root.clone(),
        inputs: ir.inputs.clone(),
        shape: shape.collect::<Result<_, PlanError>>()?,
        services: ir.services.clone(),
        cost: ir.cost.clone(),
    })
}

/// A defect of Skiff: the IR could not be printed.
#[derive(Debug)]
pub struct PlanError {
    resource: String,
    cause: String,
}

impl std::fmt::Display for PlanError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "`{}` cannot be printed: {}", self.resource, self.cause)
    }
}

impl std::error::Error for PlanError {}

fn document(resource: &Resource) -> Result<wire::Resource, PlanError> {
    let failed = |cause: String| PlanError { resource: resource.id.to_string(), cause };
    let mut properties = match serde_json::to_value(&resource.body).map_err(|error| failed(error.to_string()))? {
        Value::Object(properties) => properties,
        _ => Map::new(),
    };
    if let Body::LaunchTemplate(template) = &resource.body {
        let printed =
            user_data::print(&template.launch_template_data.user_data).map_err(|error| failed(error.to_string()))?;
        properties["LaunchTemplateData"]["UserData"] = printed;
    }
    drop_nulls(&mut properties);
    tags::put(&resource.body, &resource.tags.all(), &mut properties);
    Ok(wire::Resource {
        resource_type: resource.body.type_name().into(),
        owner: resource.owner.name().into(),
        origin: resource.origin.path.to_string(),
        was: resource.was.as_ref().map(ToString::to_string),
        properties,
        runtime_owned: resource.body.runtime_owned().iter().map(|pointer| (*pointer).to_owned()).collect(),
        depends_on: resource.depends_on.iter().map(ToString::to_string).collect(),
        retain: resource.body.retain(),
        accepted: resource.accepted.iter().map(|(id, reason)| ((*id).to_owned(), (*reason).to_owned())).collect(),
    })
}

/// A property that is not set is not there; the nesting is that of the IR's types, so the depth is bounded.
fn drop_nulls(properties: &mut Map<String, Value>) {
    properties.retain(|_, value| !value.is_null());
    properties.values_mut().for_each(drop_nulls_within);
}

fn drop_nulls_within(value: &mut Value) {
    match value {
        Value::Object(map) => drop_nulls(map),
        Value::Array(items) => items.iter_mut().for_each(drop_nulls_within),
        _ => {}
    }
}
