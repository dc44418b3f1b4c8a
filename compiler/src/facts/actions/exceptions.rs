//! Entries of handler permissions that are not IAM actions, each with its reason.

use super::Resolution;

const S3_OPERATION: &str = "S3 has an operation of this name; the permission it checks is another";
const NOT_IN_REFERENCE: &str = "AWS's authorization reference has no such action, so no policy can grant it";

/// Entry, what grants it instead, why. Sorted by entry.
///
/// Source of the S3 rows: Amazon S3 API reference, "Permissions" of each operation.
pub(super) const EXCEPTIONS: &[(&str, Option<&str>, &str)] = &[
    ("backup-storage:Mount", Some("backup-storage:MountCapsule"), "the handler shortens the action's name"),
    ("managed-fleets:CreateAutoScalingGroup", None, NOT_IN_REFERENCE),
    ("managed-fleets:DeleteAutoScalingGroup", None, NOT_IN_REFERENCE),
    ("managed-fleets:DeregisterAutoScalingGroup", None, NOT_IN_REFERENCE),
    ("managed-fleets:Get*", None, NOT_IN_REFERENCE),
    ("managed-fleets:RegisterAutoScalingGroup", None, NOT_IN_REFERENCE),
    ("managed-fleets:UpdateAutoScalingGroup", None, NOT_IN_REFERENCE),
    ("payments:GetConnectedAccount", None, NOT_IN_REFERENCE),
    ("s3:DeleteBucketAnalyticsConfiguration", Some("s3:PutAnalyticsConfiguration"), S3_OPERATION),
    ("s3:DeleteBucketCors", Some("s3:PutBucketCORS"), S3_OPERATION),
    ("s3:DeleteBucketEncryption", Some("s3:PutEncryptionConfiguration"), S3_OPERATION),
    ("s3:DeleteBucketLifecycle", Some("s3:PutLifecycleConfiguration"), S3_OPERATION),
    ("s3:DeleteBucketMetricsConfiguration", Some("s3:PutMetricsConfiguration"), S3_OPERATION),
    ("s3:DeleteBucketReplication", Some("s3:PutReplicationConfiguration"), S3_OPERATION),
    ("s3:PutBucketReplication", Some("s3:PutReplicationConfiguration"), S3_OPERATION),
    ("s3:PutObjectLockConfiguration", Some("s3:PutBucketObjectLockConfiguration"), S3_OPERATION),
    ("s3:REST.PUT.OBJECT", Some("s3:PutObject"), "this is how S3's access logs name the operation"),
    ("vpc-lattice:DescribeServiceNetworkVpcEndpointAssociation", None, NOT_IN_REFERENCE),
];

/// What is known of this entry, when it is an exception.
pub(super) fn find(entry: &str) -> Option<Resolution> {
    let index = EXCEPTIONS.binary_search_by_key(&entry, |(name, ..)| name).ok()?;
    let (_, instead, why) = EXCEPTIONS.get(index)?;
    Some(match instead {
        Some(action) => Resolution::Instead { action, why },
        None => Resolution::Nothing { why },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{actions, schemas};

    #[test]
    fn exceptions_are_sorted_needed_and_lead_to_real_actions() {
        assert!(EXCEPTIONS.is_sorted_by(|(left, ..), (right, ..)| left < right));
        let entries: Vec<_> = schemas::type_names().iter().flat_map(|name| schemas::handler_actions(name)).collect();
        for (entry, instead, _) in EXCEPTIONS {
            assert!(entries.contains(entry), "{entry} is in no handler");
            assert!(actions::expand(entry).is_empty(), "{entry} is an action after all");
            assert!(instead.is_none_or(|action| actions::action(action).is_some()), "{entry} leads nowhere");
        }
    }
}
