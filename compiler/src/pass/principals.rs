//! The principals of an environment beside its VMs: deployer, releaser, operator (`aws-rules` 13 and 14).
//!
//! Each gets managed policies, so that an account can attach them to whom it likes; a role is made for those that the spec
//! names under `access:`.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::{
    facts::{actions, limits},
    ir::{
        Context, Expr, Ir, Origin, Owner,
        identity::{Condition, ManagedPolicy, PolicyDocument, Role, Statement},
    },
    lower::names,
    pass::{deployer, scope},
    source::Span,
};

/// Adds the policies of the three principals, and a role for each that somebody may assume.
pub(crate) fn add(ir: &mut Ir) {
    if ir.resources.is_empty() {
        return;
    }
    let origin = Origin::new("access", Span::default());
    let [deployers, releasers, operators] = ir.context.access.clone();
    let areas = deployer::areas(ir);
    let deployer = areas.into_iter().map(|(area, statements)| {
        let name = format!("deployer-{}", area.name);
        let body = policy(&ir.context, &name, &format!("Applies shape: {}", area.about), statements);
        ir.add(&Owner::Environment, format!("environment.policy.{name}"), &origin, body).arn()
    });
    let deployer = deployer.collect();
    role(ir, "deployer", deployers, deployer, &origin);
    for (name, statements, trusted) in
        [("releaser", releaser(&ir.context), releasers), ("operator", operator(&ir.context), operators)]
    {
        let body = policy(&ir.context, name, describe(name), statements);
        let policy = ir.add(&Owner::Environment, format!("environment.policy.{name}"), &origin, body);
        role(ir, name, trusted, vec![policy.arn()], &origin);
    }
}

fn policy(context: &Context, name: &str, description: &str, statements: Vec<Statement>) -> ManagedPolicy {
    let parts = [context.app.as_str(), context.environment.as_str(), name];
    ManagedPolicy {
        managed_policy_name: names::within(limits::POLICY_NAME_CHARACTERS, &parts),
        path: path(context),
        description: description.into(),
        policy_document: PolicyDocument::new(statements),
    }
}

/// A path that no principal's own ARNs reach: the deployer cannot give itself more than it has.
fn path(context: &Context) -> String {
    format!("/skiff/{}/principals/", context.environment)
}

fn describe(name: &str) -> &'static str {
    match name {
        "deployer" => "Applies shape: creates, changes and removes resources",
        "releaser" => "Moves releases: assignments, weights, capacity",
        _ => "Runs sagas and looks at everything",
    }
}

/// A role for those who may assume it, if any.
fn role(ir: &mut Ir, name: &str, trusted: Vec<String>, arns: Vec<Expr>, origin: &Origin) {
    if trusted.is_empty() {
        return;
    }
    let body = Role {
        role_name: names::physical(&[ir.context.app.as_str(), ir.context.environment.as_str(), name]),
        path: path(&ir.context),
        description: describe(name).into(),
        assume_role_policy_document: PolicyDocument::trust(trusted.into_iter().map(Expr::text).collect()),
        managed_policy_arns: Some(arns),
        permissions_boundary: None,
        max_session_duration: Some(3_600),
    };
    ir.add(&Owner::Environment, format!("environment.role.{name}"), origin, body);
}

/// Reads the application's part of the ledger and writes where the patterns say.
pub(crate) fn ledger(context: &Context, sid: &str, writes: &[&str]) -> Vec<Statement> {
    let root = context.state_root.trim_start_matches("s3://");
    let bucket = root.split('/').next().unwrap_or_default();
    let own = format!("{root}/{}/{}", context.app, context.environment);
    let writes =
        writes.iter().map(|pattern| Expr::bucket_arn(format_args!("{own}{}", pattern.trim_start_matches('*'))));
    let shared =
        ["artifacts/*", "runner/*", "trust/*"].map(|pattern| Expr::bucket_arn(format_args!("{root}/{pattern}")));
    let reads = std::iter::once(Expr::bucket_arn(format_args!("{own}/*"))).chain(shared);
    let mut statements = vec![
        Statement::allow(format!("{sid}Read"), ["s3:GetObject"], reads),
        Statement::allow(format!("{sid}List"), ["s3:ListBucket"], [Expr::bucket_arn(bucket)]),
        Statement::allow(format!("{sid}Write"), ["s3:PutObject"], writes),
    ];
    statements.extend(ledger_key(context));
    statements
}

/// The key of the ledger, only by way of S3.
pub(crate) fn ledger_key(context: &Context) -> Option<Statement> {
    let key = context.ledger_key.clone()?;
    let via = Condition::new("StringEquals", "kms:ViaService", [Expr::text(context.endpoint("s3"))]);
    Some(Statement::allow("KeyOfLedger", ["kms:Decrypt", "kms:GenerateDataKey"], [key]).when(via))
}

/// Assignments, weights, capacity; nothing that makes or removes a resource.
fn releaser(context: &Context) -> Vec<Statement> {
    let of = |service: &str| scope::arns(service, context).unwrap_or_default();
    let mut statements = vec![
        Statement::allow(
            "Weights",
            ["elasticloadbalancing:ModifyRule"],
            of("elasticloadbalancing").into_iter().take(1),
        ),
        Statement::allow(
            "Capacity",
            ["autoscaling:SetDesiredCapacity", "autoscaling:UpdateAutoScalingGroup"],
            of("autoscaling"),
        ),
    ];
    statements.extend(look(context));
    statements.extend(ledger(context, "Ledger", &["*/services/*", "*/operations/*", "*/events/*", "*/idempotency/*"]));
    let artifacts = Expr::bucket_arn(format_args!("{}/artifacts/*", context.state_root.trim_start_matches("s3://")));
    statements.push(Statement::allow("Artifacts", ["s3:PutObject"], [artifacts]));
    statements
}

/// Sagas and approvals; looks at everything, changes nothing by itself.
fn operator(context: &Context) -> Vec<Statement> {
    let logs = scope::arns("logs", context).unwrap_or_default();
    let mut statements = look(context);
    statements.push(Statement::allow(
        "ReadLogs",
        ["logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"],
        logs,
    ));
    statements.extend(ledger(context, "Ledger", &["*/operations/*", "*/events/*", "*/idempotency/*"]));
    statements
}

/// States, health, metrics: on this application's things where AWS binds an action to any, else everywhere.
fn look(context: &Context) -> Vec<Statement> {
    const LOOKS: &[&str] = &[
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeScalingActivities",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricData",
        "ec2:DescribeInstances",
        "ec2:DescribeLaunchTemplateVersions",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeRules",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
    ];
    static SPLIT: LazyLock<(Vec<&str>, Vec<&str>)> =
        LazyLock::new(|| LOOKS.iter().copied().partition(|name| actions::is_bound(name) == Some(true)));
    let (bound, free) = &*SPLIT;
    let mut statements = vec![Statement::allow("Look", free.iter().copied(), [Expr::text("*")])];
    let mut by_service: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for name in bound {
        by_service.entry(name.split_once(':').map_or(name, |(service, _)| service)).or_default().push(name);
    }
    for (service, names) in by_service {
        let arns = scope::arns(service, context).unwrap_or_default();
        statements.push(Statement::allow(sid("Look", service), names, arns));
    }
    statements
}

pub(crate) fn sid(verb: &str, service: &str) -> String {
    let (first, rest) = service.split_at(service.len().min(1));
    format!("{verb}{}{rest}", first.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releaser_and_operator_fit_into_one_policy_each() {
        let context = deployer::tests::context();
        for (name, statements) in [("releaser", releaser(&context)), ("operator", operator(&context))] {
            let size = 40 + statements.iter().map(Statement::characters).sum::<usize>();
            assert!(size <= limits::MANAGED_POLICY_CHARACTERS, "{name} has {size} characters");
        }
    }
}
