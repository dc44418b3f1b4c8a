//! In which order services are deployed: what is used comes before what uses it.

use std::collections::{BTreeMap, BTreeSet};

use skiff_wire::Plan;

/// The names of all services, each after those that it uses, otherwise by name.
///
/// Who uses whom is read from the rules that let one connect to the other: a service that uses another has an egress rule
/// to its security group. The compiler refuses circles; what would be in one comes last, by name.
pub(crate) fn in_order_of_use(plan: &Plan) -> Vec<String> {
    let uses = uses(plan);
    let (mut ordered, mut open): (Vec<String>, Vec<&String>) = (Vec::new(), plan.services.keys().collect());
    while !open.is_empty() {
        let ready =
            |name: &&&String| uses.get(name.as_str()).is_none_or(|used| used.iter().all(|it| ordered.contains(it)));
        let next = open.iter().find(ready).or(open.first()).map(|name| (*name).clone());
        open.retain(|name| Some(*name) != next.as_ref());
        ordered.extend(next);
    }
    ordered
}

/// Service → the services of the plan that it uses.
fn uses(plan: &Plan) -> BTreeMap<&str, BTreeSet<String>> {
    let mut uses: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for resource in plan.shape.values() {
        let used = (resource.resource_type == "AWS::EC2::SecurityGroupEgress")
            .then(|| resource.properties.get("DestinationSecurityGroupId")?.get("resource")?.as_str())
            .flatten()
            .and_then(|group| group.strip_suffix(".security_group"))
            .filter(|used| plan.services.contains_key(*used) && *used != resource.owner);
        uses.entry(&resource.owner).or_default().extend(used.map(str::to_owned));
    }
    uses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_comes_first() {
        let text = include_str!("../../../golden/plan/uses-service/plan.json");
        let plan: Plan = serde_json::from_str(text).unwrap();
        assert_eq!(in_order_of_use(&plan), ["search", "web", "crawler"]);
    }
}
