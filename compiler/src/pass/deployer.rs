//! What the deployer may do, as one policy for each area of AWS (`aws-rules` 13).
//!
//! Which service belongs to which area is fixed, and so are the names of the policies: what is new in a spec changes the
//! policies of its areas, and no statement ever moves to another policy. The areas are cut so that each fits into a managed
//! policy even when everything that Skiff can make is made, and all of them onto one role; a test says so.

use std::collections::BTreeSet;

use crate::{
    ir::{
        Context, Expr, Ir, Pseudo, TYPE_NAMES,
        identity::{Condition, Statement},
    },
    pass::{
        handlers::{self, Grouped},
        principals, scope,
    },
};

/// A part of what the deployer may do.
pub(crate) struct Area {
    /// The end of the policy's name.
    pub(crate) name: &'static str,
    /// What it is about, for the policy's description.
    pub(crate) about: &'static str,
    /// The IAM services in it.
    services: &'static [&'static str],
}

const fn area(name: &'static str, about: &'static str, services: &'static [&'static str]) -> Area {
    Area { name, about, services }
}

const AREAS: &[Area] = &[
    area("compute", "Auto Scaling", &["autoscaling"]),
    area("data", "databases, queues, buckets, secrets and backups", &["backup", "rds", "s3", "secretsmanager", "sqs"]),
    area("identity", "roles, policies and keys", &["iam", "kms"]),
    area("ledger", "Cloud Control, and records of what was applied", &[]),
    area("network", "networks, security groups, launch templates and volumes", &["ec2"]),
    area("observability", "alarms, logs and topics", &["cloudwatch", "logs", "sns"]),
    area("traffic", "load balancers and names", &["elasticloadbalancing", "route53", "servicediscovery", "wafv2"]),
];

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

/// Everything the resources' handlers need, bound to this application's ARNs, by area; areas without need are left out.
pub(crate) fn areas(ir: &Ir) -> Vec<(&'static Area, Vec<Statement>)> {
    let mut made = [false; TYPE_NAMES.len()];
    ir.resources.iter().for_each(|resource| made[resource.body.type_index()] = true);
    let types = TYPE_NAMES.iter().zip(made).filter_map(|(name, made)| made.then_some(*name));
    for_types(types.collect(), &ir.context)
}

fn for_types(types: BTreeSet<&'static str>, context: &Context) -> Vec<(&'static Area, Vec<Statement>)> {
    let needed = handlers::of_types(types);
    let with_statements = |area: &'static Area| {
        let mut statements = shape(&needed, area.services, context);
        match area.name {
            "identity" => statements.extend(guarded(context)),
            "ledger" => statements.extend(records(context)),
            _ => {}
        }
        (area, statements)
    };
    AREAS.iter().map(with_statements).filter(|(_, statements)| !statements.is_empty()).collect()
}

/// What the handlers need of some services: a statement for each, and one for what AWS binds to no ARN.
fn shape(needed: &Grouped, services: &[&str], context: &Context) -> Vec<Statement> {
    let bound = services.iter().filter_map(|service| {
        let actions = needed.bound.get(service)?.iter().copied();
        Some(Statement::allow(principals::sid("Shape", service), actions, scope::arns(service, context)?))
    });
    let of_area = |action: &&&str| action.split_once(':').is_some_and(|(service, _)| services.contains(&service));
    let mut free = needed.free.iter().filter(of_area).copied().peekable();
    let free = free.peek().is_some().then(|| Statement::allow("ShapeWithoutArns", free, [Expr::text("*")]));
    bound.chain(free).collect()
}

/// Cloud Control, and the records of what was applied.
fn records(context: &Context) -> Vec<Statement> {
    let control = Statement::allow("CloudControl", CONTROL.iter().copied(), [Expr::text("*")]);
    let writes = ["*/operations/*", "*/events/*", "*/idempotency/*", "*/shape/*"];
    std::iter::once(control).chain(principals::ledger(context, "Ledger", &writes)).collect()
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

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::facts::limits;

    /// Names as long as the spec takes them.
    pub(in crate::pass) fn context() -> Context {
        Context {
            app: "a".repeat(32),
            environment: "e".repeat(32),
            account: "111122223333".into(),
            region: "ap-southeast-1".into(),
            partition: "aws-us-gov".into(),
            state_root: format!("s3://{}/{}", "b".repeat(63), "p".repeat(64)),
            tags: BTreeMap::new(),
            permissions_boundary: Some("b".repeat(120)),
            key: None,
            ledger_key: Some(Expr::text("k".repeat(120))),
            ledger_managed: true,
            access: Default::default(),
        }
    }

    #[test]
    fn every_area_fits_into_a_policy_and_all_onto_a_role() {
        let areas = for_types(TYPE_NAMES.iter().copied().collect(), &context());
        assert!(areas.len() <= limits::MANAGED_POLICIES_PER_ROLE);
        for (area, statements) in areas {
            let size: usize = 40 + statements.iter().map(Statement::characters).sum::<usize>();
            assert!(size <= limits::MANAGED_POLICY_CHARACTERS, "{} has {size} characters", area.name);
        }
    }

    #[test]
    fn every_service_that_skiff_makes_things_in_is_in_one_area() {
        for service in scope::services() {
            let areas = AREAS.iter().filter(|area| area.services.contains(&service));
            assert_eq!(areas.count(), 1, "{service}");
        }
    }

    #[test]
    fn a_new_type_changes_its_own_areas_alone() {
        let types = ["AWS::EC2::VPC", "AWS::IAM::Role", "AWS::S3::Bucket"];
        let before = for_types(types.into(), &context());
        let after = for_types(types.into_iter().chain(["AWS::SQS::Queue"]).collect(), &context());
        let changed = before.iter().zip(&after).filter(|(before, after)| before.1 != after.1);
        assert_eq!(changed.map(|((area, _), _)| area.name).collect::<Vec<_>>(), ["data"]);
        assert_eq!(before.len(), after.len());
    }
}
