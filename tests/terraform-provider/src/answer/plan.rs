//! What a resource will be after apply, as far as it is known before.

use crate::{
    defaults,
    problem::Step,
    replacement,
    schema::{Block, Nesting},
    settings::Settings,
    value::Value,
};

/// The planned resource, and the arguments whose change makes a new one necessary.
pub(super) type Outcome = (Value, Vec<Vec<Step>>);

/// Changes of a launch template that are no new version of it.
const NOT_IN_A_TEMPLATE_VERSION: &[&str] =
    &["tags", "tags_all", "default_version", "update_default_version", "latest_version", "description", "region"];

/// Plans one resource: `prior` is null for a new one, `wanted` for one to destroy.
pub(super) fn plan(type_name: &str, block: &Block, prior: &Value, wanted: &Value, settings: &Settings) -> Outcome {
    if wanted.is_null() {
        return (Value::Null, Vec::new());
    }
    let mut planned = block.conform(wanted);
    defaults::fill_in(type_name, &mut planned);
    fill_in_settings(block, &mut planned, settings);
    mark_unknown(block, prior, &mut planned);
    if type_name == "aws_launch_template" && !prior.is_null() {
        plan_template_version(prior, &mut planned);
    }
    let replaced = replacement::replaced(type_name, prior, &planned);
    (planned, replaced)
}

/// Region and tags come from the provider block.
fn fill_in_settings(block: &Block, planned: &mut Value, settings: &Settings) {
    if block.attributes.contains_key("region") && planned.get("region").is_null() {
        planned.set("region", Value::from(settings.region.as_str()));
    }
    if block.attributes.contains_key("tags_all") {
        planned.set("tags_all", settings.all_tags(planned.get("tags")));
    }
}

/// Whatever AWS will choose is unknown: in a new resource, and in a block that an old one did not have.
fn mark_unknown(block: &Block, prior: &Value, planned: &mut Value) {
    let Value::Object(fields) = planned else { return };
    for (name, value) in fields {
        if let Some(attribute) = block.attributes.get(name) {
            if attribute.computed && value.is_null() && prior.is_null() {
                *value = Value::Unknown;
            }
        } else if let Some(nested) = block.block_types.get(name) {
            mark_blocks(&nested.block, nested.nesting_mode, prior.get(name), value);
        }
    }
}

fn mark_blocks(block: &Block, nesting: Nesting, prior: &Value, planned: &mut Value) {
    let Value::List(items) = planned else { return mark_unknown(block, prior, planned) };
    for (index, item) in items.iter_mut().enumerate() {
        let before = match nesting {
            // Elements of a set have no place; an equal one is the same one, and has nothing left to mark.
            Nesting::Set => prior.items().iter().find(|before| before == &item),
            _ => prior.items().get(index),
        };
        mark_unknown(block, before.unwrap_or(&Value::Null), item);
    }
}

/// Every change of what instances are made from is a new version of the template.
fn plan_template_version(prior: &Value, planned: &mut Value) {
    let Some(fields) = planned.fields() else { return };
    let is_new = |(name, value): (&String, &Value)| {
        !NOT_IN_A_TEMPLATE_VERSION.contains(&name.as_str()) && value != prior.get(name)
    };
    if fields.iter().any(is_new) {
        planned.set("latest_version", Value::Unknown);
        if planned.get("update_default_version") == &Value::Bool(true) {
            planned.set("default_version", Value::Unknown);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema;

    fn planned(type_name: &str, prior: &serde_json::Value, wanted: &serde_json::Value) -> Outcome {
        let block = schema::aws().expect("data").resource(type_name).expect("type");
        let settings = json!({"region": "eu-central-1", "default_tags": [{"tags": {"app": "shop"}}]});
        let settings = Settings::read(&Value::from(&settings), "111122223333").expect("settings");
        let prior = if prior.is_null() { Value::Null } else { block.conform(&Value::from(prior)) };
        plan(type_name, block, &prior, &block.conform(&Value::from(wanted)), &settings)
    }

    #[test]
    fn a_new_resource_has_unknown_what_aws_chooses() {
        let wanted = json!({"name": "web", "health_check": [{"path": "/"}]});
        let (planned, replaced) = planned("aws_lb_target_group", &json!(null), &wanted);
        assert_eq!(planned.get("arn"), &Value::Unknown);
        assert_eq!(planned.get("name"), &Value::from("web"));
        assert_eq!(planned.get("region"), &Value::from("eu-central-1"));
        assert_eq!(planned.get("tags_all").to_json(), json!({"app": "shop"}));
        let check = &planned.get("health_check").items()[0];
        assert_eq!((check.get("matcher"), check.get("path")), (&Value::Unknown, &Value::from("/")));
        assert!(replaced.is_empty());
    }

    #[test]
    fn a_block_that_is_new_in_an_old_resource_has_unknowns_too() {
        let prior = json!({"id": "arn", "arn": "arn", "name": "web"});
        let wanted = json!({"id": "arn", "arn": "arn", "name": "web", "health_check": [{"path": "/"}]});
        let (planned, _) = planned("aws_lb_target_group", &prior, &wanted);
        assert_eq!(planned.get("health_check").items()[0].get("matcher"), &Value::Unknown);
        assert_eq!(planned.get("protocol_version"), &Value::Null);
    }

    #[test]
    fn a_template_gets_a_new_version_only_when_instances_would_differ() {
        let prior = json!({"id": "lt-1", "name": "web", "image_id": "ami-1", "latest_version": 3});
        let tagged = json!({"id": "lt-1", "name": "web", "image_id": "ami-1", "latest_version": 3, "tags": {"a": "b"}});
        let other = json!({"id": "lt-1", "name": "web", "image_id": "ami-2", "latest_version": 3});
        let version = |wanted| planned("aws_launch_template", &prior, wanted).0.get("latest_version").clone();
        assert_eq!(version(&tagged), Value::from(3));
        assert_eq!(version(&other), Value::Unknown);
    }

    #[test]
    fn what_is_destroyed_is_planned_as_nothing() {
        let block = schema::aws().expect("data").resource("aws_lb").expect("type");
        let prior = Value::from(&json!({"id": "arn"}));
        assert_eq!(plan("aws_lb", block, &prior, &Value::Null, &Settings::default()), (Value::Null, Vec::new()));
    }
}
