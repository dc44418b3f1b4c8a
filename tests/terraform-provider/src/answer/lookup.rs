//! Data sources that find something in the account.

use super::filter;
use crate::{account::Account, problem::Problem, settings::Settings, synthetic, value::Value};

/// How one data source finds resources.
struct LookUp {
    data_source: &'static str,
    /// The resource types it sees.
    kinds: &'static [&'static str],
    /// What the AWS provider calls one in its errors.
    noun: &'static str,
    /// Arguments that a resource must have equal, each with the resource's name for it.
    arguments: &'static [(&'static str, &'static str)],
    /// Attributes of the result that the resource has under another name.
    renamed: &'static [(&'static str, &'static str)],
}

/// Every data source that looks into the account.
const LOOK_UPS: &[LookUp] = &[
    LookUp {
        data_source: "aws_ami",
        kinds: &["aws_ami"],
        noun: "EC2 AMI",
        arguments: &[],
        renamed: &[("image_id", "id")],
    },
    LookUp {
        data_source: "aws_cloudwatch_log_group",
        kinds: &["aws_cloudwatch_log_group"],
        noun: "CloudWatch Logs Log Group",
        arguments: &[("name", "name")],
        renamed: &[],
    },
    LookUp {
        data_source: "aws_db_instance",
        kinds: &["aws_db_instance"],
        noun: "RDS DB Instance",
        arguments: &[("db_instance_identifier", "identifier")],
        renamed: &[
            ("db_instance_arn", "arn"),
            ("db_instance_class", "instance_class"),
            ("db_instance_identifier", "identifier"),
            ("db_instance_port", "port"),
            ("db_subnet_group", "db_subnet_group_name"),
            ("enabled_cloudwatch_logs_exports", "enabled_cloudwatch_logs_exports"),
            ("master_username", "username"),
            ("preferred_backup_window", "backup_window"),
            ("preferred_maintenance_window", "maintenance_window"),
            ("vpc_security_groups", "vpc_security_group_ids"),
        ],
    },
    LookUp {
        data_source: "aws_ec2_managed_prefix_list",
        kinds: &["aws_ec2_managed_prefix_list", "aws_prefix_list"],
        noun: "EC2 Managed Prefix List",
        arguments: &[("id", "id"), ("name", "name")],
        renamed: &[],
    },
    LookUp {
        data_source: "aws_iam_role",
        kinds: &["aws_iam_role"],
        noun: "IAM Role",
        arguments: &[("name", "name")],
        renamed: &[],
    },
    LookUp {
        data_source: "aws_kms_alias",
        kinds: &["aws_kms_alias"],
        noun: "KMS Alias",
        arguments: &[("name", "name")],
        renamed: &[("target_key_id", "target_key_id")],
    },
    LookUp {
        data_source: "aws_kms_key",
        kinds: &["aws_kms_key"],
        noun: "KMS Key",
        arguments: &[],
        renamed: &[("enabled", "is_enabled")],
    },
    LookUp {
        data_source: "aws_lb",
        kinds: &["aws_lb"],
        noun: "ELBv2 Load Balancer",
        arguments: &[("arn", "arn"), ("name", "name")],
        renamed: &[],
    },
    LookUp {
        data_source: "aws_lb_listener",
        kinds: &["aws_lb_listener"],
        noun: "ELBv2 Listener",
        arguments: &[("arn", "arn"), ("load_balancer_arn", "load_balancer_arn"), ("port", "port")],
        renamed: &[],
    },
    LookUp {
        data_source: "aws_lb_target_group",
        kinds: &["aws_lb_target_group"],
        noun: "ELBv2 Target Group",
        arguments: &[("arn", "arn"), ("name", "name")],
        renamed: &[],
    },
    LookUp {
        data_source: "aws_prefix_list",
        kinds: &["aws_prefix_list", "aws_ec2_managed_prefix_list"],
        noun: "EC2 Prefix List",
        arguments: &[("prefix_list_id", "id"), ("name", "name")],
        renamed: &[("prefix_list_id", "id")],
    },
    LookUp {
        data_source: "aws_route53_zone",
        kinds: &["aws_route53_zone"],
        noun: "Route 53 Hosted Zone",
        arguments: &[("zone_id", "zone_id"), ("private_zone", "private_zone")],
        renamed: &[],
    },
    LookUp {
        data_source: "aws_s3_bucket",
        kinds: &["aws_s3_bucket"],
        noun: "S3 Bucket",
        arguments: &[("bucket", "bucket")],
        renamed: &[],
    },
    LookUp {
        data_source: "aws_secretsmanager_secret",
        kinds: &["aws_secretsmanager_secret"],
        noun: "Secrets Manager Secret",
        arguments: &[("arn", "arn"), ("name", "name")],
        renamed: &[],
    },
    LookUp {
        data_source: "aws_security_group",
        kinds: &["aws_security_group", "aws_default_security_group"],
        noun: "EC2 Security Group",
        arguments: &[("id", "id"), ("name", "name"), ("vpc_id", "vpc_id")],
        renamed: &[],
    },
    LookUp {
        data_source: "aws_service_discovery_dns_namespace",
        kinds: &["aws_service_discovery_private_dns_namespace"],
        noun: "Service Discovery DNS Namespace",
        arguments: &[("name", "name")],
        renamed: &[],
    },
    LookUp {
        data_source: "aws_sns_topic",
        kinds: &["aws_sns_topic"],
        noun: "SNS Topic",
        arguments: &[("name", "name")],
        renamed: &[],
    },
    LookUp {
        data_source: "aws_sqs_queue",
        kinds: &["aws_sqs_queue"],
        noun: "SQS Queue",
        arguments: &[("name", "name")],
        renamed: &[],
    },
    LookUp {
        data_source: "aws_subnet",
        kinds: &["aws_subnet"],
        noun: "EC2 Subnet",
        arguments: &[
            ("id", "id"),
            ("vpc_id", "vpc_id"),
            ("cidr_block", "cidr_block"),
            ("availability_zone", "availability_zone"),
        ],
        renamed: &[],
    },
    LookUp {
        data_source: "aws_vpc",
        kinds: &["aws_vpc"],
        noun: "EC2 VPC",
        arguments: &[("id", "id"), ("cidr_block", "cidr_block"), ("default", "default")],
        renamed: &[],
    },
];

/// The attributes of the data source, from the one resource that it means.
pub(super) fn look_up(
    data_source: &str,
    config: &Value,
    account: &Account,
    settings: &Settings,
) -> Result<Value, Problem> {
    if data_source == "aws_subnets" {
        return Ok(subnets(config, account, settings));
    }
    let table = LOOK_UPS.iter().find(|row| row.data_source == data_source);
    let row = table.ok_or_else(|| Problem::new(format!("{data_source} is not modelled: add it to lookup.rs")))?;
    let found =
        candidates(row, account, settings).into_iter().filter(|resource| is_meant(row, resource, config, account));
    let resource = the_one(row, config, found.collect())?;
    Ok(described(row, config, &resource, account))
}

/// What the account has of those types, and the prefix lists that AWS has in every region.
fn candidates(row: &LookUp, account: &Account, settings: &Settings) -> Vec<Value> {
    let mut all: Vec<Value> = row.kinds.iter().flat_map(|kind| account.all(kind)).cloned().collect();
    if row.kinds.contains(&"aws_prefix_list") {
        all.extend(synthetic::prefix_lists(settings));
    }
    all
}

fn is_meant(row: &LookUp, resource: &Value, config: &Value, account: &Account) -> bool {
    let agrees = |(argument, attribute): &(&str, &str)| {
        let asked = config.get(argument);
        asked.is_null() || is_same(asked, resource.get(attribute))
    };
    let (filters, tags) = (config.get("filter"), config.get("tags"));
    row.arguments.iter().all(agrees)
        && filter::passes(row.data_source, resource, filters, tags)
        && match row.data_source {
            "aws_kms_key" => is_key(resource, config.text_of("key_id").unwrap_or_default(), account),
            "aws_route53_zone" => is_zone(resource, config),
            _ => true,
        }
}

/// False and not set are the same to AWS.
fn is_same(asked: &Value, has: &Value) -> bool {
    asked == has || (asked == &Value::Bool(false) && has.is_null())
}

/// A key is asked for by its id or ARN, or by the name or ARN of an alias.
fn is_key(key: &Value, asked: &str, account: &Account) -> bool {
    let is_own = |name| key.text_of(name) == Some(asked);
    let is_alias = |alias: &Value| {
        let named = ["name", "arn"].iter().any(|name| alias.text_of(name) == Some(asked));
        named && ["key_id", "arn"].iter().any(|name| alias.get("target_key_id") == key.get(name))
    };
    is_own("key_id") || is_own("arn") || account.all("aws_kms_alias").any(is_alias)
}

/// The name of a zone may be written with and without the dot at its end.
fn is_zone(zone: &Value, config: &Value) -> bool {
    let name = |value: &Value| value.text_of("name").map(|name| name.trim_end_matches('.').to_owned());
    name(config).is_none_or(|asked| name(zone) == Some(asked))
}

fn the_one(row: &LookUp, config: &Value, mut found: Vec<Value>) -> Result<Value, Problem> {
    let noun = row.noun;
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(latest), false) if config.get("most_recent") == &Value::Bool(true) => Ok(newest(found, latest)),
        (Some(_), false) => Err(Problem::new(format!(
            "multiple {noun}s matched; use additional constraints to reduce matches to a single {noun}"
        ))),
        (None, _) => Err(Problem::new(format!("no matching {noun} found"))),
    }
}

/// By the text of the creation date, which sorts as time does.
fn newest(others: Vec<Value>, one: Value) -> Value {
    let date = |image: &Value| image.text_of("creation_date").unwrap_or_default().to_owned();
    others.into_iter().fold(one, |best, other| if date(&other) > date(&best) { other } else { best })
}

fn described(row: &LookUp, config: &Value, resource: &Value, account: &Account) -> Value {
    let mut result = config.clone();
    for (name, value) in resource.fields().into_iter().flatten() {
        result.set(name, value.clone());
    }
    for (name, of_resource) in row.renamed {
        result.set(name, resource.get(of_resource).clone());
    }
    result.set("tags", resource.get("tags_all").clone());
    match row.data_source {
        "aws_kms_key" => {
            result.set("key_id", config.get("key_id").clone());
            result.set("aws_account_id", Value::from(account.number.as_str()));
        }
        "aws_service_discovery_dns_namespace" => result.set("type", Value::from("DNS_PRIVATE")),
        _ => {}
    }
    result
}

/// `aws_subnets`, which may find none.
fn subnets(config: &Value, account: &Account, settings: &Settings) -> Value {
    let passes = |subnet: &&Value| filter::passes("aws_subnet", subnet, config.get("filter"), config.get("tags"));
    let ids = account.all("aws_subnet").filter(passes).map(|subnet| subnet.get("id").clone());
    let mut result = config.clone();
    result.set("ids", Value::List(ids.collect()));
    result.set("id", Value::from(settings.region.as_str()));
    result
}

#[cfg(test)]
mod tests;
