//! The files of a root module that hold no resource: settings, provider, variables, locals.

use skiff_compiler::ir::Owner;
use skiff_wire::{Input, InputKind};

use super::{
    group::Group,
    model::{Block, Body, Item, Kind, Value},
    module::{Module, NAT_ZONES, column_name, item, table_name},
    scope::LEDGER_ARN,
};

impl Module<'_> {
    /// Terraform's version, where state is kept, and the provider's version.
    pub(super) fn settings(&self) -> Item {
        let context = self.context;
        let key = format!("skiff/{}/{}/{}.tfstate", context.app, context.environment, self.folder);
        let backend =
            Body::new().set("key", key).set("region", &context.region).set("encrypt", true).set("use_lockfile", true);
        let provider =
            Value::Map(vec![("source".into(), "hashicorp/aws".into()), ("version".into(), "~> 6.66".into())]);
        let mut body = Body::new().set("required_version", ">= 1.11.0");
        body.push(Kind::Block(Block::new("backend", &["s3"], backend)));
        let body = body
            .because(
                "The bucket comes with `terraform init -backend-config=bucket=NAME`. Not the ledger's: nothing there can be deleted, and a lock file must be.",
            )
            .block("required_providers", Body::new().set("aws", provider));
        item(Block::new("terraform", &[], body))
    }

    /// The account and region, and the tags of everything.
    pub(super) fn provider(&self) -> Item {
        let tags = Body::new().set("tags", Value::path(&["local", "tags"]));
        let body = Body::new()
            .set("region", Value::path(&["local", "region"]))
            .set("allowed_account_ids", Value::List(vec![Value::path(&["local", "account_id"])]))
            .because("Credentials of another account stop here.")
            .block("default_tags", tags);
        item(Block::new("provider", &["aws"], body))
    }

    /// A variable for each input.
    pub(super) fn variables(&self) -> Vec<Item> {
        self.inputs.iter().map(|(name, input)| item(variable(name, input))).collect()
    }

    /// What several blocks say, once.
    pub(super) fn locals(&self) -> Item {
        let context = self.context;
        let mut body = Body::new()
            .set("account_id", &context.account)
            .set("region", &context.region)
            .set("partition", &context.partition);
        if let Some(bucket) = self.ledger {
            let arn = vec!["arn:".into(), Value::path(&["local", "partition"]), format!(":s3:::{bucket}").into()];
            body = body.set(LEDGER_ARN, Value::Template(arn));
        }
        for (name, comment, value) in self.tables() {
            body = body.set(&name, value).because(&comment);
        }
        let tags = self.tags.iter().map(|(key, value)| (key.clone(), Value::text(value))).collect();
        item(Block::new("locals", &[], body.set("tags", Value::Map(tags))))
    }

    /// The keys of blocks with several members, and what differs between them.
    fn tables(&self) -> Vec<(String, String, Value)> {
        let mut tables = Vec::new();
        if let Some(slots) = self.slots() {
            let comment = "The slots of the service: one serves, the other takes the next release.";
            let comment = if self.slot_keys().len() > 1 { comment } else { "The service has one slot." };
            tables.push(("slots".to_owned(), comment.to_owned(), slots));
        }
        if let Some(addresses) = self.groups.iter().find(|group| group.piece.address.kind == "aws_eip") {
            let keys = addresses.keys();
            let comment = if keys.len() > 1 {
                "A NAT gateway in each zone: no zone needs another one for its way out."
            } else {
                "One NAT gateway: when its zone fails, the others have no way out. `nat-per-zone` has one in each."
            };
            let keys = Value::Call("toset", vec![Value::texts(keys)]);
            tables.push((NAT_ZONES.to_owned(), comment.to_owned(), keys));
        }
        let zoned = self.groups.iter().filter(|group| *self.owner == Owner::Environment && !group.table.is_empty());
        for group in zoned {
            let keys = group.keys();
            let row = |index: usize| {
                Value::Map(group.table.iter().map(|(name, values)| (name.clone(), values[index].clone())).collect())
            };
            let rows = keys.iter().enumerate().map(|(index, key)| ((*key).to_owned(), row(index))).collect();
            tables.push((table_name(&group.piece.address), String::new(), Value::Map(rows)));
        }
        tables
    }

    /// The slots of a service.
    pub(super) fn slot_keys(&self) -> Vec<&str> {
        let mut keys: Vec<&str> = self.groups.iter().flat_map(Group::keys).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    fn slots(&self) -> Option<Value> {
        if *self.owner == Owner::Environment {
            return None;
        }
        let keys = self.slot_keys();
        let mut rows: Vec<(String, Vec<(String, Value)>)> =
            keys.iter().map(|key| ((*key).to_owned(), Vec::new())).collect();
        for group in &self.groups {
            for (column, values) in &group.table {
                let name = column_name(&group.piece.address, &self.name(), column);
                for (key, value) in group.keys().iter().zip(values) {
                    if let Some((_, row)) = rows.iter_mut().find(|(row, _)| row == key) {
                        row.push((name.clone(), value.clone()));
                    }
                }
            }
        }
        let plain = rows.iter().all(|(_, row)| row.is_empty());
        let set = || Value::Call("toset", vec![Value::texts(&keys)]);
        let map = || Value::Map(rows.iter().map(|(key, row)| (key.clone(), Value::Map(row.clone()))).collect());
        (!keys.is_empty()).then(|| if plain { set() } else { map() })
    }
}

fn variable(name: &str, input: &Input) -> Block {
    let (kind, condition, message) = rule(name, input.kind);
    let locked = if input.locked_by.is_empty() {
        String::new()
    } else {
        format!(" Locked by `{}`; then it is no variable any more.", input.locked_by.join(" "))
    };
    let validation = Body::new().set("condition", Value::Code(condition)).set("error_message", message);
    let body = Body::new()
        .set("type", Value::Code(kind.to_owned()))
        .set("description", format!("{}.{locked}", input.description.trim_end_matches('.')))
        .block("validation", validation);
    Block::new("variable", &[name], body)
}

/// The type of a variable, and what a good value looks like.
fn rule(name: &str, kind: InputKind) -> (&'static str, String, String) {
    let matches = |pattern: &str, example: &str| {
        ("string", format!("can(regex(\"{pattern}\", var.{name}))"), format!("It must look like {example}."))
    };
    match kind {
        InputKind::Ami => matches("^ami-[0-9a-f]{8,17}$", "ami-0123456789abcdef0"),
        InputKind::Vpc => matches("^vpc-[0-9a-f]{8,17}$", "vpc-0123456789abcdef0"),
        InputKind::PrefixList => matches("^pl-[0-9a-f]{8,17}$", "pl-0123456789abcdef0"),
        InputKind::HostedZone => matches("^Z[0-9A-Z]{1,31}$", "Z0123456789ABCDEFGHIJ"),
        InputKind::Digest | InputKind::RunnerDigest | InputKind::TrustRootDigest => {
            matches("^sha256:[0-9a-f]{64}$", "sha256: and 64 hexadecimal digits")
        }
        InputKind::SubnetList => (
            "list(string)",
            format!(
                "length(var.{name}) > 0 && alltrue([for id in var.{name} : can(regex(\"^subnet-[0-9a-f]{{8,17}}$\", id))])"
            ),
            "It must be one or more ids that look like subnet-0123456789abcdef0.".to_owned(),
        ),
        InputKind::RulePriority => (
            "number",
            format!("var.{name} >= 1 && var.{name} <= 50000 && floor(var.{name}) == var.{name}"),
            "It must be a whole number from 1 to 50000.".to_owned(),
        ),
    }
}
