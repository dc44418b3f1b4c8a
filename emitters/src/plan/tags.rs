//! Tags in each type's own form.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use skiff_compiler::{
    facts::schemas::{self, TagShape},
    ir::Body,
};

/// Puts tags where the type takes them.
pub(super) fn put(body: &Body, tags: &BTreeMap<&str, &str>, properties: &mut Map<String, Value>) {
    if tags.is_empty() {
        return;
    }
    if let Body::LaunchTemplate(_) = body {
        launch_template(tags, properties);
        return;
    }
    let Some(style) = schemas::tag_style(body.type_name()) else { return };
    let value = match style.shape {
        TagShape::List => list(tags),
        TagShape::PropagatedList => propagated(tags),
        TagShape::Map => json!(tags),
    };
    properties.insert(style.property.to_owned(), value);
}

fn list(tags: &BTreeMap<&str, &str>) -> Value {
    tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}

/// VMs get their tags from the launch template; the group's own tags do not reach them twice.
fn propagated(tags: &BTreeMap<&str, &str>) -> Value {
    tags.iter().map(|(key, value)| json!({ "Key": key, "PropagateAtLaunch": false, "Value": value })).collect()
}

/// A launch template tags the VMs and the volumes it makes, and itself.
fn launch_template(tags: &BTreeMap<&str, &str>, properties: &mut Map<String, Value>) {
    let tagged = |kind: &str| json!({ "ResourceType": kind, "Tags": list(tags) });
    properties["LaunchTemplateData"]["TagSpecifications"] =
        json!([tagged("instance"), tagged("volume"), tagged("network-interface")]);
    properties.insert("TagSpecifications".into(), json!([tagged("launch-template")]));
}
