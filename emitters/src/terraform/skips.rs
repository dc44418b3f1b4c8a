//! Findings of checkov that were decided against: those of the IR, and those that only its Terraform checks raise.
//!
//! A skip stands only where the check would fail; a test runs checkov and refuses one that skips nothing.

use skiff_compiler::ir::{Body as Ir, Resource};

use super::{piece::Piece, scope::Index};

/// A check that fails by decision.
struct Decision {
    /// Terraform's type.
    kind: &'static str,
    /// The check.
    check: &'static str,
    /// Where it would fail.
    fails: fn(&Resource, &Index<'_>) -> bool,
    /// Why that is right.
    reason: &'static str,
}

const fn decision(
    kind: &'static str,
    check: &'static str,
    fails: fn(&Resource, &Index<'_>) -> bool,
    reason: &'static str,
) -> Decision {
    Decision { kind, check, fails, reason }
}

const WHOLE_KEY: &str =
    "In a key's own policy `*` means this key; who may use it is said by principals and conditions.";

const DECISIONS: &[Decision] = &[
    decision(
        "aws_vpc",
        "CKV2_AWS_12",
        always,
        "Nothing is in the default security group: all that Skiff makes has groups of its own.",
    ),
    decision(
        "aws_lb",
        "CKV2_AWS_20",
        plain_http,
        "The spec names no certificates: requests travel in plain text, within the network that the load balancer is open to.",
    ),
    decision(
        "aws_lb",
        "CKV2_AWS_28",
        public_without_web_acl,
        "No web ACL filters requests; one that is named as `load_balancer.web_acl` is attached.",
    ),
    decision("aws_lb", "CKV2_AWS_76", with_web_acl, "The web ACL is made elsewhere, and its rules are reviewed there."),
    decision("aws_s3_bucket", "CKV2_AWS_62", always, "Nothing listens for events of this bucket."),
    decision("aws_s3_bucket", "CKV_AWS_144", always, "The spec asks for one region; old versions are kept in it."),
    decision(
        "aws_s3_bucket",
        "CKV_AWS_145",
        without_key,
        "Access logs are delivered only to buckets encrypted with S3's own keys.",
    ),
    decision(
        "aws_cloudwatch_log_group",
        "CKV_AWS_338",
        kept_less_than_a_year,
        "The spec says how long logs are kept: `log_retention`.",
    ),
    decision("aws_db_instance", "CKV_AWS_293", unprotected, "The spec says `deletion_protection: false`."),
    decision(
        "aws_db_instance",
        "CKV_AWS_353",
        always,
        "Enhanced monitoring is on; Database Insights is a choice of cost that the spec does not make.",
    ),
    decision(
        "aws_secretsmanager_secret",
        "CKV2_AWS_57",
        always,
        "Who sets the value rotates it; members read the version that a release names.",
    ),
    decision("aws_iam_policy_document", "CKV_AWS_109", of_key, WHOLE_KEY),
    decision("aws_iam_policy_document", "CKV_AWS_111", of_key, WHOLE_KEY),
    decision("aws_iam_policy_document", "CKV_AWS_356", of_key, WHOLE_KEY),
];

/// What the block says to checkov.
pub(super) fn of(piece: &Piece, resource: &Resource, index: &Index<'_>) -> Vec<(String, String)> {
    // What the IR decided is about the resource itself.
    let itself = piece.address == super::address::address(resource) && !piece.data;
    let accepted = resource.accepted.iter().filter(|(check, _)| itself && check.starts_with("CKV"));
    let accepted = accepted.map(|(check, reason)| ((*check).to_owned(), (*reason).to_owned()));
    let decided = DECISIONS.iter().filter(|decision| decision.kind == piece.address.kind);
    let decided = decided.filter(|decision| (decision.fails)(resource, index));
    accepted.chain(decided.map(|decision| (decision.check.to_owned(), decision.reason.to_owned()))).collect()
}

fn always(_: &Resource, _: &Index<'_>) -> bool {
    true
}

fn plain_http(_: &Resource, index: &Index<'_>) -> bool {
    let listens =
        |resource: &Resource| matches!(&resource.body, Ir::Listener(listener) if listener.protocol == "HTTPS");
    !index.any(listens)
}

fn has_web_acl(index: &Index<'_>) -> bool {
    index.any(|resource| matches!(resource.body, Ir::WebAclAssociation(_)))
}

fn public_without_web_acl(resource: &Resource, index: &Index<'_>) -> bool {
    matches!(&resource.body, Ir::LoadBalancer(balancer) if balancer.scheme != "internal") && !has_web_acl(index)
}

fn with_web_acl(_: &Resource, index: &Index<'_>) -> bool {
    has_web_acl(index)
}

fn without_key(resource: &Resource, _: &Index<'_>) -> bool {
    let Ir::Bucket(bucket) = &resource.body else { return false };
    let rules = &bucket.bucket_encryption.server_side_encryption_configuration;
    rules.iter().all(|rule| rule.server_side_encryption_by_default.sse_algorithm != "aws:kms")
}

fn kept_less_than_a_year(resource: &Resource, _: &Index<'_>) -> bool {
    matches!(&resource.body, Ir::LogGroup(group) if group.retention_in_days < 365)
}

fn unprotected(resource: &Resource, _: &Index<'_>) -> bool {
    matches!(&resource.body, Ir::DatabaseInstance(database) if !database.deletion_protection)
}

fn of_key(resource: &Resource, _: &Index<'_>) -> bool {
    matches!(resource.body, Ir::Key(_))
}
