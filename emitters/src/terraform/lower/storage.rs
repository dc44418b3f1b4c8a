//! Where data lives: databases, queues, buckets, secrets, volumes, backups.

use skiff_compiler::ir::{
    Body as Ir, Expr,
    compute::Volume,
    storage::{
        BackupPlan, BackupRule, BackupSelection, BackupVault, Bucket, BucketPolicy, DatabaseInstance,
        DatabaseParameterGroup, DatabaseSubnetGroup, LifecycleRule, Queue, QueuePolicy, Secret,
    },
};

use super::{Body, File, Maker, Path, Value, address, policy};

const FILE: File = File::DataStores;

pub(super) fn database_instance(maker: &mut Maker<'_, '_>, database: &DatabaseInstance) {
    let scope = &mut *maker.scope;
    let (storage_key, secret_key) =
        (scope.some(database.kms_key_id.as_ref()), scope.some(database.master_user_secret.kms_key_id.as_ref()));
    let parameters = scope.value(&database.parameter_group_name);
    let subnets = scope.value(&database.subnet_group_name);
    let monitoring = scope.value(&database.monitoring_role_arn);
    let groups = scope.list(&database.vpc_security_groups);
    // RDS defaults to deleting automated backups with the instance, and to a last snapshot on both paths.
    let snapshot = format!("{}-final", database.instance_identifier);
    let body = Body::new()
        .set("identifier", &database.instance_identifier)
        .set("engine", &database.engine)
        .set("engine_version", &database.engine_version)
        .set("instance_class", &database.instance_class)
        .set("db_name", &database.database_name)
        .set("port", Value::number(&database.port))
        .set("allocated_storage", Value::number(&database.allocated_storage))
        .set_some("max_allocated_storage", database.max_allocated_storage)
        .set("storage_type", &database.storage_type)
        .set("storage_encrypted", database.storage_encrypted)
        .set_some("kms_key_id", storage_key)
        .set("multi_az", database.multi_az)
        .set("publicly_accessible", database.publicly_accessible)
        .set("db_subnet_group_name", subnets)
        .set("vpc_security_group_ids", groups)
        .set("parameter_group_name", parameters)
        .set("username", &database.master_username)
        .set("manage_master_user_password", database.manage_master_user_password)
        .set_some("master_user_secret_kms_key_id", secret_key)
        .set("iam_database_authentication_enabled", database.enable_iam_database_authentication)
        .set("backup_retention_period", database.backup_retention_period)
        .set("copy_tags_to_snapshot", database.copy_tags_to_snapshot)
        .set("final_snapshot_identifier", snapshot)
        .set("deletion_protection", database.deletion_protection)
        .set("apply_immediately", database.apply_immediately)
        .set_some("auto_minor_version_upgrade", database.auto_minor_version_upgrade)
        .set_some("maintenance_window", database.preferred_maintenance_window.as_ref())
        .set("enabled_cloudwatch_logs_exports", Value::texts(&database.enable_cloudwatch_logs_exports))
        .set("monitoring_interval", database.monitoring_interval)
        .set("monitoring_role_arn", monitoring);
    maker
        .resource(FILE, body)
        .because("RDS makes the password and keeps it in Secrets Manager; it is in no state file.");
}

pub(super) fn database_subnet_group(maker: &mut Maker<'_, '_>, group: &DatabaseSubnetGroup) {
    let subnets = maker.scope.list_expr(&group.subnet_ids);
    let body = Body::new().set("name", &group.name).set("description", &group.description).set("subnet_ids", subnets);
    maker.resource(FILE, body);
}

/// Parameters whose value is the default of newer engine families, and which RDS then reports as set by no one: any other
/// apply method would differ at each plan (terraform-provider-aws #39252).
const BORN_WITH: &[&str] = &["rds.force_ssl"];

pub(super) fn database_parameter_group(maker: &mut Maker<'_, '_>, group: &DatabaseParameterGroup) {
    let parameter = |(name, value): (&String, &String)| {
        let body = Body::new().set("name", name).set("value", value);
        if BORN_WITH.contains(&name.as_str()) {
            return body
                .set("apply_method", "pending-reboot")
                .because("The engine's own default today: RDS reads it back as set at a start.");
        }
        body.set("apply_method", "immediate")
    };
    let body = Body::new()
        .set("name", &group.name)
        .set("family", &group.family)
        .set("description", &group.description)
        .blocks("parameter", group.parameters.iter().map(parameter));
    maker.resource(FILE, body).made_before_gone =
        Some("A new major version needs a group of another family before the old one can go.");
}

pub(super) fn queue(maker: &mut Maker<'_, '_>, queue: &Queue) {
    let key = maker.scope.some(queue.kms_master_key_id.as_ref());
    let redrive = queue.redrive_policy.as_ref().map(|redrive| {
        let target = maker.scope.value(&redrive.dead_letter_target_arn);
        let entries =
            vec![("deadLetterTargetArn".into(), target), ("maxReceiveCount".into(), redrive.max_receive_count.into())];
        Value::Call("jsonencode", vec![Value::Map(entries)])
    });
    let body = Body::new()
        .set("name", &queue.queue_name)
        .set_some("fifo_queue", queue.fifo_queue)
        .set_some("content_based_deduplication", queue.content_based_deduplication)
        .set("max_message_size", queue.maximum_message_size)
        .set_some("message_retention_seconds", queue.message_retention_period)
        .set_some("receive_wait_time_seconds", queue.receive_message_wait_time_seconds)
        .set_some("visibility_timeout_seconds", queue.visibility_timeout)
        .set_some("kms_master_key_id", key)
        .set_some("kms_data_key_reuse_period_seconds", queue.kms_data_key_reuse_period_seconds)
        .set_some("redrive_policy", redrive);
    maker.resource(FILE, body);
}

pub(super) fn queue_policy(maker: &mut Maker<'_, '_>, queue_policy: &QueuePolicy) {
    let [queue] = queue_policy.queues.as_slice() else {
        maker.scope.fail(&maker.resource.id, "Terraform gives each queue a policy of its own");
        return;
    };
    let name = policy::name(maker, "queue");
    let document = policy::document(maker, name, FILE, &queue_policy.policy_document);
    let url = maker.scope.value(queue);
    maker.resource(FILE, Body::new().set("queue_url", url).set("policy", document));
}

/// Terraform keeps each side of a bucket in a block of its own.
pub(super) fn bucket(maker: &mut Maker<'_, '_>, bucket: &Bucket) {
    maker.resource(FILE, Body::new().set("bucket", &bucket.bucket_name));
    let name = address::address(maker.resource).name;
    let of = || Body::new().set("bucket", Path::of(&["aws_s3_bucket", &name, "bucket"]));
    let public = &bucket.public_access_block_configuration;
    let public = of()
        .set("block_public_acls", public.block_public_acls)
        .set("block_public_policy", public.block_public_policy)
        .set("ignore_public_acls", public.ignore_public_acls)
        .set("restrict_public_buckets", public.restrict_public_buckets);
    maker.companion("aws_s3_bucket_public_access_block", FILE, public);
    let rules = bucket.ownership_controls.rules.iter();
    let rules = rules.map(|rule| Body::new().set("object_ownership", &rule.object_ownership));
    maker.companion("aws_s3_bucket_ownership_controls", FILE, of().blocks("rule", rules));
    encryption(maker, bucket, of());
    let status = Body::new().set("status", &bucket.versioning_configuration.status);
    maker.companion("aws_s3_bucket_versioning", FILE, of().block("versioning_configuration", status));
    if let Some(lifecycle) = &bucket.lifecycle_configuration {
        let rules = of().blocks("rule", lifecycle.rules.iter().map(lifecycle_rule));
        let versioning = Path::of(&["aws_s3_bucket_versioning", &name]);
        // Rules about old versions are refused while versioning is not on.
        maker.companion("aws_s3_bucket_lifecycle_configuration", FILE, rules).depends_on.push(versioning);
    }
    if let Some(logging) = &bucket.logging_configuration {
        let target = maker.scope.value(&logging.destination_bucket_name);
        let logging = of().set("target_bucket", target).set("target_prefix", &logging.log_file_prefix);
        maker.companion("aws_s3_bucket_logging", FILE, logging);
    }
}

fn encryption(maker: &mut Maker<'_, '_>, bucket: &Bucket, mut body: Body) {
    for rule in &bucket.bucket_encryption.server_side_encryption_configuration {
        let default = &rule.server_side_encryption_by_default;
        let key = maker.scope.some(default.kms_master_key_id.as_ref());
        let default = Body::new().set("sse_algorithm", &default.sse_algorithm).set_some("kms_master_key_id", key);
        let rule = Body::new()
            .set_some("bucket_key_enabled", rule.bucket_key_enabled)
            .block("apply_server_side_encryption_by_default", default);
        body = body.block("rule", rule);
    }
    maker.companion("aws_s3_bucket_server_side_encryption_configuration", FILE, body);
}

fn lifecycle_rule(rule: &LifecycleRule) -> Body {
    let mut body = Body::new().set("id", &rule.id).set("status", &rule.status).block("filter", Body::new());
    if let Some(abort) = &rule.abort_incomplete_multipart_upload {
        let abort = Body::new().set("days_after_initiation", abort.days_after_initiation);
        body = body.block("abort_incomplete_multipart_upload", abort);
    }
    if let Some(days) = rule.expiration_in_days {
        body = body.block("expiration", Body::new().set("days", days));
    }
    if let Some(old) = &rule.noncurrent_version_expiration {
        let old = Body::new().set("noncurrent_days", old.noncurrent_days);
        body = body.block("noncurrent_version_expiration", old);
    }
    body
}

pub(super) fn bucket_policy(maker: &mut Maker<'_, '_>, bucket_policy: &BucketPolicy) {
    let name = policy::name(maker, "bucket");
    let document = policy::document(maker, name, FILE, &bucket_policy.policy_document);
    let bucket = maker.scope.value(&bucket_policy.bucket);
    maker.resource(FILE, Body::new().set("bucket", bucket).set("policy", document));
}

pub(super) fn secret(maker: &mut Maker<'_, '_>, secret: &Secret) {
    let key = maker.scope.some(secret.kms_key_id.as_ref());
    let body =
        Body::new().set("name", &secret.name).set("description", &secret.description).set_some("kms_key_id", key);
    maker.resource(FILE, body).because("The shell only: its value is set outside Terraform and is in no state file.");
}

pub(super) fn volume(maker: &mut Maker<'_, '_>, volume: &Volume) {
    let key = maker.scope.some(volume.kms_key_id.as_ref());
    let body = Body::new()
        .set("availability_zone", &volume.availability_zone)
        .set("type", volume.volume_type)
        .set("size", volume.size)
        .set_some("iops", volume.iops)
        .set_some("throughput", volume.throughput)
        .set("encrypted", volume.encrypted)
        .set_some("kms_key_id", key);
    maker.resource(FILE, body).because("The member attaches it by itself, before it starts the workload.");
}

pub(super) fn backup_vault(maker: &mut Maker<'_, '_>, vault: &BackupVault) {
    let key = maker.scope.some(vault.encryption_key_arn.as_ref());
    maker.resource(FILE, Body::new().set("name", &vault.backup_vault_name).set_some("kms_key_arn", key));
}

pub(super) fn backup_plan(maker: &mut Maker<'_, '_>, plan: &BackupPlan) {
    let mut body = Body::new().set("name", &plan.backup_plan.backup_plan_name);
    for rule in &plan.backup_plan.backup_plan_rule {
        let rule = backup_rule(maker, rule);
        body = body.block("rule", rule);
    }
    maker.resource(FILE, body);
}

fn backup_rule(maker: &mut Maker<'_, '_>, rule: &BackupRule) -> Body {
    let vault = maker.scope.value(&rule.target_backup_vault);
    Body::new()
        .set("rule_name", &rule.rule_name)
        .set("target_vault_name", vault)
        .set("schedule", &rule.schedule_expression)
        .set("start_window", rule.start_window_minutes)
        .set("completion_window", rule.completion_window_minutes)
        .block("lifecycle", Body::new().set("delete_after", rule.lifecycle.delete_after_days))
}

pub(super) fn backup_selection(maker: &mut Maker<'_, '_>, selection: &BackupSelection) {
    let plan = maker.scope.value(&selection.backup_plan_id);
    let chosen = &selection.backup_selection;
    let role = maker.scope.value(&chosen.iam_role_arn);
    let resources: Vec<Value> = chosen.resources.iter().map(|arn| volume_arn(maker, arn)).collect();
    let body = Body::new()
        .set("name", &chosen.selection_name)
        .set("plan_id", plan)
        .set("iam_role_arn", role)
        .set("resources", resources);
    maker.resource(FILE, body);
}

/// CloudFormation knows no ARN of a volume, so the plan puts it together; Terraform has it.
fn volume_arn(maker: &mut Maker<'_, '_>, arn: &Expr) -> Value {
    let last = match arn {
        Expr::Join(parts) => parts.last(),
        _ => None,
    };
    let volume = match last {
        Some(Expr::Reference { resource, .. }) => maker.scope.index.get(resource),
        _ => None,
    };
    match volume.filter(|volume| matches!(volume.body, Ir::Volume(_))) {
        Some(volume) => address::address(volume).path().name("arn").into(),
        None => maker.scope.value(arn),
    }
}
