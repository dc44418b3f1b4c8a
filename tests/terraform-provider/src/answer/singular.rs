//! Data sources of which there is one answer: who asks, and where.

use crate::{account::Account, settings::Settings, value::Value};

fn object(fields: &[(&str, Value)]) -> Value {
    Value::Object(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

/// `aws_caller_identity`.
pub(super) fn caller_identity(account: &Account, settings: &Settings) -> Value {
    let (number, partition) = (account.number.as_str(), settings.partition());
    object(&[
        ("account_id", Value::from(number)),
        ("id", Value::from(number)),
        ("arn", Value::from(format!("arn:{partition}:iam::{number}:user/terraform"))),
        ("user_id", Value::from("AIDACKCEVSQ6C2EXAMPLE")),
    ])
}

/// `aws_partition`.
pub(super) fn partition(settings: &Settings) -> Value {
    let suffix = settings.dns_suffix();
    let reverse: Vec<&str> = suffix.rsplit('.').collect();
    object(&[
        ("partition", Value::from(settings.partition())),
        ("id", Value::from(settings.partition())),
        ("dns_suffix", Value::from(suffix)),
        ("reverse_dns_prefix", Value::from(reverse.join("."))),
    ])
}

/// `aws_region`: the one that is asked for, else the provider's.
pub(super) fn region(config: &Value, settings: &Settings) -> Value {
    let asked = config.text_of("region").or_else(|| config.text_of("name"));
    let region = asked.unwrap_or(&settings.region);
    object(&[
        ("region", Value::from(region)),
        ("name", Value::from(region)),
        ("id", Value::from(region)),
        ("endpoint", Value::from(format!("ec2.{region}.{}", settings.dns_suffix()))),
        ("description", Value::from(region)),
    ])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings(region: &str) -> Settings {
        Settings::read(&Value::from(&json!({ "region": region })), "111122223333").expect("a region")
    }

    #[test]
    fn a_partition_has_its_names() {
        let partition = partition(&settings("cn-north-1")).to_json();
        let names = json!({"partition": "aws-cn", "id": "aws-cn", "dns_suffix": "amazonaws.com.cn", "reverse_dns_prefix": "cn.com.amazonaws"});
        assert_eq!(partition, names);
    }

    #[test]
    fn the_region_is_the_providers_unless_another_is_asked_for() {
        let region = |config| region(&Value::from(&config), &settings("eu-central-1")).text_of("id").map(str::to_owned);
        assert_eq!(region(json!({})).as_deref(), Some("eu-central-1"));
        assert_eq!(region(json!({"region": "us-east-1"})).as_deref(), Some("us-east-1"));
    }
}
