//! Which ARNs the things of one application and environment have, by service.

use std::mem;

use crate::{
    ir::{Context, Expr, Pseudo},
    lower::names,
};

/// The ARNs of each service, as templates: `{P}` partition, `{R}` region, `{A}` account, `{N}` the beginning of every
/// physical name, `{E}` the environment.
///
/// Source: AWS service authorization reference, "Resource types defined by …", cut down to what Skiff makes.
const TEMPLATES: &[(&str, &[&str])] = &[
    ("autoscaling", &["arn:{P}:autoscaling:{R}:{A}:autoScalingGroup:*:autoScalingGroupName/{N}*"]),
    ("backup", &["arn:{P}:backup:{R}:{A}:backup-plan:*", "arn:{P}:backup:{R}:{A}:backup-vault:{N}*"]),
    ("cloudwatch", &["arn:{P}:cloudwatch:{R}:{A}:alarm:{N}*"]),
    ("ec2", &["arn:{P}:ec2:{R}:{A}:*", "arn:{P}:ec2:{R}::image/*"]),
    (
        "elasticloadbalancing",
        &[
            "arn:{P}:elasticloadbalancing:{R}:{A}:listener-rule/app/{N}*",
            "arn:{P}:elasticloadbalancing:{R}:{A}:listener/app/{N}*",
            "arn:{P}:elasticloadbalancing:{R}:{A}:loadbalancer/app/{N}*",
            "arn:{P}:elasticloadbalancing:{R}:{A}:targetgroup/{N}*",
        ],
    ),
    (
        "iam",
        &[
            "arn:{P}:iam::{A}:instance-profile/skiff/{E}/{N}*",
            "arn:{P}:iam::{A}:policy/skiff/{E}/{N}*",
            "arn:{P}:iam::{A}:role/skiff/{E}/{N}*",
        ],
    ),
    ("kms", &["arn:{P}:kms:{R}:{A}:alias/{N}*", "arn:{P}:kms:{R}:{A}:key/*"]),
    ("logs", &["arn:{P}:logs:{R}:{A}:log-group:/aws/rds/instance/{N}*", "arn:{P}:logs:{R}:{A}:log-group:/skiff/{N}*"]),
    (
        "rds",
        &[
            "arn:{P}:rds:{R}:{A}:db:{N}*",
            "arn:{P}:rds:{R}:{A}:og:default*",
            "arn:{P}:rds:{R}:{A}:pg:{N}*",
            "arn:{P}:rds:{R}:{A}:snapshot:{N}*",
            "arn:{P}:rds:{R}:{A}:subgrp:{N}*",
        ],
    ),
    ("route53", &["arn:{P}:route53:::change/*", "arn:{P}:route53:::hostedzone/*"]),
    ("s3", &["arn:{P}:s3:::{N}*"]),
    ("secretsmanager", &["arn:{P}:secretsmanager:{R}:{A}:secret:{N}*"]),
    (
        "servicediscovery",
        &["arn:{P}:servicediscovery:{R}:{A}:namespace/*", "arn:{P}:servicediscovery:{R}:{A}:service/*"],
    ),
    ("sns", &["arn:{P}:sns:{R}:{A}:{N}*"]),
    ("sqs", &["arn:{P}:sqs:{R}:{A}:{N}*"]),
    (
        "wafv2",
        &["arn:{P}:elasticloadbalancing:{R}:{A}:loadbalancer/app/{N}*", "arn:{P}:wafv2:{R}:{A}:regional/webacl/*"],
    ),
];

/// The part of `application-environment-` that survives in every physical name, however long the rest: what is left when
/// the longest prefix (`/skiff/`) and a hash are taken off.
const SURVIVES: usize = names::LONGEST - "/skiff/".len() - 9;

/// The ARNs of a service's things; `None` for services that Skiff makes nothing in.
pub(crate) fn arns(service: &str, context: &Context) -> Option<Vec<Expr>> {
    let (_, templates) = TEMPLATES.iter().find(|(name, _)| *name == service)?;
    let ledger = (service == "s3" && context.ledger_managed).then(|| {
        let bucket = context.state_root.trim_start_matches("s3://").split('/').next().unwrap_or_default();
        Expr::bucket_arn(bucket)
    });
    let beginning = beginning(context);
    let own = templates.iter().map(|template| instantiate(template, &beginning, &context.environment));
    Some(own.chain(ledger).collect())
}

/// The beginning of every physical name.
pub(crate) fn beginning(context: &Context) -> String {
    let whole = format!("{}-{}-", context.app, context.environment);
    whole.get(..SURVIVES).unwrap_or(&whole).to_owned()
}

fn instantiate(template: &str, beginning: &str, environment: &str) -> Expr {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        match after.as_bytes().first() {
            Some(b'N') => text.push_str(beginning),
            Some(b'E') => text.push_str(environment),
            Some(b'P') => parts.extend([Expr::text(mem::take(&mut text)), Expr::Pseudo(Pseudo::Partition)]),
            Some(b'R') => parts.extend([Expr::text(mem::take(&mut text)), Expr::Pseudo(Pseudo::Region)]),
            _ => parts.extend([Expr::text(mem::take(&mut text)), Expr::Pseudo(Pseudo::Account)]),
        }
        rest = after.get(2..).unwrap_or_default();
    }
    text.push_str(rest);
    parts.extend((!text.is_empty()).then(|| Expr::text(text)));
    Expr::Join(parts)
}

/// Whether Skiff makes anything in a service.
pub(crate) fn is_known(service: &str) -> bool {
    TEMPLATES.iter().any(|(name, _)| *name == service)
}

/// The services that Skiff makes something in.
#[cfg(test)]
pub(crate) fn services() -> impl Iterator<Item = &'static str> {
    TEMPLATES.iter().map(|(name, _)| *name)
}
