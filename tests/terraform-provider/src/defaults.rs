//! What the AWS provider writes into the plan where an argument is left out.
//!
//! Only defaults of the provider's own code; what AWS chooses is unknown until apply instead. Source: the provider's
//! documentation pages of each resource, "Defaults to".

use crate::value::Value;

/// A default, as a value that a constant can hold.
#[derive(Clone, Copy)]
enum Preset {
    Flag(bool),
    Whole(i64),
    Words(&'static str),
}
use Preset::{Flag, Whole, Words};

/// Type, argument (with a dot into a block), default.
const DEFAULTS: &[(&str, &str, Preset)] = &[
    ("aws_autoscaling_group", "force_delete", Flag(false)),
    ("aws_autoscaling_group", "health_check_grace_period", Whole(300)),
    ("aws_autoscaling_group", "metrics_granularity", Words("1Minute")),
    ("aws_autoscaling_group", "protect_from_scale_in", Flag(false)),
    ("aws_autoscaling_group", "wait_for_capacity_timeout", Words("10m")),
    ("aws_autoscaling_policy", "enabled", Flag(true)),
    ("aws_autoscaling_policy", "policy_type", Words("SimpleScaling")),
    ("aws_cloudwatch_log_group", "retention_in_days", Whole(0)),
    ("aws_cloudwatch_log_group", "skip_destroy", Flag(false)),
    ("aws_cloudwatch_metric_alarm", "actions_enabled", Flag(true)),
    ("aws_cloudwatch_metric_alarm", "treat_missing_data", Words("missing")),
    ("aws_db_instance", "auto_minor_version_upgrade", Flag(true)),
    ("aws_db_instance", "copy_tags_to_snapshot", Flag(false)),
    ("aws_db_instance", "delete_automated_backups", Flag(true)),
    ("aws_db_instance", "monitoring_interval", Whole(0)),
    ("aws_db_instance", "publicly_accessible", Flag(false)),
    ("aws_db_instance", "skip_final_snapshot", Flag(false)),
    ("aws_db_subnet_group", "description", Words("Managed by Terraform")),
    ("aws_iam_instance_profile", "path", Words("/")),
    ("aws_iam_policy", "path", Words("/")),
    ("aws_iam_role", "force_detach_policies", Flag(false)),
    ("aws_iam_role", "max_session_duration", Whole(3600)),
    ("aws_iam_role", "path", Words("/")),
    ("aws_kms_key", "customer_master_key_spec", Words("SYMMETRIC_DEFAULT")),
    ("aws_kms_key", "enable_key_rotation", Flag(false)),
    ("aws_kms_key", "is_enabled", Flag(true)),
    ("aws_kms_key", "key_usage", Words("ENCRYPT_DECRYPT")),
    ("aws_lb", "client_keep_alive", Whole(3600)),
    ("aws_lb", "desync_mitigation_mode", Words("defensive")),
    ("aws_lb", "drop_invalid_header_fields", Flag(false)),
    ("aws_lb", "enable_deletion_protection", Flag(false)),
    ("aws_lb", "enable_http2", Flag(true)),
    ("aws_lb", "idle_timeout", Whole(60)),
    ("aws_lb", "load_balancer_type", Words("application")),
    ("aws_lb", "preserve_host_header", Flag(false)),
    ("aws_lb", "xff_header_processing_mode", Words("append")),
    ("aws_lb_target_group", "deregistration_delay", Words("300")),
    ("aws_lb_target_group", "health_check.enabled", Flag(true)),
    ("aws_lb_target_group", "health_check.healthy_threshold", Whole(3)),
    ("aws_lb_target_group", "health_check.interval", Whole(30)),
    ("aws_lb_target_group", "health_check.port", Words("traffic-port")),
    ("aws_lb_target_group", "health_check.protocol", Words("HTTP")),
    ("aws_lb_target_group", "health_check.unhealthy_threshold", Whole(3)),
    ("aws_lb_target_group", "slow_start", Whole(0)),
    ("aws_lb_target_group", "target_type", Words("instance")),
    ("aws_nat_gateway", "connectivity_type", Words("public")),
    ("aws_secretsmanager_secret", "recovery_window_in_days", Whole(30)),
    ("aws_security_group", "description", Words("Managed by Terraform")),
    ("aws_security_group", "revoke_rules_on_delete", Flag(false)),
    ("aws_sqs_queue", "delay_seconds", Whole(0)),
    ("aws_sqs_queue", "max_message_size", Whole(262_144)),
    ("aws_sqs_queue", "message_retention_seconds", Whole(345_600)),
    ("aws_sqs_queue", "receive_wait_time_seconds", Whole(0)),
    ("aws_sqs_queue", "visibility_timeout_seconds", Whole(30)),
    ("aws_subnet", "assign_ipv6_address_on_creation", Flag(false)),
    ("aws_subnet", "map_public_ip_on_launch", Flag(false)),
    ("aws_vpc", "enable_dns_support", Flag(true)),
    ("aws_vpc", "instance_tenancy", Words("default")),
    ("aws_vpc_endpoint", "vpc_endpoint_type", Words("Gateway")),
];

/// Writes the defaults into a resource where it says nothing.
pub(crate) fn fill_in(type_name: &str, resource: &mut Value) {
    for (_, path, default) in DEFAULTS.iter().filter(|(of, ..)| *of == type_name) {
        fill_in_one(path, *default, resource);
    }
}

fn fill_in_one(path: &str, default: Preset, value: &mut Value) {
    if let Value::List(items) = value {
        items.iter_mut().for_each(|item| fill_in_one(path, default, item));
        return;
    }
    match path.split_once('.') {
        Some((block, rest)) => {
            if let Value::Object(fields) = value {
                fields.get_mut(block).into_iter().for_each(|inner| fill_in_one(rest, default, inner));
            }
        }
        None if value.get(path).is_null() => value.set(path, default.into()),
        None => {}
    }
}

impl From<Preset> for Value {
    fn from(default: Preset) -> Self {
        match default {
            Flag(value) => Self::from(value),
            Whole(value) => Self::from(value),
            Words(value) => Self::from(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema;

    #[test]
    fn what_is_written_stays_and_what_is_not_is_filled_in() {
        let mut group = Value::from(&json!({"slow_start": 30, "health_check": [{"interval": 10}], "name": "web"}));
        fill_in("aws_lb_target_group", &mut group);
        assert_eq!((group.get("slow_start"), group.get("target_type")), (&Value::from(30), &Value::from("instance")));
        let check = &group.get("health_check").items()[0];
        assert_eq!((check.get("interval"), check.get("protocol")), (&Value::from(10), &Value::from("HTTP")));
    }

    #[test]
    fn every_default_is_of_an_argument_that_may_be_left_out() {
        let schema = schema::aws().expect("data");
        for (type_name, path, _) in DEFAULTS {
            let mut block = schema.resource(type_name).expect("a type of the data");
            let mut name = *path;
            while let Some((outer, rest)) = name.split_once('.') {
                (block, name) = (&block.block_types[outer].block, rest);
            }
            let attribute = block.attributes.get(name).unwrap_or_else(|| panic!("{type_name}.{path}"));
            assert!(attribute.optional && !attribute.computed, "{type_name}.{path} is not plainly optional");
        }
    }
}
