//! Values for the variables of a root module: good ones for all runs, and one bad one for each in a run of its own.

use skiff_wire::InputKind;

use super::{Block, Body, Item, Module, Value, item};
use crate::terraform::{address::ident, model::Path};

const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// The lowest priority that the test gives; further ones follow.
const FIRST_PRIORITY: i64 = 100;

/// The variables, each with a good value; nothing when there are none.
pub(super) fn good(module: &Module<'_>) -> Option<Item> {
    let values = sorted(module).into_iter().enumerate().map(|(place, (name, kind))| (name, good_value(kind, place)));
    let body = values.fold(Body::new(), |body, (name, value)| body.set(&name, value));
    (!body.items.is_empty()).then(|| item(Block::new("variables", &[], body)))
}

/// A run for each variable that gives it a bad value, and expects to be told.
pub(super) fn refusals(module: &Module<'_>) -> Vec<Item> {
    let run = |(name, kind): (String, InputKind)| {
        let body = Body::new()
            .set("command", Value::path(&["plan"]))
            .set("expect_failures", Value::List(vec![Path::of(&["var", &name]).into()]))
            .block("variables", Body::new().set(&name, bad_value(kind)));
        item(Block::new("run", &[&format!("refuses_{name}")], body))
    };
    sorted(module).into_iter().map(run).collect()
}

fn sorted(module: &Module<'_>) -> Vec<(String, InputKind)> {
    let mut inputs: Vec<_> = module.inputs.iter().map(|(name, input)| (ident(name), input.kind)).collect();
    inputs.sort();
    inputs
}

fn good_value(kind: InputKind, place: usize) -> Value {
    match kind {
        InputKind::Ami => "ami-0123456789abcdef0".into(),
        InputKind::Vpc => "vpc-0123456789abcdef0".into(),
        InputKind::PrefixList => "pl-0123456789abcdef0".into(),
        InputKind::SubnetList => Value::texts(["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]),
        InputKind::HostedZone => "Z0123456789ABCDEFGHIJ".into(),
        InputKind::RulePriority => {
            Value::Whole(i64::try_from(place).map_or(FIRST_PRIORITY, |place| FIRST_PRIORITY + place))
        }
        InputKind::Digest | InputKind::RunnerDigest | InputKind::TrustRootDigest => DIGEST.into(),
    }
}

/// What somebody might give by mistake.
fn bad_value(kind: InputKind) -> Value {
    match kind {
        InputKind::Ami => "latest".into(),
        InputKind::Vpc => "default".into(),
        InputKind::PrefixList => "com.amazonaws.eu-west-1.s3".into(),
        InputKind::SubnetList => Value::List(Vec::new()),
        InputKind::HostedZone => "example.com".into(),
        InputKind::RulePriority => Value::Whole(0),
        InputKind::Digest | InputKind::RunnerDigest | InputKind::TrustRootDigest => "v1.4.2".into(),
    }
}
