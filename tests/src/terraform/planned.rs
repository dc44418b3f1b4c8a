//! What a plan would do, from `terraform show -json`.

use std::collections::BTreeMap;

use serde_json::Value;

/// A plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedChanges {
    /// Every resource of the plan by address, also those that stay as they are; data sources that are read later too.
    pub resources: BTreeMap<String, Change>,
    /// The outputs that would change, by name.
    pub outputs: BTreeMap<String, Change>,
    /// The whole document, of format 1.2.
    pub document: Value,
}

/// What would happen to one resource or output.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Such as `["create"]`, `["delete", "create"]`, `["no-op"]`.
    pub actions: Vec<String>,
    /// All attributes before; null for a new one.
    pub before: Value,
    /// All attributes after, without those that are not known yet; null for one that goes.
    pub after: Value,
    /// True at every attribute that is not known before apply.
    pub after_unknown: Value,
}

impl PlannedChanges {
    /// From the document.
    #[must_use]
    pub fn new(document: Value) -> Self {
        let listed = document["resource_changes"].as_array().into_iter().flatten();
        let resources =
            listed.map(|one| (one["address"].as_str().unwrap_or_default().to_owned(), change(&one["change"])));
        let resources = resources.collect();
        let outputs = document["output_changes"].as_object().into_iter().flatten();
        let outputs = outputs.map(|(name, one)| (name.clone(), change(one))).collect();
        Self { resources, outputs, document }
    }

    /// Whether an apply would change nothing: "No changes."
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changed().is_empty() && self.outputs.values().all(Change::is_nothing)
    }

    /// Addresses of what would change, each with what would be done.
    #[must_use]
    pub fn changed(&self) -> BTreeMap<&str, String> {
        let changed = self.resources.iter().filter(|(_, change)| !change.is_nothing());
        changed.map(|(address, change)| (address.as_str(), change.actions.join("+"))).collect()
    }
}

impl Change {
    /// Whether nothing would be done.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.actions.iter().all(|action| action == "no-op")
    }
}

fn change(json: &Value) -> Change {
    let actions = json["actions"].as_array().into_iter().flatten();
    let actions = actions.filter_map(Value::as_str).map(str::to_owned).collect();
    let part = |name: &str| json[name].clone();
    Change { actions, before: part("before"), after: part("after"), after_unknown: part("after_unknown") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_changes_is_named() {
        let resource = |address: &str, actions: Value| json!({"address": address, "change": {"actions": actions}});
        let document = json!({"resource_changes": [
            resource("aws_lb.main", json!(["no-op"])),
            resource("aws_lb_target_group.web", json!(["delete", "create"])),
        ]});
        let plan = PlannedChanges::new(document);
        assert_eq!(plan.changed(), BTreeMap::from([("aws_lb_target_group.web", "delete+create".to_owned())]));
        assert!(!plan.is_empty());
        assert!(PlannedChanges::new(json!({"resource_changes": [resource("a", json!(["no-op"]))]})).is_empty());
        assert!(!PlannedChanges::new(json!({"output_changes": {"a": {"actions": ["create"]}}})).is_empty());
    }
}
