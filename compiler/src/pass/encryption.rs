//! The environment's key wherever data rests.

use crate::ir::{Body, Expr, Ir, Resource, storage::BucketEncryption};

/// Gives every resource that can have a key the environment's.
///
/// The bucket of access logs keeps S3's own keys: Elastic Load Balancing delivers to nothing else (Elastic Load Balancing
/// user guide, "Enable access logs").
#[must_use]
pub fn run(mut ir: Ir) -> Ir {
    if let Some(key) = ir.context.key.clone() {
        ir.resources.iter_mut().for_each(|resource| encrypt(resource, &key));
    }
    ir
}

fn encrypt(resource: &mut Resource, key: &Expr) {
    let with_key = || Some(key.clone());
    match &mut resource.body {
        Body::LogGroup(group) => group.kms_key_id = with_key(),
        Body::Topic(topic) => topic.kms_master_key_id = with_key(),
        Body::Secret(secret) => secret.kms_key_id = with_key(),
        Body::Volume(volume) => volume.kms_key_id = with_key(),
        Body::BackupVault(vault) => vault.encryption_key_arn = with_key(),
        Body::Queue(queue) => {
            queue.kms_master_key_id = with_key();
            queue.kms_data_key_reuse_period_seconds = Some(300);
        }
        Body::DatabaseInstance(database) => {
            database.kms_key_id = with_key();
            database.master_user_secret.kms_key_id = with_key();
        }
        Body::LaunchTemplate(template) => {
            for device in &mut template.launch_template_data.block_device_mappings {
                device.ebs.kms_key_id = with_key();
            }
        }
        Body::Bucket(bucket) if &*resource.id != "environment.access_logs" => {
            bucket.bucket_encryption = BucketEncryption::new(with_key());
        }
        _ => {}
    }
}
