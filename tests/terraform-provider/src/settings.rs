//! What a `provider "aws"` block says.

use std::collections::BTreeMap;

use crate::{
    problem::{Problem, Step},
    value::Value,
};

/// The settings of one configured provider.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    /// Such as `eu-central-1`; empty before the provider is configured.
    pub(crate) region: String,
    /// Tags for every resource that takes tags.
    default_tags: BTreeMap<String, Value>,
}

impl Settings {
    /// Reads a whole `provider` block, for an account of that number.
    pub(crate) fn read(config: &Value, account: &str) -> Result<Self, Problem> {
        let at = |name: &str| [Step::Name(name.to_owned())];
        let region = config.text_of("region").filter(|region| is_region(region)).ok_or_else(|| {
            let given = config.text_of("region").unwrap_or_default();
            Problem::new(format!("invalid AWS Region: {given}")).at(&at("region"))
        })?;
        let allowed = config.get("allowed_account_ids");
        if allowed.is_written() && !allowed.texts().any(|id| id == account) {
            return Err(Problem::new(format!("AWS account ID not allowed: {account}")).at(&at("allowed_account_ids")));
        }
        let tags = config.get("default_tags").items().iter().filter_map(|block| block.get("tags").fields());
        let default_tags = tags.flat_map(BTreeMap::clone).collect();
        Ok(Self { region: region.to_owned(), default_tags })
    }

    /// The part of AWS that the region is in, as ARNs begin with it.
    pub(crate) fn partition(&self) -> &'static str {
        match self.region.split('-').take(2).collect::<Vec<_>>()[..] {
            ["cn", ..] => "aws-cn",
            ["us", "gov"] => "aws-us-gov",
            _ => "aws",
        }
    }

    /// What the names of the region's hosts end with.
    pub(crate) fn dns_suffix(&self) -> &'static str {
        if self.partition() == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" }
    }

    /// Tags of a resource as AWS will have them: the default ones, and its own, which win. Unknown until all are known.
    pub(crate) fn all_tags(&self, own: &Value) -> Value {
        let mut tags = self.default_tags.clone();
        match own {
            Value::Unknown => return Value::Unknown,
            Value::Object(own) => tags.extend(own.clone()),
            _ => {}
        }
        // The provider drops a tag that is null, which is how one default tag is taken back.
        tags.retain(|_, value| !value.is_null());
        Value::Object(tags)
    }
}

/// Whether it has the form of a region: letters, words between dashes, a digit at the end.
fn is_region(text: &str) -> bool {
    let words: Vec<&str> = text.split('-').collect();
    let (last, names) = words.split_last().unwrap_or((&"", &[]));
    let is_name = |name: &&str| !name.is_empty() && name.chars().all(|letter| letter.is_ascii_lowercase());
    names.len() >= 2 && names.iter().all(is_name) && last.parse::<u8>().is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(config: &serde_json::Value) -> Result<Settings, Problem> {
        Settings::read(&Value::from(config), "111122223333")
    }

    #[test]
    fn own_tags_win_over_default_tags() {
        let config = json!({"region": "eu-central-1", "default_tags": [{"tags": {"app": "shop", "team": "a"}}]});
        let settings = read(&config).expect("a good block");
        let all = settings.all_tags(&Value::from(&json!({"team": "b", "Name": "web"})));
        assert_eq!(all.to_json(), json!({"app": "shop", "team": "b", "Name": "web"}));
        assert_eq!(settings.all_tags(&Value::Unknown), Value::Unknown);
    }

    #[test]
    fn partitions_follow_the_region() {
        let partition = |region: &str| read(&json!({ "region": region })).expect("a region").partition();
        assert_eq!(
            [partition("eu-west-1"), partition("cn-north-1"), partition("us-gov-west-1")],
            ["aws", "aws-cn", "aws-us-gov"]
        );
    }

    #[test]
    fn a_bad_region_or_another_account_is_refused() {
        for region in [json!(null), json!("europe"), json!("eu-central-1a")] {
            let problem = read(&json!({ "region": region })).expect_err("no region");
            assert!(problem.summary.starts_with("invalid AWS Region"), "{problem:?}");
        }
        let config = json!({"region": "eu-central-1", "allowed_account_ids": ["444455556666"]});
        let problem = read(&config).expect_err("another account");
        assert_eq!(problem.summary, "AWS account ID not allowed: 111122223333");
    }
}
