//! What AWS adds to a resource besides its identity, where something may refer to it.

use serde_json::json;

use super::Maker;
use crate::value::Value;

/// The zone of load balancers' names in eu-central-1; the pretended AWS has the same one everywhere.
const BALANCER_ZONE: &str = "Z215JYRZR1TBD5";
/// The zone of buckets' names, likewise.
const BUCKET_ZONE: &str = "Z21DNDUVLTQW6Q";
/// Nothing depends on when something was made.
const DATE: &str = "2026-01-01T00:00:00Z";

/// The value of an attribute, where it is modelled for that type.
pub(super) fn known(maker: &Maker<'_>, name: &str, whole: &Value) -> Option<Value> {
    for_type(maker, name, whole).or_else(|| for_any(maker, name, whole))
}

fn for_any(maker: &Maker<'_>, name: &str, whole: &Value) -> Option<Value> {
    Some(match name {
        "arn_suffix" => Value::from(arn_suffix(whole.text_of("arn")?)),
        "owner_id" => Value::from(maker.account.number.as_str()),
        "create_date" | "created_date" | "create_time" => Value::from(DATE),
        "unique_id" => {
            Value::from(maker.iam_id(if maker.kind == "aws_iam_instance_profile" { "AIPA" } else { "AROA" }))
        }
        "policy_id" => Value::from(maker.iam_id("ANPA")),
        "security_group_rule_id" | "allocation_id" => whole.get("id").clone(),
        "default_security_group_id" => Value::from(maker.ec2_id("sg")),
        "default_network_acl_id" => Value::from(maker.ec2_id("acl")),
        "default_route_table_id" | "main_route_table_id" => Value::from(maker.ec2_id("rtb")),
        "dhcp_options_id" => Value::from(maker.ec2_id("dopt")),
        "network_interface_id" => Value::from(maker.ec2_id("eni")),
        "latest_version" | "default_version" => Value::from(1),
        _ => return None,
    })
}

fn for_type(maker: &Maker<'_>, name: &str, whole: &Value) -> Option<Value> {
    match maker.kind {
        "aws_autoscaling_group" => scaling_group(name),
        "aws_db_instance" => database(maker, name, whole),
        "aws_eip" | "aws_nat_gateway" => address(maker, name),
        "aws_lb" => balancer(maker, name, whole),
        "aws_lb_target_group" => target_group(name),
        "aws_kms_alias" => alias(maker, name, whole),
        "aws_kms_key" => (name == "policy").then(|| Value::from(key_policy(maker))),
        "aws_route53_record" => (name == "fqdn").then(|| whole.get("name").clone()),
        "aws_route" => match name {
            "state" => Some(Value::from("active")),
            "origin" => Some(Value::from("CreateRoute")),
            _ => None,
        },
        "aws_s3_bucket" => bucket(maker, name, whole),
        "aws_service_discovery_private_dns_namespace" => {
            (name == "hosted_zone").then(|| Value::from(format!("Z{:016X}", maker.seed)))
        }
        "aws_sns_topic" => (name == "owner").then(|| Value::from(maker.account.number.as_str())),
        "aws_vpc_endpoint" => endpoint(maker, name, whole),
        "aws_db_subnet_group" => (name == "vpc_id").then(|| network_of(maker, whole.get("subnet_ids"))),
        _ => None,
    }
}

/// What CloudWatch calls a load balancer or target group: the last part of its ARN.
fn arn_suffix(arn: &str) -> &str {
    let resource = arn.splitn(6, ':').last().unwrap_or_default();
    resource.strip_prefix("loadbalancer/").unwrap_or(resource)
}

fn scaling_group(name: &str) -> Option<Value> {
    Some(match name {
        "default_cooldown" => Value::from(300),
        "health_check_type" => Value::from("EC2"),
        _ => return None,
    })
}

fn balancer(maker: &Maker<'_>, name: &str, whole: &Value) -> Option<Value> {
    Some(match name {
        "dns_name" => {
            let prefix = if whole.get("internal") == &Value::Bool(true) { "internal-" } else { "" };
            let (name, region) = (whole.text_of("name")?, &maker.settings.region);
            Value::from(format!("{prefix}{name}-{:010}.{region}.elb.{}", maker.seed >> 32, maker.settings.dns_suffix()))
        }
        "zone_id" => Value::from(BALANCER_ZONE),
        "vpc_id" => network_of(maker, whole.get("subnets")),
        "ip_address_type" => Value::from("ipv4"),
        "internal" => Value::from(false),
        _ => return None,
    })
}

fn target_group(name: &str) -> Option<Value> {
    Some(match name {
        "ip_address_type" => Value::from("ipv4"),
        "load_balancing_algorithm_type" => Value::from("round_robin"),
        "load_balancing_anomaly_mitigation" => Value::from("off"),
        "load_balancing_cross_zone_enabled" => Value::from("use_load_balancer_configuration"),
        "protocol_version" => Value::from("HTTP1"),
        _ => return None,
    })
}

/// The network of the first of those subnets that the account has.
fn network_of(maker: &Maker<'_>, subnets: &Value) -> Value {
    let mut found = subnets.texts().filter_map(|id| maker.account.get("aws_subnet", id));
    found.next().map_or_else(|| Value::from(maker.ec2_id("vpc")), |subnet| subnet.get("vpc_id").clone())
}

fn database(maker: &Maker<'_>, name: &str, whole: &Value) -> Option<Value> {
    let identifier = whole.text_of("identifier").unwrap_or_default();
    let host = || {
        let (region, suffix) = (&maker.settings.region, maker.settings.dns_suffix());
        format!("{identifier}.c{:011x}.{region}.rds.{suffix}", maker.seed >> 20)
    };
    let port = || match whole.text_of("engine") {
        Some("postgres") => 5432,
        _ => 3306,
    };
    Some(match name {
        "address" => Value::from(host()),
        "endpoint" => {
            let port = whole.get("port").number().map_or_else(|| port().to_string(), |port| format!("{port:.0}"));
            Value::from(format!("{}:{port}", host()))
        }
        "port" => Value::from(port()),
        "resource_id" => whole.get("id").clone(),
        "status" => Value::from("available"),
        "engine_version_actual" => whole.get("engine_version").clone(),
        "master_user_secret" => master_user_secret(maker, whole),
        _ => return None,
    })
}

/// The secret that RDS makes when it is asked to keep the password.
fn master_user_secret(maker: &Maker<'_>, whole: &Value) -> Value {
    if whole.get("manage_master_user_password") != &Value::Bool(true) {
        return Value::List(Vec::new());
    }
    let resource = whole.text_of("id").unwrap_or_default().to_lowercase();
    let secret = maker.regional_arn("secretsmanager", &format!("secret:rds!{resource}-{}", maker.secret_suffix()));
    let key = whole.text_of("master_user_secret_kms_key_id");
    Value::from(&json!([{"secret_arn": secret, "secret_status": "active", "kms_key_id": key}]))
}

/// Addresses of the network that is kept for documentation (RFC 5737), and a private one.
fn address(maker: &Maker<'_>, name: &str) -> Option<Value> {
    let last = maker.seed % 254 + 1;
    Some(match name {
        "public_ip" => Value::from(format!("203.0.113.{last}")),
        "private_ip" => Value::from(format!("10.0.0.{last}")),
        "domain" => Value::from("vpc"),
        _ => return None,
    })
}

fn alias(maker: &Maker<'_>, name: &str, whole: &Value) -> Option<Value> {
    let target = whole.text_of("target_key_id")?;
    let arn = || {
        if target.starts_with("arn:") { target.to_owned() } else { maker.regional_arn("kms", &format!("key/{target}")) }
    };
    (name == "target_key_arn").then(|| Value::from(arn()))
}

/// The policy that KMS gives a key without one.
fn key_policy(maker: &Maker<'_>) -> String {
    let root = maker.global_arn("iam", "root");
    let statement = json!({"Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"});
    json!({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]}).to_string()
}

fn bucket(maker: &Maker<'_>, name: &str, whole: &Value) -> Option<Value> {
    let bucket = whole.text_of("bucket").unwrap_or_default();
    let (region, suffix) = (&maker.settings.region, maker.settings.dns_suffix());
    Some(match name {
        "bucket_domain_name" => Value::from(format!("{bucket}.s3.{suffix}")),
        "bucket_regional_domain_name" => Value::from(format!("{bucket}.s3.{region}.{suffix}")),
        "bucket_region" => Value::from(region.as_str()),
        "hosted_zone_id" => Value::from(BUCKET_ZONE),
        _ => return None,
    })
}

fn endpoint(maker: &Maker<'_>, name: &str, whole: &Value) -> Option<Value> {
    let service = whole.text_of("service_name").unwrap_or_default();
    let is_gateway = whole.text_of("vpc_endpoint_type").is_none_or(|kind| kind == "Gateway");
    Some(match name {
        "state" => Value::from("available"),
        "prefix_list_id" if is_gateway => {
            let lists = super::prefix_lists(maker.settings);
            lists.iter().find(|list| list.text_of("name") == Some(service)).map_or(Value::Null, |l| l.get("id").clone())
        }
        "prefix_list_id" => Value::Null,
        "dns_entry" if !is_gateway => {
            let service = service.rsplit('.').next().unwrap_or_default();
            let (region, suffix) = (&maker.settings.region, maker.settings.dns_suffix());
            let host = format!("{}.{service}.{region}.vpce.{suffix}", maker.ec2_id("vpce"));
            Value::from(&json!([{"dns_name": host, "hosted_zone_id": BALANCER_ZONE}]))
        }
        "requester_managed" => Value::from(false),
        _ => return None,
    })
}
