//! Where data lives: databases, queues, buckets, secrets, volumes, backups.

use crate::terraform_mapping::row::{
    Form, Match, Only, Row, TypeMapping, again, block, each, one, pair, policy, same, set, tags, text,
};

/// The types of this family.
pub(super) const TYPES: &[TypeMapping] = &[
    one("AWS::Backup::BackupPlan", &[block("aws_backup_plan", BACKUP_PLAN)]),
    one("AWS::Backup::BackupSelection", &[block("aws_backup_selection", BACKUP_SELECTION)]),
    one("AWS::Backup::BackupVault", &[block("aws_backup_vault", BACKUP_VAULT)]),
    one("AWS::EC2::Volume", &[block("aws_ebs_volume", VOLUME)]),
    one("AWS::RDS::DBInstance", &[block("aws_db_instance", DATABASE)]),
    one("AWS::RDS::DBParameterGroup", &[block("aws_db_parameter_group", DATABASE_PARAMETERS)]),
    one("AWS::RDS::DBSubnetGroup", &[block("aws_db_subnet_group", DATABASE_SUBNETS)]),
    one(
        "AWS::S3::Bucket",
        &[
            block("aws_s3_bucket", BUCKET),
            block("aws_s3_bucket_public_access_block", BUCKET_ACCESS),
            block("aws_s3_bucket_ownership_controls", BUCKET_OWNERSHIP),
            block("aws_s3_bucket_server_side_encryption_configuration", BUCKET_ENCRYPTION),
            block("aws_s3_bucket_versioning", BUCKET_VERSIONING),
            block("aws_s3_bucket_lifecycle_configuration", BUCKET_LIFECYCLE),
            block("aws_s3_bucket_logging", BUCKET_LOGGING),
        ],
    ),
    one("AWS::S3::BucketPolicy", &[block("aws_s3_bucket_policy", BUCKET_POLICY)]),
    one("AWS::SQS::Queue", &[block("aws_sqs_queue", QUEUE)]),
    one("AWS::SQS::QueuePolicy", &[block("aws_sqs_queue_policy", QUEUE_POLICY)]),
    one("AWS::SecretsManager::Secret", &[block("aws_secretsmanager_secret", SECRET)]),
];

const BACKUP_PLAN: &[Row] = &[
    same("/BackupPlan/BackupPlanName", "name"),
    each("/BackupPlan/BackupPlanRule", "rule", Match::Key("/RuleName", "rule_name"), BACKUP_RULE),
    tags("/BackupPlanTags"),
];

const BACKUP_RULE: &[Row] = &[
    same("/RuleName", "rule_name"),
    same("/TargetBackupVault", "target_vault_name"),
    same("/ScheduleExpression", "schedule"),
    same("/StartWindowMinutes", "start_window"),
    same("/CompletionWindowMinutes", "completion_window"),
    same("/Lifecycle/DeleteAfterDays", "lifecycle.delete_after"),
];

const BACKUP_SELECTION: &[Row] = &[
    same("/BackupPlanId", "plan_id"),
    same("/BackupSelection/SelectionName", "name"),
    same("/BackupSelection/IamRoleArn", "iam_role_arn"),
    set("/BackupSelection/Resources", "resources"),
];

const BACKUP_VAULT: &[Row] =
    &[same("/BackupVaultName", "name"), same("/EncryptionKeyArn", "kms_key_arn"), tags("/BackupVaultTags")];

const VOLUME: &[Row] = &[
    same("/AvailabilityZone", "availability_zone"),
    same("/VolumeType", "type"),
    same("/Size", "size"),
    same("/Iops", "iops"),
    same("/Throughput", "throughput"),
    same("/Encrypted", "encrypted"),
    same("/KmsKeyId", "kms_key_id"),
    tags("/Tags"),
];

const DATABASE: &[Row] = &[
    same("/DBInstanceIdentifier", "identifier"),
    same("/Engine", "engine"),
    same("/EngineVersion", "engine_version"),
    same("/DBInstanceClass", "instance_class"),
    same("/DBName", "db_name"),
    text("/Port", "port"),
    text("/AllocatedStorage", "allocated_storage"),
    same("/ApplyImmediately", "apply_immediately"),
    same("/MaxAllocatedStorage", "max_allocated_storage"),
    same("/StorageType", "storage_type"),
    same("/StorageEncrypted", "storage_encrypted"),
    same("/KmsKeyId", "kms_key_id"),
    same("/MultiAZ", "multi_az"),
    same("/PubliclyAccessible", "publicly_accessible"),
    same("/DBSubnetGroupName", "db_subnet_group_name"),
    set("/VPCSecurityGroups", "vpc_security_group_ids"),
    same("/DBParameterGroupName", "parameter_group_name"),
    same("/MasterUsername", "username"),
    same("/ManageMasterUserPassword", "manage_master_user_password"),
    same("/MasterUserSecret/KmsKeyId", "master_user_secret_kms_key_id"),
    same("/EnableIAMDatabaseAuthentication", "iam_database_authentication_enabled"),
    same("/BackupRetentionPeriod", "backup_retention_period"),
    same("/CopyTagsToSnapshot", "copy_tags_to_snapshot"),
    same("/DeletionProtection", "deletion_protection"),
    same("/AutoMinorVersionUpgrade", "auto_minor_version_upgrade"),
    same("/PreferredMaintenanceWindow", "maintenance_window"),
    set("/EnableCloudwatchLogsExports", "enabled_cloudwatch_logs_exports"),
    same("/MonitoringInterval", "monitoring_interval"),
    same("/MonitoringRoleArn", "monitoring_role_arn"),
    Row::TerraformOnly {
        terraform: "final_snapshot_identifier",
        value: Only::Anything,
        why: "the provider takes the last snapshot itself and asks for its name; with CloudFormation a deletion policy does",
    },
    tags("/Tags"),
];

const DATABASE_PARAMETERS: &[Row] = &[
    same("/DBParameterGroupName", "name"),
    same("/Family", "family"),
    same("/Description", "description"),
    each("/Parameters", "parameter", Match::Key("/Key", "name"), PARAMETER),
    tags("/Tags"),
];

const PARAMETER: &[Row] = &[
    same("/Key", "name"),
    same("/Value", "value"),
    Row::TerraformOnly {
        terraform: "apply_method",
        value: Only::Anything,
        why: "CloudFormation chooses it by the parameter: at once, or at the next start for those that are read there",
    },
];

const DATABASE_SUBNETS: &[Row] = &[
    same("/DBSubnetGroupName", "name"),
    same("/DBSubnetGroupDescription", "description"),
    set("/SubnetIds", "subnet_ids"),
    tags("/Tags"),
];

const BUCKET: &[Row] = &[same("/BucketName", "bucket"), tags("/Tags")];

const BUCKET_ACCESS: &[Row] = &[
    again("bucket", "/BucketName"),
    same("/PublicAccessBlockConfiguration/BlockPublicAcls", "block_public_acls"),
    same("/PublicAccessBlockConfiguration/BlockPublicPolicy", "block_public_policy"),
    same("/PublicAccessBlockConfiguration/IgnorePublicAcls", "ignore_public_acls"),
    same("/PublicAccessBlockConfiguration/RestrictPublicBuckets", "restrict_public_buckets"),
];

const BUCKET_OWNERSHIP: &[Row] = &[
    again("bucket", "/BucketName"),
    each("/OwnershipControls/Rules", "rule", Match::Order, &[same("/ObjectOwnership", "object_ownership")]),
];

const BUCKET_ENCRYPTION: &[Row] = &[
    again("bucket", "/BucketName"),
    each("/BucketEncryption/ServerSideEncryptionConfiguration", "rule", Match::Content, ENCRYPTION_RULE),
];

const ENCRYPTION_RULE: &[Row] = &[
    same("/BucketKeyEnabled", "bucket_key_enabled"),
    same("/ServerSideEncryptionByDefault/SSEAlgorithm", "apply_server_side_encryption_by_default.sse_algorithm"),
    same("/ServerSideEncryptionByDefault/KMSMasterKeyID", "apply_server_side_encryption_by_default.kms_master_key_id"),
];

const BUCKET_VERSIONING: &[Row] =
    &[again("bucket", "/BucketName"), same("/VersioningConfiguration/Status", "versioning_configuration.status")];

const BUCKET_LIFECYCLE: &[Row] = &[
    again("bucket", "/BucketName"),
    each("/LifecycleConfiguration/Rules", "rule", Match::Key("/Id", "id"), LIFECYCLE_RULE),
];

const LIFECYCLE_RULE: &[Row] = &[
    same("/Id", "id"),
    same("/Status", "status"),
    same(
        "/AbortIncompleteMultipartUpload/DaysAfterInitiation",
        "abort_incomplete_multipart_upload.days_after_initiation",
    ),
    same("/ExpirationInDays", "expiration.days"),
    same("/NoncurrentVersionExpiration/NoncurrentDays", "noncurrent_version_expiration.noncurrent_days"),
    Row::TerraformOnly {
        terraform: "filter",
        value: Only::Empty,
        why: "an empty filter chooses every object, as CloudFormation does without one",
    },
];

const BUCKET_LOGGING: &[Row] = &[
    again("bucket", "/BucketName"),
    same("/LoggingConfiguration/DestinationBucketName", "target_bucket"),
    same("/LoggingConfiguration/LogFilePrefix", "target_prefix"),
];

const BUCKET_POLICY: &[Row] = &[same("/Bucket", "bucket"), policy("/PolicyDocument", "policy")];

const QUEUE: &[Row] = &[
    same("/QueueName", "name"),
    same("/FifoQueue", "fifo_queue"),
    same("/ContentBasedDeduplication", "content_based_deduplication"),
    same("/MaximumMessageSize", "max_message_size"),
    same("/MessageRetentionPeriod", "message_retention_seconds"),
    same("/ReceiveMessageWaitTimeSeconds", "receive_wait_time_seconds"),
    same("/VisibilityTimeout", "visibility_timeout_seconds"),
    same("/KmsMasterKeyId", "kms_master_key_id"),
    same("/KmsDataKeyReusePeriodSeconds", "kms_data_key_reuse_period_seconds"),
    pair("/RedrivePolicy", "redrive_policy", Form::JsonText),
    tags("/Tags"),
];

const QUEUE_POLICY: &[Row] = &[same("/Queues/0", "queue_url"), policy("/PolicyDocument", "policy")];

const SECRET: &[Row] =
    &[same("/Name", "name"), same("/Description", "description"), same("/KmsKeyId", "kms_key_id"), tags("/Tags")];
