//! Values that AWS would have chosen: ids, ARNs, host names. The same input gives the same value.

mod attribute;
mod identity;

use crate::{account::Account, schema::Type, settings::Settings, value::Value};

/// Makes the values of one resource.
#[derive(Debug)]
pub(crate) struct Maker<'a> {
    kind: &'a str,
    account: &'a Account,
    settings: &'a Settings,
    /// Differs between resources that are planned differently.
    seed: u64,
}

impl<'a> Maker<'a> {
    /// For one planned resource; a higher `attempt` gives other values where AWS would choose freely.
    pub(crate) fn new(
        kind: &'a str,
        planned: &Value,
        account: &'a Account,
        settings: &'a Settings,
        attempt: u64,
    ) -> Self {
        let seed = hash(&format!("{kind} {} {attempt}", planned.to_json()));
        Self { kind, account, settings, seed }
    }

    /// The id, ARN, URL or key id of the resource, whose name is known by now.
    pub(crate) fn identity(&self, name: &str, resource: &Value) -> Value {
        match name {
            "id" => self.id(resource),
            "arn" => self.arn(resource).map_or(Value::Null, Value::from),
            "url" => Value::from(self.queue_url(resource)),
            _ => Value::from(self.uuid()),
        }
    }

    /// Any other attribute that is left open: `whole` has the identity already.
    pub(crate) fn attribute(&self, name: &str, value_type: &Type, is_read_only: bool, whole: &Value) -> Value {
        attribute::known(self, name, whole).unwrap_or_else(|| self.open(name, value_type, is_read_only))
    }

    /// A name that Terraform would make up: its own prefix or the one that is asked for, and something unique.
    pub(crate) fn automatic_name(&self, resource: &Value) -> Value {
        let prefixes = ["name_prefix", "identifier_prefix", "bucket_prefix"];
        let prefix = prefixes.iter().find_map(|name| resource.text_of(name)).unwrap_or("terraform-");
        let suffix = if resource.get("fifo_queue") == &Value::Bool(true) { ".fifo" } else { "" };
        Value::from(format!("{prefix}{:016x}{suffix}", self.seed))
    }

    /// Not modelled: arguments that were left open stay so, what only AWS sets names itself.
    fn open(&self, name: &str, value_type: &Type, is_read_only: bool) -> Value {
        match value_type {
            Type::List(_) | Type::Set(_) => Value::List(Vec::new()),
            Type::Map(_) => Value::Object(std::collections::BTreeMap::new()),
            Type::Text if is_read_only => Value::from(format!("{name}-{:08x}", self.seed >> 32)),
            Type::Number if is_read_only => Value::from(0),
            Type::Bool if is_read_only => Value::from(false),
            _ => Value::Null,
        }
    }

    /// Seventeen hexadecimal digits behind a prefix, as EC2 names things.
    fn ec2_id(&self, prefix: &str) -> String {
        format!("{prefix}-0{:016x}", hash(&format!("{prefix} {}", self.seed)))
    }

    fn uuid(&self) -> String {
        let (high, low) = (self.seed, hash(&self.seed.to_string()));
        let part = |value: u64, shift: u32, mask: u64| (value >> shift) & mask;
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            part(high, 32, 0xffff_ffff),
            part(high, 16, 0xffff),
            part(high, 0, 0xfff),
            part(low, 48, 0xfff),
            part(low, 0, 0xffff_ffff_ffff)
        )
    }

    /// Letters and digits behind a prefix, as IAM names things.
    fn iam_id(&self, prefix: &str) -> String {
        format!("{prefix}{:016X}", self.seed)
    }

    /// An ARN in the region and account.
    fn regional_arn(&self, service: &str, rest: &str) -> String {
        let (partition, region) = (self.settings.partition(), &self.settings.region);
        format!("arn:{partition}:{service}:{region}:{}:{rest}", self.account.number)
    }

    /// An ARN in the account.
    fn global_arn(&self, service: &str, rest: &str) -> String {
        format!("arn:{}:{service}::{}:{rest}", self.settings.partition(), self.account.number)
    }
}

/// FNV-1a, and a stir at the end so that similar texts get numbers that look different.
pub(crate) fn hash(text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let plain = text.bytes().fold(0xcbf2_9ce4_8422_2325, step);
    let stirred = (plain ^ (plain >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    stirred ^ (stirred >> 33)
}

/// The version of a launch template after this one; versions are small whole numbers.
#[allow(clippy::cast_possible_truncation, reason = "a launch template has at most ten thousand versions")]
pub(crate) fn next_version(version: f64) -> i64 {
    version as i64 + 1
}

/// The prefix lists of S3 and DynamoDB, which AWS keeps in every region.
pub(crate) fn prefix_lists(settings: &Settings) -> Vec<Value> {
    let list = |service: &str| {
        let name = format!("com.amazonaws.{}.{service}", settings.region);
        let id = format!("pl-{:08x}", hash(&name) >> 32);
        let (partition, region) = (settings.partition(), &settings.region);
        Value::from(&serde_json::json!({
            "id": id,
            "name": name,
            "arn": format!("arn:{partition}:ec2:{region}:aws:prefix-list/{id}"),
            "owner_id": "AWS",
            "address_family": "IPv4",
            "cidr_blocks": ["198.51.100.0/24"],
            "entries": [{"cidr": "198.51.100.0/24", "description": null}],
        }))
    };
    ["s3", "dynamodb"].map(list).into()
}

#[cfg(test)]
mod tests;
