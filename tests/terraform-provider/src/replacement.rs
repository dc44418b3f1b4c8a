//! Arguments whose change cannot be made in place ("Forces new resource").
//!
//! Source: "Forces new resource" on the documentation pages of the AWS provider, compared with the create-only properties
//! of the CloudFormation schemas in `compiler/data`. The provider changes in place some of what CloudFormation replaces,
//! and the table follows it: both sides and ports of a security group's rule, a database's identifier and subnet group,
//! the table of a route table association.

use crate::{problem::Step, value::Value};

/// Type, arguments.
const CREATE_ONLY: &[(&str, &[&str])] = &[
    ("aws_autoscaling_group", &["name", "name_prefix"]),
    ("aws_autoscaling_lifecycle_hook", &["name", "autoscaling_group_name"]),
    ("aws_autoscaling_policy", &["name", "autoscaling_group_name"]),
    ("aws_autoscaling_schedule", &["scheduled_action_name", "autoscaling_group_name"]),
    ("aws_backup_plan", &[]),
    (
        "aws_backup_selection",
        &["name", "plan_id", "iam_role_arn", "resources", "not_resources", "selection_tag", "condition"],
    ),
    ("aws_backup_vault", &["name", "kms_key_arn"]),
    ("aws_cloudwatch_log_group", &["name", "name_prefix", "log_group_class"]),
    ("aws_cloudwatch_metric_alarm", &["alarm_name"]),
    (
        "aws_db_instance",
        &[
            "identifier_prefix",
            "db_name",
            "username",
            "availability_zone",
            "engine",
            "kms_key_id",
            "storage_encrypted",
            "character_set_name",
            "timezone",
            "snapshot_identifier",
        ],
    ),
    ("aws_db_parameter_group", &["name", "name_prefix", "family", "description"]),
    ("aws_db_subnet_group", &["name", "name_prefix"]),
    ("aws_default_security_group", &["vpc_id"]),
    (
        "aws_ebs_volume",
        &["availability_zone", "encrypted", "kms_key_id", "multi_attach_enabled", "outpost_arn", "snapshot_id"],
    ),
    ("aws_eip", &["domain", "network_border_group", "public_ipv4_pool", "address"]),
    (
        "aws_flow_log",
        &[
            "vpc_id",
            "subnet_id",
            "eni_id",
            "traffic_type",
            "log_destination",
            "log_destination_type",
            "iam_role_arn",
            "log_format",
            "max_aggregation_interval",
            "destination_options",
        ],
    ),
    ("aws_iam_instance_profile", &["name", "name_prefix", "path"]),
    ("aws_iam_policy", &["name", "name_prefix", "path", "description"]),
    ("aws_iam_role", &["name", "name_prefix", "path"]),
    ("aws_iam_role_policy", &["name", "name_prefix", "role"]),
    ("aws_iam_role_policy_attachment", &["role", "policy_arn"]),
    ("aws_internet_gateway", &[]),
    ("aws_internet_gateway_attachment", &["internet_gateway_id", "vpc_id"]),
    ("aws_kms_alias", &["name", "name_prefix"]),
    ("aws_kms_key", &["customer_master_key_spec", "key_usage", "multi_region", "custom_key_store_id"]),
    ("aws_launch_template", &["name", "name_prefix"]),
    ("aws_lb", &["name", "name_prefix", "internal", "load_balancer_type", "customer_owned_ipv4_pool"]),
    ("aws_lb_listener", &["load_balancer_arn"]),
    ("aws_lb_listener_certificate", &["listener_arn", "certificate_arn"]),
    ("aws_lb_listener_rule", &["listener_arn"]),
    (
        "aws_lb_target_group",
        &["name", "name_prefix", "port", "protocol", "protocol_version", "target_type", "vpc_id", "ip_address_type"],
    ),
    ("aws_nat_gateway", &["allocation_id", "subnet_id", "connectivity_type", "private_ip"]),
    (
        "aws_route",
        &["route_table_id", "destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id"],
    ),
    ("aws_route53_record", &["name", "type", "zone_id", "set_identifier"]),
    ("aws_route_table", &["vpc_id"]),
    ("aws_route_table_association", &["subnet_id", "gateway_id"]),
    ("aws_s3_bucket", &["bucket", "bucket_prefix", "object_lock_enabled"]),
    ("aws_s3_bucket_lifecycle_configuration", &["bucket", "expected_bucket_owner"]),
    ("aws_s3_bucket_logging", &["bucket", "expected_bucket_owner"]),
    ("aws_s3_bucket_ownership_controls", &["bucket"]),
    ("aws_s3_bucket_policy", &["bucket"]),
    ("aws_s3_bucket_public_access_block", &["bucket"]),
    ("aws_s3_bucket_server_side_encryption_configuration", &["bucket", "expected_bucket_owner"]),
    ("aws_s3_bucket_versioning", &["bucket", "expected_bucket_owner"]),
    ("aws_secretsmanager_secret", &["name", "name_prefix"]),
    ("aws_security_group", &["name", "name_prefix", "description", "vpc_id"]),
    ("aws_service_discovery_private_dns_namespace", &["name", "vpc"]),
    ("aws_service_discovery_service", &["name", "namespace_id", "health_check_custom_config", "type"]),
    ("aws_sns_topic", &["name", "name_prefix", "fifo_topic"]),
    ("aws_sns_topic_subscription", &["endpoint", "protocol", "topic_arn"]),
    ("aws_sqs_queue", &["name", "name_prefix", "fifo_queue"]),
    ("aws_sqs_queue_policy", &["queue_url"]),
    (
        "aws_subnet",
        &["availability_zone", "availability_zone_id", "cidr_block", "ipv6_native", "outpost_arn", "vpc_id"],
    ),
    ("aws_vpc", &["cidr_block", "ipv4_ipam_pool_id"]),
    ("aws_vpc_endpoint", &["service_name", "service_region", "vpc_endpoint_type", "vpc_id"]),
    ("aws_vpc_security_group_egress_rule", &["security_group_id"]),
    ("aws_vpc_security_group_ingress_rule", &["security_group_id"]),
    ("aws_wafv2_web_acl_association", &["resource_arn", "web_acl_arn"]),
];

/// The create-only arguments that differ between an existing resource and its plan.
pub(crate) fn replaced(type_name: &str, prior: &Value, planned: &Value) -> Vec<Vec<Step>> {
    if prior.is_null() || planned.is_null() {
        return Vec::new();
    }
    let of_type = CREATE_ONLY.iter().filter(|(name, _)| *name == type_name).flat_map(|(_, names)| *names);
    let changed = of_type.filter(|name| is_changed(prior.get(name), planned.get(name)));
    changed.map(|name| vec![Step::Name((*name).to_owned())]).collect()
}

/// A block or text that is missing and one that is empty are the same to the provider.
fn is_changed(prior: &Value, planned: &Value) -> bool {
    let is_empty = |value: &Value| !value.is_written() || value.text() == Some("");
    prior != planned && !(is_empty(prior) && is_empty(planned))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema;

    fn names(type_name: &str, prior: &serde_json::Value, planned: &serde_json::Value) -> usize {
        replaced(type_name, &Value::from(prior), &Value::from(planned)).len()
    }

    #[test]
    fn a_changed_port_replaces_a_target_group_and_a_changed_path_does_not() {
        let prior = json!({"port": 80, "health_check": [{"path": "/"}]});
        assert_eq!(names("aws_lb_target_group", &prior, &json!({"port": 81, "health_check": [{"path": "/"}]})), 1);
        assert_eq!(names("aws_lb_target_group", &prior, &json!({"port": 80, "health_check": [{"path": "/b"}]})), 0);
    }

    #[test]
    fn nothing_is_replaced_when_it_is_new_or_goes() {
        assert_eq!(names("aws_lb", &json!(null), &json!({"name": "a"})), 0);
        assert_eq!(names("aws_lb", &json!({"name": "a"}), &json!(null)), 0);
        assert_eq!(names("aws_lb", &json!({"name_prefix": null}), &json!({"name_prefix": ""})), 0);
    }

    #[test]
    fn the_table_names_types_and_arguments_of_the_schema() {
        let schema = schema::aws().expect("data");
        assert_eq!(CREATE_ONLY.len(), schema.resource_schemas.len(), "every type has its line");
        for (type_name, names) in CREATE_ONLY {
            let block = schema.resource(type_name).expect("a type of the data");
            for name in *names {
                let known = block.attributes.contains_key(*name) || block.block_types.contains_key(*name);
                assert!(known, "{type_name} has no {name}");
            }
        }
    }
}
