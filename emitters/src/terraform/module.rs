//! One root module: its pieces in files, and the files that hold no resources.

use std::collections::BTreeMap;

use skiff_compiler::ir::{Context, Ir, Owner, Resource};
use skiff_wire::Input;

use super::{
    TerraformError,
    address::{Address, ident},
    group::{self, Group},
    lower::lower,
    model::{Block, Body, Item, Kind, Path, Value, wrapped},
    piece::{File, Piece},
    scope::{Index, Scope},
};

/// A root module, all decided, nothing printed.
pub(super) struct Module<'ir> {
    /// Its folder in the tree.
    pub(super) folder: String,
    /// Whose it is.
    pub(super) owner: &'ir Owner,
    /// Its blocks, in the order of the IR.
    pub(super) groups: Vec<Group>,
    /// Its variables, by name, and the inputs that they are.
    pub(super) inputs: Vec<(String, &'ir Input)>,
    /// The name of the input behind each variable.
    pub(super) variables: BTreeMap<String, String>,
    /// The ledger's bucket, when something in it is named.
    pub(super) ledger: Option<&'ir str>,
    /// Facts about the whole.
    pub(super) context: &'ir Context,
    /// The tags that every resource gets.
    pub(super) tags: BTreeMap<String, String>,
}

/// The folder of an owner's root module.
pub(super) fn folder(owner: &Owner) -> String {
    match owner {
        Owner::Environment => "environment".to_owned(),
        Owner::Service(name) => format!("services/{name}"),
    }
}

impl<'ir> Module<'ir> {
    /// Lowers the resources of one owner.
    ///
    /// # Errors
    /// What could not be said in Terraform.
    pub(super) fn lower(
        ir: &'ir Ir,
        index: &Index<'ir>,
        owner: &'ir Owner,
        resources: &[&Resource],
    ) -> Result<Self, TerraformError> {
        let mut scope = Scope::new(index, owner);
        let pieces: Vec<Piece> = resources.iter().flat_map(|resource| lower(resource, &mut scope)).collect();
        if let Some(failed) = scope.failed.take() {
            return Err(failed);
        }
        let mut all = lookups(&scope);
        all.extend(pieces);
        let groups = group::groups(all)?;
        if let Owner::Service(_) = owner {
            same_slots(&groups)?;
        }
        let used = scope.inputs.iter().map(|input| (index.variable(input), input.clone()));
        let variables: BTreeMap<String, String> = used.collect();
        let input = |(variable, input): (&String, &String)| Some((variable.clone(), ir.inputs.get(input)?));
        let inputs = variables.iter().filter_map(input).collect();
        Ok(Self {
            folder: folder(owner),
            owner,
            groups,
            inputs,
            variables,
            ledger: scope.reads_ledger.then_some(index.ledger()).flatten(),
            context: &ir.context,
            tags: tags(resources, owner),
        })
    }

    /// The blocks of a file; what asks for a block is said where it is not what asked for the block before.
    pub(super) fn blocks_of(&self, file: File) -> Vec<Item> {
        let (mut asked, mut reasons) = (None, Vec::new());
        let mine = self.groups.iter().filter(|group| group.piece.file == file);
        let block = |group: &Group| {
            let mut item = self.block(group);
            let piece = &group.piece;
            // A reason that holds for all blocks of a kind is said once.
            if reasons.contains(&(piece.address.kind, piece.comment.clone())) {
                item.comment.clear();
            } else {
                reasons.push((piece.address.kind, piece.comment.clone()));
            }
            if piece.source.is_some() && piece.source != asked {
                let source = format!("From `{}`.", piece.source.as_deref().unwrap_or_default());
                item.comment = wrapped(&[item.comment.join(" "), source].join(" "));
            }
            if !piece.data {
                asked.clone_from(&piece.source);
            }
            item
        };
        mine.map(block).collect()
    }

    /// The name of the owner as an identifier.
    pub(super) fn name(&self) -> String {
        match self.owner {
            Owner::Environment => "main".to_owned(),
            Owner::Service(name) => ident(name),
        }
    }

    fn for_each(&self, group: &Group) -> Option<Value> {
        let keys = group.keys();
        match (self.owner, keys.is_empty(), group.table.is_empty()) {
            (_, true, _) => None,
            (Owner::Service(_), ..) => Some(Value::path(&["local", "slots"])),
            (Owner::Environment, _, false) => Some(Value::path(&["local", &table_name(&group.piece.address)])),
            (Owner::Environment, _, true) => Some(self.beside(group, &keys)),
        }
    }

    /// The keys of the block that the members go with, such as the subnets of a route table; or the keys themselves.
    fn beside(&self, group: &Group, keys: &[&str]) -> Value {
        let leads = |other: &&Group| {
            !other.table.is_empty() && other.piece.address.name == group.piece.address.name && other.keys() == keys
        };
        match self.groups.iter().find(leads) {
            Some(leader) => Value::path(&["local", &table_name(&leader.piece.address)]),
            None if matches!(group.piece.address.kind, "aws_eip" | "aws_nat_gateway") => {
                Value::path(&["local", NAT_ZONES])
            }
            None => Value::Call("toset", vec![Value::texts(keys)]),
        }
    }

    /// A block with its meta-arguments in the order of HashiCorp's style guide.
    fn block(&self, group: &Group) -> Item {
        let piece = &group.piece;
        let mut body = Body::new();
        for (check, reason) in &piece.skips {
            let line = format!("checkov:skip={check}:{reason}");
            body.items.push(Item { comment: vec![line], kind: Kind::Note });
        }
        if let Some(keys) = self.for_each(group) {
            body = body.set("for_each", keys);
            body.items.push(Item { comment: Vec::new(), kind: Kind::Note });
        }
        let body = Body { items: body.items.into_iter().chain(self.renamed(group).items).collect() };
        let mut body = super::arrange::arranged(body);
        if let Some(lifecycle) = lifecycle(piece) {
            body = body.block("lifecycle", lifecycle);
        }
        if !piece.depends_on.is_empty() {
            let paths = piece.depends_on.iter().cloned().map(Value::Path).collect();
            body.items.push(Item { comment: Vec::new(), kind: Kind::Note });
            body = body.set("depends_on", Value::List(paths));
        }
        let keyword = if piece.data { "data" } else { "resource" };
        let block = Block::new(keyword, &[piece.address.kind, &piece.address.name], body);
        Item { comment: piece.comment.clone(), kind: Kind::Block(block) }
    }

    /// A service's slots share one table, in which a column carries the type that it belongs to.
    fn renamed(&self, group: &Group) -> Body {
        let mut body = group.piece.body.clone();
        if *self.owner != Owner::Environment && !group.table.is_empty() {
            super::arrange::rename_columns(&mut body, &|column| {
                column_name(&group.piece.address, &self.name(), column)
            });
        }
        body
    }

    /// The renamings of blocks.
    pub(super) fn moved(&self) -> Vec<Item> {
        let block = |address: &Address| Path::of(&[address.kind, &address.name]);
        let mut moves = Vec::new();
        for group in &self.groups {
            let Some(was) = group.piece.was.as_ref() else { continue };
            let (from, to) = (block(was), block(&group.piece.address));
            if from != to {
                moves.push(item(Block::new("moved", &[], Body::new().set("from", from).set("to", to))));
            }
        }
        if let Some(first) = moves.first_mut() {
            first.comment = wrapped("Renamed in the spec by `was:`, which stays there: physical names are made of it.");
        }
        moves
    }
}

/// The local that holds the zones with a NAT gateway.
pub(super) const NAT_ZONES: &str = "nat_zones";

/// Blocks of a service go over all its slots, so a resource of one slot alone cannot be one of them.
fn same_slots(groups: &[Group]) -> Result<(), TerraformError> {
    let mut keyed = groups.iter().filter(|group| !group.keys().is_empty());
    let Some(first) = keyed.next() else { return Ok(()) };
    match keyed.find(|group| group.keys() != first.keys()) {
        None => Ok(()),
        Some(other) => Err(TerraformError {
            resource: other.piece.from.to_string(),
            cause: format!("it is in slots {:?}, others of its service in {:?}", other.keys(), first.keys()),
        }),
    }
}

/// An item without a comment.
pub(super) fn item(block: Block) -> Item {
    Item { comment: Vec::new(), kind: Kind::Block(block) }
}

/// What is found of other root modules, first in each file.
fn lookups(scope: &Scope<'_>) -> Vec<Piece> {
    let piece = |((kind, name), lookup): (&(&'static str, String), &super::lookup::Lookup)| Piece {
        data: true,
        address: Address { kind, name: name.clone(), key: None },
        file: lookup.file,
        from: lookup.target.as_str().into(),
        comment: wrapped(&format!("Made by {}: `{}`.", folder(&lookup.made_by), lookup.stands_for)),
        skips: Vec::new(),
        body: lookup.body.clone(),
        ignored: Vec::new(),
        source: None,
        made_before_gone: None,
        kept: None,
        depends_on: Vec::new(),
        was: None,
    };
    scope.lookups.iter().map(piece).collect()
}

/// Tags that all resources of the root module have.
fn tags(resources: &[&Resource], owner: &Owner) -> BTreeMap<String, String> {
    let tagged = resources.iter().find(|resource| !resource.tags.common.is_empty());
    let mut tags = tagged.map(|resource| (*resource.tags.common).clone()).unwrap_or_default();
    if let Owner::Service(name) = owner {
        tags.insert("skiff:service".to_owned(), name.to_string());
    }
    tags
}

fn lifecycle(piece: &Piece) -> Option<Body> {
    let mut body = Body::new();
    if let Some(why) = piece.made_before_gone {
        body = body.set("create_before_destroy", true).because(why);
    }
    if let Some(why) = piece.kept {
        body = body.set("prevent_destroy", true).because(why);
    }
    if !piece.ignored.is_empty() {
        let mut said = None;
        let entry = |(argument, why): &(&'static str, &'static str)| {
            let value = Value::Code((*argument).to_owned());
            if said == Some(*why) {
                return value;
            }
            said = Some(*why);
            Value::Commented((*why).to_owned(), Box::new(value))
        };
        body = body.set("ignore_changes", Value::List(piece.ignored.iter().map(entry).collect()));
    }
    (!body.items.is_empty()).then_some(body)
}

/// The local that holds what differs between a block's members: `private_subnets`.
pub(super) fn table_name(address: &Address) -> String {
    let noun = address.kind.strip_prefix("aws_").unwrap_or(address.kind);
    if address.name == "main" { format!("{noun}s") } else { format!("{}_{noun}s", address.name) }
}

/// A column of the slots' table: `target_group_name`, or `queue_age_out_alarm_name` for one of several of a type.
pub(super) fn column_name(address: &Address, owner: &str, column: &str) -> String {
    if address.name != owner {
        return format!("{}_{column}", address.name);
    }
    let noun = address.kind.strip_prefix("aws_").unwrap_or(address.kind);
    let noun = noun.strip_prefix("lb_").unwrap_or(noun);
    format!("{noun}_{column}")
}
