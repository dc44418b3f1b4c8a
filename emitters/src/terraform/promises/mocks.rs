//! Values in the place of those that AWS would choose, in the shapes that the provider's own checks ask for.
//!
//! Where no shape is asked for, Terraform makes the value up; it differs from resource to resource, so that an assertion
//! notices a reference to the wrong one.

use std::collections::BTreeSet;

use skiff_compiler::ir::Body as Ir;

use super::{Block, Body, Index, Item, Module, Value, address, item};
use crate::terraform::{group::Group, model::Path};

/// A policy document without statements.
const NO_POLICY: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;

/// What is made up for a type: arguments and values; for an `arn`, the service and the resource, without the account.
type Defaults = &'static [(&'static str, &'static str)];

/// Resources whose ARN or id another argument takes only in its proper shape, or an assertion compares: while planning,
/// Terraform makes values up for the types alone that are named.
const RESOURCES: &[(&str, Defaults)] = &[
    ("aws_autoscaling_policy", &[("arn", "autoscaling:scalingPolicy:0:autoScalingGroupName/mock:policyName/mock")]),
    ("aws_cloudwatch_log_group", &[("arn", "logs:log-group:mock")]),
    ("aws_ebs_volume", &[("arn", "ec2:volume/vol-0123456789abcdef0")]),
    ("aws_iam_instance_profile", &[("arn", "iam:instance-profile/mock")]),
    ("aws_iam_policy", &[("arn", "iam:policy/mock")]),
    ("aws_iam_role", &[("arn", "iam:role/mock")]),
    ("aws_kms_key", &[("arn", "kms:key/mock")]),
    ("aws_launch_template", &[("id", "lt-0123456789abcdef0")]),
    ("aws_lb", &[("arn", "elasticloadbalancing:loadbalancer/app/mock/0123456789abcdef")]),
    ("aws_lb_listener", &[("arn", "elasticloadbalancing:listener/app/mock/0123456789abcdef/0123456789abcdef")]),
    ("aws_sns_topic", &[("arn", "sns:mock")]),
    ("aws_sqs_queue", &[]),
];

/// The same for what is looked up.
const LOOKUPS: &[(&str, Defaults)] = &[
    ("aws_kms_key", &[("arn", "kms:key/mock")]),
    ("aws_lb", &[("arn", "elasticloadbalancing:loadbalancer/app/mock/0123456789abcdef")]),
    ("aws_lb_listener", &[("arn", "elasticloadbalancing:listener/app/mock/0123456789abcdef/0123456789abcdef")]),
    ("aws_sns_topic", &[("arn", "sns:mock")]),
    ("aws_vpc", &[("id", "vpc-0123456789abcdef0")]),
];

/// Services whose ARNs name no region.
const GLOBAL: &[&str] = &["iam"];

/// The provider that the test uses.
pub(super) fn provider(module: &Module<'_>, index: &Index<'_>) -> Item {
    let mut body = Body::new()
        .set("override_during", Value::path(&["plan"]))
        .because("An apply of the test could not be taken down again, because of `prevent_destroy`.");
    for (keyword, data) in [("mock_data", true), ("mock_resource", false)] {
        for kind in kinds(module, data) {
            let defaults = if data { lookup(module, kind) } else { resource(module, kind) };
            if let Some(defaults) = defaults {
                let defaults = (!defaults.is_empty()).then_some(Value::Map(defaults));
                push(&mut body, Block::new(keyword, &[kind], Body::new().set_some("defaults", defaults)));
            }
        }
    }
    for block in target_groups(module, index).into_iter().chain(security_groups(module)) {
        push(&mut body, block);
    }
    item(Block::new("mock_provider", &["aws"], body))
}

fn push(body: &mut Body, block: Block) {
    body.push(crate::terraform::model::Kind::Block(block));
}

/// The types of a root module's blocks.
fn kinds(module: &Module<'_>, data: bool) -> BTreeSet<&'static str> {
    let groups = module.groups.iter().filter(|group| group.piece.data == data);
    groups.map(|group| group.piece.address.kind).collect()
}

fn resource(module: &Module<'_>, kind: &str) -> Option<Vec<(String, Value)>> {
    match kind {
        "aws_db_instance" => Some(vec![master_secret(module)]),
        kind => shaped(module, RESOURCES, kind),
    }
}

fn lookup(module: &Module<'_>, kind: &str) -> Option<Vec<(String, Value)>> {
    match kind {
        "aws_iam_policy_document" => Some(vec![("json".into(), NO_POLICY.into())]),
        "aws_subnets" => Some(vec![("ids".into(), Value::texts(["subnet-0123456789abcdef0"]))]),
        "aws_db_instance" => Some(vec![master_secret(module)]),
        kind => shaped(module, LOOKUPS, kind),
    }
}

fn shaped(module: &Module<'_>, table: &[(&str, Defaults)], kind: &str) -> Option<Vec<(String, Value)>> {
    let (_, defaults) = table.iter().find(|(named, _)| *named == kind)?;
    let value = |(argument, shape): &(&'static str, &'static str)| {
        let value = if *argument == "arn" { arn(module, shape) } else { (*shape).to_owned() };
        ((*argument).to_owned(), Value::Text(value))
    };
    Some(defaults.iter().map(value).collect())
}

/// `service:resource` as an ARN of this account.
fn arn(module: &Module<'_>, shape: &str) -> String {
    let context = module.context;
    let (service, resource) = shape.split_once(':').unwrap_or((shape, "mock"));
    let region = if GLOBAL.contains(&service) { "" } else { &context.region };
    format!("arn:{}:{service}:{region}:{}:{resource}", context.partition, context.account)
}

/// A database names the secret that RDS makes in a list, of which Terraform would make up an empty one.
fn master_secret(module: &Module<'_>) -> (String, Value) {
    let secret = arn(module, "secretsmanager:secret:mock");
    let entry = |key: &str, value: String| (key.to_owned(), Value::Text(value));
    let entries = vec![
        entry("kms_key_id", arn(module, "kms:key/mock")),
        entry("secret_arn", secret),
        entry("secret_status", "active".to_owned()),
    ];
    ("master_user_secret".to_owned(), Value::List(vec![Value::Map(entries)]))
}

/// Each target group has an ARN of its own: the weights of a rule are compared by it.
fn target_groups(module: &Module<'_>, index: &Index<'_>) -> Vec<Block> {
    let pieces = module.groups.iter().flat_map(|group| &group.members);
    let groups = pieces.filter_map(|piece| {
        let resource = index.get(&piece.from).filter(|_| !piece.data)?;
        let Ir::TargetGroup(group) = &resource.body else { return None };
        let arn = arn(module, &format!("elasticloadbalancing:targetgroup/{}/0123456789abcdef", group.name));
        let values = Value::Map(vec![("arn".into(), Value::Text(arn))]);
        let target: Path = address(resource).path();
        Some(Block::new("override_resource", &[], Body::new().set("target", target).set("values", values)))
    });
    groups.collect()
}

/// Each security group has an id of its own, made here or looked up: rules are told apart by it.
fn security_groups(module: &Module<'_>) -> Vec<Block> {
    let groups = module.groups.iter().filter(|group| group.piece.address.kind == "aws_security_group");
    let block = |(number, group): (usize, &Group)| {
        let piece = &group.piece;
        let address = piece.address.path();
        let target = if piece.data { Path::of(&["data", &address.root, &piece.address.name]) } else { address };
        let values = Value::Map(vec![("id".into(), Value::Text(format!("sg-{number:017}")))]);
        let keyword = if piece.data { "override_data" } else { "override_resource" };
        Block::new(keyword, &[], Body::new().set("target", target).set("values", values))
    };
    groups.enumerate().map(block).collect()
}
