//! IAM, KMS, and the policy documents.

use super::is_iam_name;
use crate::{
    rules::{
        Must::{
            BeAJsonObject, BeAnArn, BeBetween, BeOneOf, BeginWith, Contain, HaveExactlyOneOf, HaveLength, NotCombine,
            Satisfy,
        },
        Rule,
    },
    value::Value,
};

const NAMED: &[&str] = &["aws_iam_role", "aws_iam_policy", "aws_iam_instance_profile", "aws_iam_role_policy"];
const WITH_PATH: &[&str] = &["aws_iam_role", "aws_iam_policy", "aws_iam_instance_profile"];
const ROLE: &[&str] = &["aws_iam_role"];
const KEY: &[&str] = &["aws_kms_key"];

pub(super) const RULES: &[Rule] = &[
    Rule { types: NAMED, path: "", must: NotCombine(&["name", "name_prefix"]) },
    Rule { types: NAMED, path: "name", must: Contain(is_iam_name, "must match [\\w+=,.@-]") },
    Rule { types: &["aws_iam_role"], path: "name", must: HaveLength(1, 64) },
    Rule {
        types: &["aws_iam_policy", "aws_iam_instance_profile", "aws_iam_role_policy"],
        path: "name",
        must: HaveLength(1, 128),
    },
    Rule { types: WITH_PATH, path: "path", must: Satisfy(path) },
    Rule { types: ROLE, path: "assume_role_policy", must: BeAJsonObject },
    Rule { types: ROLE, path: "max_session_duration", must: BeBetween(3600, 43_200) },
    Rule { types: ROLE, path: "description", must: HaveLength(0, 1000) },
    Rule { types: ROLE, path: "permissions_boundary", must: BeAnArn },
    Rule { types: ROLE, path: "managed_policy_arns", must: BeAnArn },
    Rule { types: &["aws_iam_policy"], path: "description", must: HaveLength(0, 1000) },
    Rule { types: &["aws_iam_policy", "aws_iam_role_policy", "aws_kms_key"], path: "policy", must: BeAJsonObject },
    Rule { types: &["aws_iam_role_policy_attachment"], path: "policy_arn", must: BeAnArn },
    Rule { types: &["aws_kms_alias"], path: "", must: NotCombine(&["name", "name_prefix"]) },
    Rule { types: &["aws_kms_alias"], path: "name", must: BeginWith("alias/") },
    Rule { types: KEY, path: "deletion_window_in_days", must: BeBetween(7, 30) },
    Rule { types: KEY, path: "rotation_period_in_days", must: BeBetween(90, 2560) },
    Rule { types: KEY, path: "description", must: HaveLength(0, 8192) },
    Rule {
        types: KEY,
        path: "key_usage",
        must: BeOneOf(&["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"]),
    },
];

const DOCUMENT: &[&str] = &["aws_iam_policy_document"];

pub(super) const DATA_SOURCES: &[Rule] = &[
    Rule { types: DOCUMENT, path: "version", must: BeOneOf(&["2008-10-17", "2012-10-17"]) },
    Rule { types: DOCUMENT, path: "statement.effect", must: BeOneOf(&["Allow", "Deny"]) },
    Rule {
        types: DOCUMENT,
        path: "statement.sid",
        must: Contain(is_plain, "must only include alphanumeric characters"),
    },
    Rule { types: DOCUMENT, path: "statement", must: NotCombine(&["actions", "not_actions"]) },
    Rule { types: DOCUMENT, path: "statement", must: NotCombine(&["resources", "not_resources"]) },
    Rule { types: &["aws_lb", "aws_lb_listener", "aws_secretsmanager_secret"], path: "arn", must: BeAnArn },
    Rule { types: &["aws_lb_listener"], path: "load_balancer_arn", must: BeAnArn },
    Rule { types: &["aws_kms_alias"], path: "name", must: BeginWith("alias/") },
    Rule { types: &["aws_secretsmanager_secret"], path: "", must: HaveExactlyOneOf(&["arn", "name"]) },
    Rule {
        types: &["aws_service_discovery_dns_namespace"],
        path: "type",
        must: BeOneOf(&["DNS_PUBLIC", "DNS_PRIVATE"]),
    },
];

const fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric()
}

fn path(value: &Value) -> Option<String> {
    let path = value.text()?;
    let is_good = path.starts_with('/') && path.ends_with('/') && path.len() <= 512;
    (!is_good).then(|| format!("invalid value for path (must begin and end with a slash): {path}"))
}
