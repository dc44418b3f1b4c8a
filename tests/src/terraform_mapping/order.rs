//! In which order root modules can be applied: each after those whose objects it looks up.

use std::collections::{BTreeMap, BTreeSet};

use skiff_wire::{ENVIRONMENT_OWNER, Origins, Plan};

/// The folder of an owner's root module.
#[must_use]
pub fn folder(owner: &str) -> String {
    if owner == ENVIRONMENT_OWNER { ENVIRONMENT_OWNER.to_owned() } else { format!("services/{owner}") }
}

/// All root modules, each after those it looks something up in; by name where that leaves a choice.
///
/// # Errors
/// A sentence that names the root modules that wait for each other.
pub fn of(plan: &Plan, origins: &Origins) -> Result<Vec<String>, String> {
    let mut waiting = needs(plan, origins);
    let mut order = Vec::new();
    while !waiting.is_empty() {
        let ready = waiting.iter().find(|(_, needed)| needed.iter().all(|module| order.contains(module)));
        let Some(next) = ready.map(|(module, _)| module.clone()) else {
            let stuck: Vec<&str> = waiting.keys().map(String::as_str).collect();
            return Err(format!("these root modules look each other up, none can be applied first: {stuck:?}"));
        };
        waiting.remove(&next);
        order.push(next);
    }
    Ok(order)
}

/// The root modules that each one looks something up in.
fn needs(plan: &Plan, origins: &Origins) -> BTreeMap<String, BTreeSet<String>> {
    let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for origin in &origins.addresses {
        let needed = needs.entry(origin.module.clone()).or_default();
        let made_by = plan.shape.get(&origin.resource).map(|resource| folder(&resource.owner));
        needed.extend(made_by.filter(|made_by| *made_by != origin.module));
    }
    needs
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A plan of resources that have an owner and nothing else that matters here.
    fn plan(owners: &[(&str, &str)]) -> Plan {
        let resource =
            |owner: &str| json!({"type": "AWS::EC2::SecurityGroup", "owner": owner, "origin": "", "properties": {}});
        let shape: Value = owners.iter().map(|(id, owner)| ((*id).to_owned(), resource(owner))).collect();
        serde_json::from_value(json!({
            "schema": Plan::SCHEMA, "app": "shop", "environment": "default", "account": "111122223333",
            "region": "eu-west-1", "state_root": ".skiff", "inputs": {}, "services": {}, "shape": shape,
            "cost": {"currency": "USD", "prices_as_of": "", "monthly": "0.00", "monthly_peak": "0.00", "lines": [], "unknown": []},
        }))
        .expect("a plan")
    }

    /// Addresses by their module and the resource they stand for.
    fn origins(addresses: &[(&str, &str)]) -> Origins {
        let address = |(module, resource): &(&str, &str)| {
            json!({"module": module, "address": "aws_security_group.one", "file": "network.tf", "resource": resource,
                   "type": "AWS::EC2::SecurityGroup", "cloudformation_id": "One", "origin": ""})
        };
        let addresses: Vec<Value> = addresses.iter().map(address).collect();
        serde_json::from_value(
            json!({"schema": Origins::SCHEMA, "app": "shop", "environment": "default", "addresses": addresses}),
        )
        .expect("origins")
    }

    #[test]
    fn a_module_comes_after_what_it_looks_up() {
        let plan = plan(&[("lb", "environment"), ("a", "a"), ("b", "b")]);
        let made = [
            ("services/a", "a"),
            ("services/a", "b"),
            ("services/a", "lb"),
            ("services/b", "b"),
            ("environment", "lb"),
        ];
        assert_eq!(
            of(&plan, &origins(&made)),
            Ok(vec!["environment".into(), "services/b".into(), "services/a".into()])
        );
    }

    #[test]
    fn modules_that_wait_for_each_other_are_named() {
        let made = [("services/a", "a"), ("services/a", "b"), ("services/b", "b"), ("services/b", "a")];
        let refusal = of(&plan(&[("a", "a"), ("b", "b")]), &origins(&made)).expect_err("a circle");
        assert!(refusal.contains("services/a") && refusal.contains("services/b"), "{refusal}");
    }
}
