//! The id and the ARN of each type, as the provider sets them and AWS forms them.

use super::Maker;
use crate::value::Value;

/// Types that EC2 names: type, prefix of the id, name in the ARN.
const EC2: &[(&str, &str, &str)] = &[
    ("aws_default_security_group", "sg", "security-group"),
    ("aws_ebs_volume", "vol", "volume"),
    ("aws_eip", "eipalloc", "elastic-ip"),
    ("aws_flow_log", "fl", "vpc-flow-log"),
    ("aws_internet_gateway", "igw", "internet-gateway"),
    ("aws_launch_template", "lt", "launch-template"),
    ("aws_nat_gateway", "nat", "natgateway"),
    ("aws_route_table", "rtb", "route-table"),
    ("aws_route_table_association", "rtbassoc", ""),
    ("aws_security_group", "sg", "security-group"),
    ("aws_subnet", "subnet", "subnet"),
    ("aws_vpc", "vpc", "vpc"),
    ("aws_vpc_endpoint", "vpce", "vpc-endpoint"),
    ("aws_vpc_security_group_egress_rule", "sgr", "security-group-rule"),
    ("aws_vpc_security_group_ingress_rule", "sgr", "security-group-rule"),
];

/// Types whose id is made of arguments: type, arguments, what stands between them.
const FROM_ARGUMENTS: &[(&str, &[&str], &str)] = &[
    ("aws_autoscaling_group", &["name"], ""),
    ("aws_autoscaling_lifecycle_hook", &["name"], ""),
    ("aws_autoscaling_policy", &["name"], ""),
    ("aws_autoscaling_schedule", &["scheduled_action_name"], ""),
    ("aws_backup_vault", &["name"], ""),
    ("aws_cloudwatch_log_group", &["name"], ""),
    ("aws_cloudwatch_metric_alarm", &["alarm_name"], ""),
    ("aws_db_parameter_group", &["name"], ""),
    ("aws_db_subnet_group", &["name"], ""),
    ("aws_iam_instance_profile", &["name"], ""),
    ("aws_iam_role", &["name"], ""),
    ("aws_iam_role_policy", &["role", "name"], ":"),
    ("aws_iam_role_policy_attachment", &["role", "policy_arn"], "/"),
    ("aws_internet_gateway_attachment", &["internet_gateway_id", "vpc_id"], ":"),
    ("aws_kms_alias", &["name"], ""),
    ("aws_lb_listener_certificate", &["listener_arn", "certificate_arn"], "_"),
    ("aws_route53_record", &["zone_id", "name", "type", "set_identifier"], "_"),
    ("aws_s3_bucket", &["bucket"], ""),
    ("aws_s3_bucket_lifecycle_configuration", &["bucket"], ""),
    ("aws_s3_bucket_logging", &["bucket"], ""),
    ("aws_s3_bucket_ownership_controls", &["bucket"], ""),
    ("aws_s3_bucket_policy", &["bucket"], ""),
    ("aws_s3_bucket_public_access_block", &["bucket"], ""),
    ("aws_s3_bucket_server_side_encryption_configuration", &["bucket"], ""),
    ("aws_s3_bucket_versioning", &["bucket"], ""),
    ("aws_sqs_queue", &["url"], ""),
    ("aws_sqs_queue_policy", &["queue_url"], ""),
    ("aws_wafv2_web_acl_association", &["web_acl_arn", "resource_arn"], ","),
];

/// Lifecycle hooks, policies and schedules are unique within their group only, which their id does not say.
const WITHIN_A_GROUP: &[&str] =
    &["aws_autoscaling_lifecycle_hook", "aws_autoscaling_policy", "aws_autoscaling_schedule"];

impl Maker<'_> {
    pub(super) fn id(&self, resource: &Value) -> Value {
        if let Some((_, prefix, _)) = EC2.iter().find(|(kind, ..)| *kind == self.kind) {
            return Value::from(self.ec2_id(prefix));
        }
        if let Some((_, names, between)) = FROM_ARGUMENTS.iter().find(|(kind, ..)| *kind == self.kind) {
            let parts: Vec<&str> = names.iter().filter_map(|name| resource.text_of(name)).collect();
            return Value::from(parts.join(between));
        }
        match self.kind {
            "aws_backup_plan" | "aws_backup_selection" => Value::from(self.uuid()),
            "aws_db_instance" => Value::from(self.database_resource_id()),
            "aws_kms_key" => resource.get("key_id").clone(),
            "aws_route" => {
                let table = resource.text_of("route_table_id").unwrap_or_default();
                Value::from(format!("r-{table}{:010}", self.seed >> 32))
            }
            "aws_service_discovery_private_dns_namespace" => Value::from(format!("ns-{:016x}", self.seed)),
            "aws_service_discovery_service" => Value::from(format!("srv-{:016x}", self.seed)),
            // Load balancers and what belongs to them, topics, secrets, managed policies.
            _ => resource.get("arn").clone(),
        }
    }

    /// Whether several resources of this type may share an id.
    pub(crate) fn shares_ids(&self) -> bool {
        WITHIN_A_GROUP.contains(&self.kind)
    }

    pub(super) fn arn(&self, resource: &Value) -> Option<String> {
        if let Some((_, prefix, name)) = EC2.iter().find(|(kind, ..)| *kind == self.kind) {
            return Some(self.regional_arn("ec2", &format!("{name}/{}", self.ec2_id(prefix))));
        }
        let text = |name: &str| resource.text_of(name).unwrap_or_default();
        let name = text("name");
        let path = resource.text_of("path").unwrap_or("/");
        let part = match self.kind {
            "aws_backup_plan" => ("backup", format!("backup-plan:{}", self.uuid())),
            "aws_backup_vault" => ("backup", format!("backup-vault:{name}")),
            "aws_cloudwatch_log_group" => ("logs", format!("log-group:{name}")),
            "aws_cloudwatch_metric_alarm" => ("cloudwatch", format!("alarm:{}", text("alarm_name"))),
            "aws_db_instance" => ("rds", format!("db:{}", text("identifier"))),
            "aws_db_parameter_group" => ("rds", format!("pg:{name}")),
            "aws_db_subnet_group" => ("rds", format!("subgrp:{name}")),
            "aws_kms_alias" => ("kms", name.to_owned()),
            "aws_kms_key" => ("kms", format!("key/{}", text("key_id"))),
            "aws_secretsmanager_secret" => ("secretsmanager", format!("secret:{name}-{}", self.secret_suffix())),
            "aws_service_discovery_private_dns_namespace" => {
                ("servicediscovery", format!("namespace/ns-{:016x}", self.seed))
            }
            "aws_service_discovery_service" => ("servicediscovery", format!("service/srv-{:016x}", self.seed)),
            "aws_sns_topic" => ("sns", name.to_owned()),
            "aws_sqs_queue" => ("sqs", name.to_owned()),
            "aws_iam_instance_profile" => {
                return Some(self.global_arn("iam", &format!("instance-profile{path}{name}")));
            }
            "aws_iam_policy" => return Some(self.global_arn("iam", &format!("policy{path}{name}"))),
            "aws_iam_role" => return Some(self.global_arn("iam", &format!("role{path}{name}"))),
            "aws_s3_bucket" => return Some(format!("arn:{}:s3:::{}", self.settings.partition(), text("bucket"))),
            "aws_sns_topic_subscription" => return Some(format!("{}:{}", text("topic_arn"), self.uuid())),
            _ => return self.scaling_arn(resource).or_else(|| self.balancing_arn(resource)),
        };
        Some(self.regional_arn(part.0, &part.1))
    }

    fn scaling_arn(&self, resource: &Value) -> Option<String> {
        let text = |name: &str| resource.text_of(name).unwrap_or_default();
        let (name, group, uuid) = (text("name"), text("autoscaling_group_name"), self.uuid());
        let of_group = format!("autoScalingGroupName/{group}");
        let rest = match self.kind {
            "aws_autoscaling_group" => format!("autoScalingGroup:{uuid}:autoScalingGroupName/{name}"),
            "aws_autoscaling_policy" => format!("scalingPolicy:{uuid}:{of_group}:policyName/{name}"),
            "aws_autoscaling_schedule" => {
                let action = text("scheduled_action_name");
                format!("scheduledUpdateGroupAction:{uuid}:{of_group}:scheduledActionName/{action}")
            }
            _ => return None,
        };
        Some(self.regional_arn("autoscaling", &rest))
    }

    /// A listener's ARN continues its load balancer's, and a rule's its listener's.
    fn balancing_arn(&self, resource: &Value) -> Option<String> {
        let text = |name: &str| resource.text_of(name).unwrap_or_default();
        let (name, own) = (text("name"), format!("{:016x}", self.seed));
        match self.kind {
            "aws_lb" => {
                let kind = if resource.text_of("load_balancer_type") == Some("network") { "net" } else { "app" };
                Some(self.regional_arn("elasticloadbalancing", &format!("loadbalancer/{kind}/{name}/{own}")))
            }
            "aws_lb_target_group" => {
                Some(self.regional_arn("elasticloadbalancing", &format!("targetgroup/{name}/{own}")))
            }
            "aws_lb_listener" => {
                Some(format!("{}/{own}", text("load_balancer_arn").replacen(":loadbalancer/", ":listener/", 1)))
            }
            "aws_lb_listener_rule" => {
                Some(format!("{}/{own}", text("listener_arn").replacen(":listener/", ":listener-rule/", 1)))
            }
            _ => None,
        }
    }

    pub(super) fn queue_url(&self, resource: &Value) -> String {
        let (region, suffix) = (&self.settings.region, self.settings.dns_suffix());
        let name = resource.text_of("name").unwrap_or_default();
        format!("https://sqs.{region}.{suffix}/{}/{name}", self.account.number)
    }

    /// RDS names an instance once and for all by 26 letters and digits.
    pub(super) fn database_resource_id(&self) -> String {
        format!("db-{:016X}{:010}", self.seed, self.seed >> 32)
    }

    /// Six letters and digits that Secrets Manager puts behind a name.
    pub(super) fn secret_suffix(&self) -> String {
        format!("{:016x}", self.seed).chars().take(6).collect()
    }
}
