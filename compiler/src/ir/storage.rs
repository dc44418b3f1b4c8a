//! Where data lives: databases, queues, buckets, secrets, backups.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    expr::{Expr, attributes},
    identity::PolicyDocument,
    load_balancing::ListExpr,
};

/// `AWS::RDS::DBInstance`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DatabaseInstance {
    pub allocated_storage: String,
    pub apply_immediately: bool,
    pub auto_minor_version_upgrade: Option<bool>,
    pub backup_retention_period: u32,
    pub copy_tags_to_snapshot: bool,
    #[serde(rename = "DBInstanceClass")]
    pub instance_class: String,
    #[serde(rename = "DBInstanceIdentifier")]
    pub instance_identifier: String,
    #[serde(rename = "DBName")]
    pub database_name: String,
    #[serde(rename = "DBParameterGroupName")]
    pub parameter_group_name: Expr,
    #[serde(rename = "DBSubnetGroupName")]
    pub subnet_group_name: Expr,
    pub deletion_protection: bool,
    pub enable_cloudwatch_logs_exports: Vec<String>,
    #[serde(rename = "EnableIAMDatabaseAuthentication")]
    pub enable_iam_database_authentication: bool,
    pub engine: String,
    pub engine_version: String,
    pub kms_key_id: Option<Expr>,
    pub manage_master_user_password: bool,
    pub master_user_secret: MasterUserSecret,
    pub master_username: String,
    pub max_allocated_storage: Option<u32>,
    pub monitoring_interval: u32,
    pub monitoring_role_arn: Expr,
    #[serde(rename = "MultiAZ")]
    pub multi_az: bool,
    pub port: String,
    pub preferred_maintenance_window: Option<String>,
    pub publicly_accessible: bool,
    pub storage_encrypted: bool,
    pub storage_type: String,
    #[serde(rename = "VPCSecurityGroups")]
    pub vpc_security_groups: Vec<Expr>,
}

/// The secret that RDS makes for the master user; its value is never ours.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct MasterUserSecret {
    pub kms_key_id: Option<Expr>,
}

attributes!(DatabaseInstance {
    /// The host name.
    endpoint_address = "Endpoint.Address",
    /// The port.
    endpoint_port = "Endpoint.Port",
    /// The ARN of the secret of the master user.
    master_secret_arn = "MasterUserSecret.SecretArn",
    /// The id that `rds-db:connect` names.
    resource_id = "DbiResourceId",
    /// Its ARN.
    arn = "DBInstanceArn",
    /// Its identifier, the CloudWatch dimension.
    identifier = "DBInstanceIdentifier",
});

/// `AWS::RDS::DBSubnetGroup`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DatabaseSubnetGroup {
    #[serde(rename = "DBSubnetGroupDescription")]
    pub description: String,
    #[serde(rename = "DBSubnetGroupName")]
    pub name: String,
    pub subnet_ids: ListExpr,
}

attributes!(DatabaseSubnetGroup {
    /// Its name.
    group_name = "DBSubnetGroupName",
});

/// `AWS::RDS::DBParameterGroup`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct DatabaseParameterGroup {
    #[serde(rename = "DBParameterGroupName")]
    pub name: String,
    pub description: String,
    pub family: String,
    pub parameters: BTreeMap<String, String>,
}

attributes!(DatabaseParameterGroup {
    /// Its name.
    group_name = "DBParameterGroupName",
});

/// `AWS::SQS::Queue`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Queue {
    pub content_based_deduplication: Option<bool>,
    pub fifo_queue: Option<bool>,
    pub kms_data_key_reuse_period_seconds: Option<u32>,
    pub kms_master_key_id: Option<Expr>,
    pub maximum_message_size: u32,
    pub message_retention_period: Option<u32>,
    pub queue_name: String,
    pub receive_message_wait_time_seconds: Option<u32>,
    pub redrive_policy: Option<RedrivePolicy>,
    pub visibility_timeout: Option<u32>,
}

attributes!(Queue {
    /// Its ARN.
    arn = "Arn",
    /// Its URL.
    url = "QueueUrl",
    /// Its name, the CloudWatch dimension.
    name = "QueueName",
});

/// When a message goes to the dead-letter queue.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RedrivePolicy {
    pub dead_letter_target_arn: Expr,
    pub max_receive_count: u32,
}

/// `AWS::SQS::QueuePolicy`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueuePolicy {
    pub policy_document: PolicyDocument,
    pub queues: Vec<Expr>,
}

/// `AWS::S3::Bucket`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Bucket {
    pub bucket_encryption: BucketEncryption,
    pub bucket_name: String,
    pub lifecycle_configuration: Option<LifecycleConfiguration>,
    pub logging_configuration: Option<Logging>,
    pub ownership_controls: OwnershipControls,
    pub public_access_block_configuration: PublicAccessBlock,
    pub versioning_configuration: Versioning,
}

attributes!(Bucket {
    /// Its ARN.
    arn = "Arn",
    /// Its name.
    name = "BucketName",
});

/// Encryption of a bucket.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BucketEncryption {
    pub server_side_encryption_configuration: Vec<EncryptionRule>,
}

impl BucketEncryption {
    /// With a KMS key, or with S3's own keys where AWS accepts nothing else.
    #[must_use]
    pub fn new(key: Option<Expr>) -> Self {
        let algorithm = if key.is_some() { "aws:kms" } else { "AES256" };
        let with_key = key.is_some();
        let by_default = EncryptionByDefault { kms_master_key_id: key, sse_algorithm: algorithm.into() };
        let rule = EncryptionRule {
            bucket_key_enabled: with_key.then_some(true),
            server_side_encryption_by_default: by_default,
        };
        Self { server_side_encryption_configuration: vec![rule] }
    }
}

/// A rule of bucket encryption.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EncryptionRule {
    pub bucket_key_enabled: Option<bool>,
    pub server_side_encryption_by_default: EncryptionByDefault,
}

/// How objects are encrypted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EncryptionByDefault {
    #[serde(rename = "KMSMasterKeyID")]
    pub kms_master_key_id: Option<Expr>,
    #[serde(rename = "SSEAlgorithm")]
    pub sse_algorithm: String,
}

/// When objects go.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LifecycleConfiguration {
    pub rules: Vec<LifecycleRule>,
}

/// A rule of the lifecycle.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LifecycleRule {
    pub abort_incomplete_multipart_upload: Option<AbortUpload>,
    pub expiration_in_days: Option<u32>,
    pub id: String,
    pub noncurrent_version_expiration: Option<NoncurrentExpiration>,
    pub status: String,
}

/// When an upload that was not finished goes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AbortUpload {
    pub days_after_initiation: u32,
}

/// When an old version goes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct NoncurrentExpiration {
    pub noncurrent_days: u32,
}

/// Where access is logged.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Logging {
    pub destination_bucket_name: Expr,
    pub log_file_prefix: String,
}

/// Who owns objects.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OwnershipControls {
    pub rules: Vec<OwnershipRule>,
}

impl OwnershipControls {
    /// The bucket's owner owns everything; access control lists are off.
    #[must_use]
    pub fn enforced() -> Self {
        Self { rules: vec![OwnershipRule { object_ownership: "BucketOwnerEnforced".into() }] }
    }
}

/// A rule of ownership.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct OwnershipRule {
    pub object_ownership: String,
}

/// What keeps a bucket private.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct PublicAccessBlock {
    pub block_public_acls: bool,
    pub block_public_policy: bool,
    pub ignore_public_acls: bool,
    pub restrict_public_buckets: bool,
}

impl PublicAccessBlock {
    /// Nothing is public.
    #[must_use]
    pub fn all() -> Self {
        Self {
            block_public_acls: true,
            block_public_policy: true,
            ignore_public_acls: true,
            restrict_public_buckets: true,
        }
    }
}

/// Whether old versions are kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Versioning {
    pub status: String,
}

/// `AWS::S3::BucketPolicy`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BucketPolicy {
    pub bucket: Expr,
    pub policy_document: PolicyDocument,
}

/// `AWS::SecretsManager::Secret`: a shell, without a value.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Secret {
    pub description: String,
    pub kms_key_id: Option<Expr>,
    pub name: String,
}

attributes!(Secret {
    /// Its ARN.
    arn = "Id",
});

/// `AWS::Backup::BackupVault`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BackupVault {
    pub backup_vault_name: String,
    pub encryption_key_arn: Option<Expr>,
}

attributes!(BackupVault {
    /// Its name.
    name = "BackupVaultName",
});

/// `AWS::Backup::BackupPlan`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BackupPlan {
    pub backup_plan: BackupPlanDocument,
}

attributes!(BackupPlan {
    /// Its id.
    plan_id = "BackupPlanId",
});

/// The document of a backup plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BackupPlanDocument {
    pub backup_plan_name: String,
    pub backup_plan_rule: Vec<BackupRule>,
}

/// A rule of a backup plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BackupRule {
    pub completion_window_minutes: u32,
    pub lifecycle: BackupLifecycle,
    pub rule_name: String,
    pub schedule_expression: String,
    pub start_window_minutes: u32,
    pub target_backup_vault: Expr,
}

/// How long a backup is kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BackupLifecycle {
    pub delete_after_days: u32,
}

/// `AWS::Backup::BackupSelection`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BackupSelection {
    pub backup_plan_id: Expr,
    pub backup_selection: BackupSelectionDocument,
}

/// What is backed up, and as whom.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct BackupSelectionDocument {
    pub iam_role_arn: Expr,
    pub resources: Vec<Expr>,
    pub selection_name: String,
}
