//! What people look for after an apply.

use skiff_compiler::ir::Owner;

use super::{
    group::Group,
    model::{Block, Body, Item, Value},
    module::{Module, item},
};

/// The outputs of a root module, by name.
pub(super) fn of(module: &Module<'_>) -> Vec<Item> {
    let mut outputs: Vec<(String, String, Value)> =
        module.groups.iter().filter_map(|group| output(module, group)).collect();
    outputs.sort_by(|one, other| one.0.cmp(&other.0));
    let block = |(name, description, value): (String, String, Value)| {
        item(Block::new("output", &[&name], Body::new().set("description", description).set("value", value)))
    };
    outputs.into_iter().map(block).collect()
}

fn principal(name: &str) -> &'static str {
    match name {
        "deployer" => "The role that applies shape by a direct plan",
        "releaser" => "The role that ships releases and moves weights and capacity",
        _ => "The role that runs operations and approves them",
    }
}

fn output(module: &Module<'_>, group: &Group) -> Option<(String, String, Value)> {
    let piece = &group.piece;
    if piece.data {
        return None;
    }
    let name = &piece.address.name;
    let own = piece.address.name == module.name();
    let (output, description, attribute) = match (module.owner, piece.address.kind) {
        (Owner::Environment, "aws_lb") => {
            ("load_balancer_dns_name".to_owned(), "The name that public records point at", "dns_name")
        }
        (Owner::Environment, "aws_vpc") => ("vpc_id".to_owned(), "The network of every service", "id"),
        (Owner::Environment, "aws_kms_key") => ("kms_key_arn".to_owned(), "The key of everything at rest", "arn"),
        (Owner::Environment, "aws_db_instance") => {
            (format!("database_{name}_address"), "The host name of the database", "address")
        }
        (Owner::Environment, "aws_iam_role") if matches!(name.as_str(), "deployer" | "releaser" | "operator") => {
            (format!("{name}_role_arn"), principal(name), "arn")
        }
        (Owner::Service(_), "aws_autoscaling_group") => {
            ("auto_scaling_group_names".to_owned(), "The Auto Scaling group of each slot", "name")
        }
        (Owner::Service(_), "aws_lb_target_group") if own => {
            ("target_group_arns".to_owned(), "The target group of each slot", "arn")
        }
        (Owner::Service(_), "aws_cloudwatch_log_group") => {
            ("log_group_name".to_owned(), "Where members write their logs", "name")
        }
        (Owner::Service(_), "aws_secretsmanager_secret") => {
            (format!("secret_{name}_arn"), "The secret to put a value into", "arn")
        }
        _ => return None,
    };
    let block = format!("{}.{name}", piece.address.kind);
    let value = if group.keys().is_empty() {
        Value::path(&[piece.address.kind, name, attribute])
    } else {
        Value::Code(format!("{{ for slot, member in {block} : slot => member.{attribute} }}"))
    };
    Some((output, format!("{description}."), value))
}
