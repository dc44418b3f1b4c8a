//! What the spec promises about data.

use skiff_compiler::ir::{
    compute::Volume,
    storage::{BackupPlan, BackupVault, Bucket, DatabaseInstance, DatabaseParameterGroup, Queue, Secret},
};

use super::{Value, promise::Promises};

pub(super) fn database_instance(promises: &mut Promises<'_, '_>, database: &DatabaseInstance) {
    let key = promises.some(database.kms_key_id.as_ref());
    promises
        .promise(format!("it is {} {} on {}", database.engine, database.engine_version, database.instance_class))
        .is("@.identifier", &database.instance_identifier)
        .is("@.engine", &database.engine)
        .is("@.engine_version", &database.engine_version)
        .is("@.instance_class", &database.instance_class);
    promises
        .promise("no public address, and storage that is encrypted")
        .is("@.publicly_accessible", database.publicly_accessible)
        .is("@.storage_encrypted", database.storage_encrypted)
        .is_some("@.kms_key_id", key);
    let zones = if database.multi_az { "it survives the loss of a zone" } else { "it stands in one zone" };
    promises.promise(zones).is("@.multi_az", database.multi_az);
    promises
        .promise(format!("it can be put back to any moment of {} days", database.backup_retention_period))
        .is("@.backup_retention_period", database.backup_retention_period);
    let protected = if database.deletion_protection { "is" } else { "is not" };
    promises
        .promise(format!("it {protected} protected from deletion"))
        .is("@.deletion_protection", database.deletion_protection);
    promises
        .promise("RDS makes the password; no state file has it")
        .is("@.manage_master_user_password", database.manage_master_user_password);
}

pub(super) fn database_parameter_group(promises: &mut Promises<'_, '_>, group: &DatabaseParameterGroup) {
    if group.parameters.is_empty() {
        return;
    }
    let parameters = promises.promise("the database has these parameters");
    for (name, value) in &group.parameters {
        let left = format!("one([for one in @.parameter : one.value if one.name == \"{name}\"])");
        parameters.is(left, value);
    }
}

pub(super) fn queue(promises: &mut Promises<'_, '_>, queue: &Queue) {
    let key = promises.some(queue.kms_master_key_id.as_ref());
    promises
        .promise(format!("messages of {} are encrypted", queue.queue_name))
        .is("@.name", &queue.queue_name)
        .is_some("@.kms_master_key_id", key);
    if let Some(redrive) = &queue.redrive_policy {
        let target = promises.value(&redrive.dead_letter_target_arn);
        promises
            .promise(format!("a message that fails {} times is put aside, and is not lost", redrive.max_receive_count))
            .is("jsondecode(@.redrive_policy).maxReceiveCount", redrive.max_receive_count)
            .is("jsondecode(@.redrive_policy).deadLetterTargetArn", target);
    }
    if let Some(seconds) = queue.message_retention_period {
        promises
            .promise(format!("a message waits for up to {seconds} seconds"))
            .is("@.message_retention_seconds", seconds);
    }
    if let Some(seconds) = queue.visibility_timeout {
        promises
            .promise(format!("a message that is worked on is hidden for {seconds} seconds"))
            .is("@.visibility_timeout_seconds", seconds);
    }
    if let Some(fifo) = queue.fifo_queue {
        promises.promise("messages stay in order").is("@.fifo_queue", fifo);
    }
}

/// Terraform keeps each side of a bucket in a block of its own.
pub(super) fn bucket(promises: &mut Promises<'_, '_>, bucket: &Bucket) {
    promises.promise(format!("the bucket is {}", bucket.bucket_name)).is("@.bucket", &bucket.bucket_name);
    let public = &bucket.public_access_block_configuration;
    promises
        .promise(format!("nothing in {} can be made public", bucket.bucket_name))
        .of("aws_s3_bucket_public_access_block")
        .is("@.block_public_acls", public.block_public_acls)
        .is("@.block_public_policy", public.block_public_policy)
        .is("@.ignore_public_acls", public.ignore_public_acls)
        .is("@.restrict_public_buckets", public.restrict_public_buckets);
    for rule in &bucket.bucket_encryption.server_side_encryption_configuration {
        let default = &rule.server_side_encryption_by_default;
        let key = promises.some(default.kms_master_key_id.as_ref());
        let encryption = "one(@.rule).apply_server_side_encryption_by_default[0]";
        promises
            .promise(format!("objects of {} are encrypted", bucket.bucket_name))
            .of("aws_s3_bucket_server_side_encryption_configuration")
            .is(format!("{encryption}.sse_algorithm"), &default.sse_algorithm)
            .is_some(format!("{encryption}.kms_master_key_id"), key);
    }
    let status = &bucket.versioning_configuration.status;
    promises
        .promise(format!("old versions of objects of {}: {status}", bucket.bucket_name))
        .of("aws_s3_bucket_versioning")
        .is("@.versioning_configuration[0].status", status);
    let Some(lifecycle) = &bucket.lifecycle_configuration else { return };
    for (index, rule) in lifecycle.rules.iter().enumerate() {
        let Some(days) = rule.expiration_in_days else { continue };
        promises
            .promise(format!("objects of {} are kept for {days} days", bucket.bucket_name))
            .of("aws_s3_bucket_lifecycle_configuration")
            .is(format!("@.rule[{index}].expiration[0].days"), days);
    }
}

pub(super) fn secret(promises: &mut Promises<'_, '_>, secret: &Secret) {
    let key = promises.some(secret.kms_key_id.as_ref());
    promises
        .promise(format!("the secret {} is encrypted", secret.name))
        .is("@.name", &secret.name)
        .is_some("@.kms_key_id", key);
}

pub(super) fn volume(promises: &mut Promises<'_, '_>, volume: &Volume) {
    let key = promises.some(volume.kms_key_id.as_ref());
    promises
        .promise(format!("the volume has {} GiB in {}, encrypted", volume.size, volume.availability_zone))
        .is("@.size", volume.size)
        .is("@.type", volume.volume_type)
        .is("@.availability_zone", &volume.availability_zone)
        .is("@.encrypted", volume.encrypted)
        .is_some("@.kms_key_id", key);
}

pub(super) fn backup_vault(promises: &mut Promises<'_, '_>, vault: &BackupVault) {
    let key = promises.some(vault.encryption_key_arn.as_ref());
    promises.promise("backups are encrypted").is("@.name", &vault.backup_vault_name).is_some("@.kms_key_arn", key);
}

pub(super) fn backup_plan(promises: &mut Promises<'_, '_>, plan: &BackupPlan) {
    for rule in &plan.backup_plan.backup_plan_rule {
        let of = |argument: &str| {
            format!("one([for one in @.rule : one.{argument} if one.rule_name == \"{}\"])", rule.rule_name)
        };
        let days = rule.lifecycle.delete_after_days;
        promises
            .promise(format!("backups are made by `{}` and kept for {days} days", rule.schedule_expression))
            .is(of("schedule"), Value::text(&rule.schedule_expression))
            .is(of("lifecycle[0].delete_after"), days);
    }
}
