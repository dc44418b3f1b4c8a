//! Promises that hold although Terraform leaves the property alone: a plan warns when somebody broke one.

use super::{
    group::Group,
    model::{Block, Body, Item, Value},
    module::{Module, item},
};

/// The checks of a root module: every rule forwards to the target groups of its service and to no other.
pub(super) fn of(module: &Module<'_>) -> Vec<Item> {
    let made = |kind: &'static str| {
        module.groups.iter().filter(move |group| !group.piece.data && group.piece.address.kind == kind)
    };
    let groups: Vec<String> = made("aws_lb_target_group").map(arns).collect();
    if groups.is_empty() {
        return Vec::new();
    }
    let all = if let [one] = groups.as_slice() { one.clone() } else { format!("concat({})", groups.join(", ")) };
    let check = |rule: &Group| {
        let name = &rule.piece.address.name;
        let condition =
            format!("toset(aws_lb_listener_rule.{name}.action[0].forward[0].target_group[*].arn) == toset({all})");
        let message = "The rule does not forward to exactly the target groups of this service: something other than Skiff's runtime has changed it.";
        let assert = Body::new().set("condition", Value::Code(condition)).set("error_message", message);
        item(Block::new("check", &[&format!("{name}_forwards_to_slots")], Body::new().block("assert", assert)))
    };
    // A rule that forwards nothing is Terraform's whole: it ignores no part of it.
    made("aws_lb_listener_rule").filter(|rule| !rule.piece.ignored.is_empty()).map(check).collect()
}

/// The ARNs of a block's groups, as a list.
fn arns(group: &Group) -> String {
    let block = format!("aws_lb_target_group.{}", group.piece.address.name);
    if group.keys().is_empty() { format!("[{block}.arn]") } else { format!("values({block})[*].arn") }
}
