//! The principals of an environment beside its VMs: deployer, releaser, operator (`aws-rules` 13 and 14).
//!
//! Each gets managed policies, so that an account can attach them to whom it likes; a role is made for those that the spec
//! names under `access:`.

use std::{borrow::Cow, collections::BTreeMap, sync::LazyLock};

use crate::{
    facts::{actions, limits},
    ir::{
        Context, Expr, Ir, Origin, Owner, Pseudo, TYPE_NAMES,
        identity::{Condition, ManagedPolicy, PolicyDocument, Role, Statement},
    },
    lower::names,
    pass::{handlers, scope},
    source::Span,
};

/// Cloud Control, which carries every change; it binds to no ARN.
const CONTROL: &[&str] = &[
    "cloudformation:CancelResourceRequest",
    "cloudformation:CreateResource",
    "cloudformation:DeleteResource",
    "cloudformation:GetResource",
    "cloudformation:GetResourceRequestStatus",
    "cloudformation:ListResources",
    "cloudformation:UpdateResource",
];

/// Who a service-linked role is made for, and who a role of the environment is passed to.
const LINKED: &[&str] =
    &["autoscaling.amazonaws.com", "backup.amazonaws.com", "elasticloadbalancing.amazonaws.com", "rds.amazonaws.com"];
const PASSED: &[&str] =
    &["backup.amazonaws.com", "ec2.amazonaws.com", "monitoring.rds.amazonaws.com", "vpc-flow-logs.amazonaws.com"];

/// Adds the policies of the three principals, and a role for each that somebody may assume.
pub(crate) fn add(ir: &mut Ir) {
    if ir.resources.is_empty() {
        return;
    }
    let origin = Origin::new("access", Span::default());
    let documents =
        [("deployer", deployer(ir)), ("releaser", releaser(&ir.context)), ("operator", operator(&ir.context))];
    for ((name, statements), trusted) in documents.into_iter().zip(ir.context.access.clone()) {
        let arns = policies(ir, name, statements, &origin);
        if !trusted.is_empty() {
            role(ir, name, trusted, arns, &origin);
        }
    }
}

/// As many managed policies as the statements need.
fn policies(ir: &mut Ir, name: &str, statements: Vec<Statement>, origin: &Origin) -> Vec<Expr> {
    let parts = split(statements);
    let several = parts.len() > 1;
    let mut arns = Vec::new();
    for (index, statements) in parts.into_iter().enumerate() {
        let suffix = if several { format!("-{}", index + 1) } else { String::new() };
        let body = ManagedPolicy {
            managed_policy_name: physical(&ir.context, &format!("{name}{suffix}")),
            path: path(&ir.context),
            description: describe(name).into(),
            policy_document: PolicyDocument::new(statements),
        };
        let policy = ir.add(&Owner::Environment, format!("environment.policy.{name}{suffix}"), origin, body);
        arns.push(policy.arn());
    }
    arns
}

fn physical(context: &Context, name: &str) -> String {
    names::physical(&[context.app.as_str(), context.environment.as_str(), name])
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

fn role(ir: &mut Ir, name: &str, trusted: Vec<String>, arns: Vec<Expr>, origin: &Origin) {
    let body = Role {
        role_name: physical(&ir.context, name),
        path: path(&ir.context),
        description: describe(name).into(),
        assume_role_policy_document: PolicyDocument::trust(trusted.into_iter().map(Expr::text).collect()),
        managed_policy_arns: Some(arns),
        permissions_boundary: None,
        max_session_duration: Some(3_600),
    };
    ir.add(&Owner::Environment, format!("environment.role.{name}"), origin, body);
}

/// Fills policies one after another; a statement too large for one is cut by its actions.
fn split(statements: Vec<Statement>) -> Vec<Vec<Statement>> {
    // What a policy has beside its statements: `{"Version":"2012-10-17","Statement":[]}`.
    let room = limits::MANAGED_POLICY_CHARACTERS - 40;
    let mut parts: Vec<Vec<Statement>> = vec![Vec::new()];
    let mut filled = 0;
    for (statement, size) in statements.into_iter().flat_map(|statement| halves(statement, room)) {
        if filled + size > room {
            parts.push(Vec::new());
            filled = 0;
        }
        filled += size;
        if let Some(last) = parts.last_mut() {
            last.push(statement);
        }
    }
    parts
}

/// A statement, or the parts of one that is too large, each with its size.
fn halves(statement: Statement, room: usize) -> Vec<(Statement, usize)> {
    let size = statement.characters();
    if size <= room || statement.actions.len() < 2 {
        return vec![(statement, size)];
    }
    let middle = statement.actions.len() / 2;
    let (first, second) = statement.actions.split_at(middle);
    let part = |actions: &[Cow<'static, str>], mark: &str| Statement {
        sid: format!("{}{mark}", statement.sid).into(),
        actions: actions.to_vec(),
        ..statement.clone()
    };
    [part(first, "A"), part(second, "B")].into_iter().flat_map(|half| halves(half, room)).collect()
}

/// Everything the resources' handlers need, bound to this application's ARNs.
fn deployer(ir: &Ir) -> Vec<Statement> {
    let mut made = [false; TYPE_NAMES.len()];
    ir.resources.iter().for_each(|resource| made[resource.body.type_index()] = true);
    let types = TYPE_NAMES.iter().zip(made).filter_map(|(name, made)| made.then_some(*name));
    let needed = handlers::of_types(types.collect());
    let mut statements = Vec::new();
    for (service, actions) in &needed.bound {
        if let Some(arns) = scope::arns(service, &ir.context) {
            statements.push(Statement::allow(sid("Shape", service), actions.iter().copied(), arns));
        }
    }
    let everywhere = needed.free.iter().chain(CONTROL).copied();
    statements.push(Statement::allow("ShapeWithoutArns", everywhere, [Expr::text("*")]));
    statements.extend(guarded(&ir.context));
    statements.extend(ledger(&ir.context, "Ledger", &["*/operations/*", "*/events/*", "*/idempotency/*", "*/shape/*"]));
    statements
}

/// Roles only with a boundary and only to services that need them; never the value of a secret.
fn guarded(context: &Context) -> Vec<Statement> {
    let texts = |values: &[&str]| values.iter().copied().map(Expr::text).collect::<Vec<_>>();
    let roles: Vec<_> = scope::arns("iam", context).into_iter().flatten().collect();
    let role_arns =
        [Expr::global_arn("iam", format_args!("role/skiff/{}/{}*", context.environment, scope::beginning(context)))];
    let mut statements = vec![
        Statement::allow("PassRoles", ["iam:PassRole"], role_arns.clone()).when(Condition::new(
            "StringEquals",
            "iam:PassedToService",
            texts(PASSED),
        )),
        Statement::allow(
            "LinkedRoles",
            ["iam:CreateServiceLinkedRole"],
            [Expr::global_arn("iam", "role/aws-service-role/*")],
        )
        .when(Condition::new("StringEquals", "iam:AWSServiceName", texts(LINKED))),
        Statement::deny(
            "NoSecretValues",
            ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"],
            [Expr::text("*")],
        ),
    ];
    statements.push(
        Statement::allow("AttachKnownPolicies", ["iam:AttachRolePolicy", "iam:DetachRolePolicy"], role_arns)
            .when(Condition::new("ArnLike", "iam:PolicyARN", attachable(context))),
    );
    if let Some(boundary) = &context.permissions_boundary {
        let without = Condition::new("StringNotEquals", "iam:PermissionsBoundary", [Expr::text(boundary.as_str())]);
        let actions = ["iam:CreateRole", "iam:PutRolePermissionsBoundary"];
        statements.push(Statement::deny("NoRoleWithoutBoundary", actions, roles.clone()).when(without));
        statements.push(Statement::deny("NoBoundaryTakenAway", ["iam:DeleteRolePermissionsBoundary"], roles));
    }
    statements
}

/// The policies that roles of an environment carry beside their own: AWS's two for services, and the application's.
fn attachable(context: &Context) -> Vec<Expr> {
    let of_aws = |name: &str| {
        let policy = format!(":iam::aws:policy/service-role/{name}");
        Expr::join([Expr::text("arn:"), Expr::Pseudo(Pseudo::Partition), Expr::text(policy)])
    };
    let own = format!("policy/skiff/{}/{}*", context.environment, scope::beginning(context));
    let names = ["AWSBackupServiceRolePolicyForBackup", "AmazonRDSEnhancedMonitoringRole"];
    names.map(of_aws).into_iter().chain([Expr::global_arn("iam", own)]).collect()
}

/// Reads the application's part of the ledger and writes where the patterns say.
fn ledger(context: &Context, sid: &str, writes: &[&str]) -> Vec<Statement> {
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

fn sid(verb: &str, service: &str) -> String {
    let (first, rest) = service.split_at(service.len().min(1));
    format!("{verb}{}{rest}", first.to_ascii_uppercase())
}
