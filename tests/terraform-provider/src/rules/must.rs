//! What a rule may ask of a value, and the words when it is not so.

use super::combination;
use crate::{
    problem::{Problem, Step},
    value::Value,
};

/// What must hold of an argument, or of the arguments of a block.
#[derive(Debug, Clone, Copy)]
pub enum Must {
    /// One of these words.
    BeOneOf(&'static [&'static str]),
    /// A text with at least and at most so many characters.
    HaveLength(usize, usize),
    /// A text with at most so many characters; the older words of load balancing.
    BeAtMostLong(usize),
    /// A number from one to another.
    BeBetween(i64, i64),
    /// Only characters that the function accepts, which the words say.
    Contain(fn(char) -> bool, &'static str),
    /// An ARN.
    BeAnArn,
    /// An id with one of these prefixes.
    BeAnId(&'static [&'static str]),
    /// A text that holds a JSON object.
    BeAJsonObject,
    /// An IPv4 network, its address without host bits.
    BeACidr,
    /// A text that begins with these characters.
    BeginWith(&'static str),
    /// At most one of these arguments of the block.
    NotCombine(&'static [&'static str]),
    /// Exactly one of these arguments of the block.
    HaveExactlyOneOf(&'static [&'static str]),
    /// At least one of these arguments of the block.
    HaveAtLeastOneOf(&'static [&'static str]),
    /// With the first argument, all the others too.
    HaveWith(&'static str, &'static [&'static str]),
    /// When the first argument is this word, the others are written.
    HaveWhen(&'static str, &'static str, &'static [&'static str]),
    /// What one type needs and no other: a function of the block.
    Satisfy(fn(&Value) -> Option<String>),
}

impl Must {
    /// What is wrong with a value at a path.
    #[must_use]
    pub fn judge(&self, path: &[Step], value: &Value) -> Vec<Problem> {
        if let Some(problems) = combination::judge(*self, path, value) {
            return problems;
        }
        let elements = if value.items().is_empty() { std::slice::from_ref(value) } else { value.items() };
        let wrong = elements.iter().filter_map(|element| self.objection(&dotted(path), element));
        wrong.map(|summary| Problem::new(summary).at(path)).collect()
    }

    /// The words against one value; `None` when it is right, not written or not known.
    fn objection(&self, name: &str, value: &Value) -> Option<String> {
        if let Self::BeBetween(least, most) = self {
            let number = value.number()?;
            let within = (*least as f64..=*most as f64).contains(&number);
            return (!within).then(|| format!("expected {name} to be in the range ({least} - {most}), got {number}"));
        }
        let text = value.text()?;
        let length = text.chars().count();
        match self {
            Self::BeOneOf(words) if !words.contains(&text) => {
                let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
                Some(format!("expected {name} to be one of [{}], got {text}", words.join(" ")))
            }
            Self::HaveLength(least, most) if !(*least..=*most).contains(&length) => {
                Some(format!("expected length of {name} to be in the range ({least} - {most}), got {text}"))
            }
            Self::BeAtMostLong(most) if length > *most => {
                Some(format!("{name:?} cannot be longer than {most} characters: {text:?}"))
            }
            Self::Contain(accepts, words) if !text.chars().all(accepts) => {
                Some(format!("invalid value for {name} ({words}): {text}"))
            }
            Self::BeAnArn => arn_objection(text).map(|why| format!("{name:?} ({text}) is an invalid ARN: {why}")),
            Self::BeAnId(prefixes) if !prefixes.iter().any(|prefix| is_id(text, prefix)) => {
                Some(format!("invalid value for {name} (must be an id like {}…): {text}", prefixes.join("… or ")))
            }
            Self::BeAJsonObject => {
                json_objection(text).map(|why| format!("{name:?} contains an invalid JSON policy: {why}"))
            }
            Self::BeACidr => cidr_objection(text).map(|why| format!("{text:?} is not a valid CIDR block: {why}")),
            Self::BeginWith(start) if !text.starts_with(start) => {
                Some(format!("invalid value for {name} (must begin with {start:?}): {text}"))
            }
            _ => None,
        }
    }
}

/// A path as the SDK writes it: `health_check.0.protocol`.
fn dotted(path: &[Step]) -> String {
    let parts: Vec<String> = path
        .iter()
        .map(|step| match step {
            Step::Name(name) => name.clone(),
            Step::Index(index) => index.to_string(),
        })
        .collect();
    parts.join(".")
}

/// `arn:partition:service:region:account:resource`; region and account may be empty.
fn arn_objection(text: &str) -> Option<&'static str> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let digits = |account: &&str| account.chars().all(|digit| digit.is_ascii_digit()) && account.len() == 12;
    match parts[..] {
        // Where something else than an ARN may stand the provider takes an empty text as not set.
        [""] => None,
        ["arn", partition, service, _, account, resource] => {
            let is_account = account.is_empty() || account == "aws" || digits(&account);
            match (partition.starts_with("aws"), service.is_empty(), is_account, resource.is_empty()) {
                (false, ..) => Some("invalid partition value"),
                (_, true, ..) => Some("missing service"),
                (_, _, false, _) => Some("invalid account ID value"),
                (.., true) => Some("missing resource value"),
                _ => None,
            }
        }
        ["arn", ..] => Some("arn: not enough sections"),
        _ => Some("arn: invalid prefix"),
    }
}

/// A prefix, a dash, and eight or seventeen hexadecimal digits; shorter ones too, as people write them in tests.
fn is_id(text: &str, prefix: &str) -> bool {
    let rest = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-'));
    rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(|letter| letter.is_ascii_alphanumeric()))
}

fn json_objection(text: &str) -> Option<String> {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(serde_json::Value::Object(_)) => None,
        Ok(_) => Some("it is not an object".to_owned()),
        Err(error) => Some(error.to_string()),
    }
}

fn cidr_objection(text: &str) -> Option<&'static str> {
    let Some((address, bits)) = text.split_once('/') else { return Some("no length of a prefix") };
    let Ok(address) = address.parse::<std::net::Ipv4Addr>() else { return Some("no IPv4 address") };
    match bits.parse::<u32>() {
        Ok(bits @ 0..=32) => {
            let host = u32::MAX.checked_shr(bits).unwrap_or(0);
            (u32::from(address) & host != 0).then_some("the address has host bits")
        }
        _ => Some("the length of the prefix is not 0 to 32"),
    }
}
