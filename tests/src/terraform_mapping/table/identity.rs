//! Roles, policies, instance profiles, keys.

use crate::terraform_mapping::row::{Block, Row, TypeMapping, again, block, one, policy, same, tags, untagged};

/// The types of this family.
pub(super) const TYPES: &[TypeMapping] = &[
    one("AWS::IAM::InstanceProfile", &[block("aws_iam_instance_profile", PROFILE)]),
    one("AWS::IAM::ManagedPolicy", &[block("aws_iam_policy", MANAGED_POLICY)]),
    one("AWS::IAM::Role", &[block("aws_iam_role", ROLE), ATTACHMENTS]),
    one("AWS::IAM::RolePolicy", &[block("aws_iam_role_policy", ROLE_POLICY)]),
    one("AWS::KMS::Alias", &[block("aws_kms_alias", ALIAS)]),
    one("AWS::KMS::Key", &[block("aws_kms_key", KEY)]),
];

const PROFILE: &[Row] =
    &[same("/InstanceProfileName", "name"), same("/Path", "path"), same("/Roles/0", "role"), untagged()];

const MANAGED_POLICY: &[Row] = &[
    same("/ManagedPolicyName", "name"),
    same("/Path", "path"),
    same("/Description", "description"),
    policy("/PolicyDocument", "policy"),
    untagged(),
];

const ROLE: &[Row] = &[
    same("/RoleName", "name"),
    same("/Path", "path"),
    same("/Description", "description"),
    same("/MaxSessionDuration", "max_session_duration"),
    same("/PermissionsBoundary", "permissions_boundary"),
    policy("/AssumeRolePolicyDocument", "assume_role_policy"),
    tags("/Tags"),
];

/// Terraform's own list within a role would take away what others attached.
const ATTACHMENTS: Block = Block {
    terraform: "aws_iam_role_policy_attachment",
    for_each: Some(("/ManagedPolicyArns", "policy_arn")),
    rows: &[same("", "policy_arn"), again("role", "/RoleName")],
};

const ROLE_POLICY: &[Row] =
    &[same("/PolicyName", "name"), same("/RoleName", "role"), policy("/PolicyDocument", "policy")];

const ALIAS: &[Row] = &[same("/AliasName", "name"), same("/TargetKeyId", "target_key_id")];

const KEY: &[Row] = &[
    same("/Description", "description"),
    same("/EnableKeyRotation", "enable_key_rotation"),
    same("/PendingWindowInDays", "deletion_window_in_days"),
    policy("/KeyPolicy", "policy"),
    tags("/Tags"),
];
