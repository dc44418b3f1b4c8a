//! Several resources of one shape as one block with `for_each`: the slots of a service, the zones of a network.
//!
//! Where the members differ, the block says `each.key` when that is all the difference, and `each.value.<argument>` with
//! the values in a local otherwise. Members of another shape are a defect of the compiler, and said so.

use std::collections::HashMap;

use super::{
    TerraformError,
    model::{Block, Body, Item, Kind, Path, Step, Value},
    piece::Piece,
};

/// One block of the output.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group {
    /// The piece that stands for all.
    pub(super) piece: Piece,
    /// The pieces it was made of.
    pub(super) members: Vec<Piece>,
    /// Where the members differ: argument → value, for each key in order.
    pub(super) table: Vec<(String, Vec<Value>)>,
}

impl Group {
    /// The keys, empty for a block that stands for one resource.
    pub(super) fn keys(&self) -> Vec<&str> {
        self.members.iter().filter_map(|piece| piece.address.key.as_deref()).collect()
    }
}

/// Groups pieces by their block, in the order of each block's first piece.
///
/// # Errors
/// The resource, and what is wrong: two resources of one address, or members of different shapes.
pub(super) fn groups(pieces: Vec<Piece>) -> Result<Vec<Group>, TerraformError> {
    let mut blocks: Vec<(Piece, Vec<Piece>)> = Vec::new();
    let mut places = HashMap::new();
    for piece in pieces {
        let block = (piece.data, piece.address.kind, piece.address.name.clone());
        let place = *places.entry(block).or_insert(blocks.len());
        match blocks.get_mut(place) {
            None => blocks.push((piece, Vec::new())),
            Some((first, others)) => {
                let taken = std::iter::once(&*first).chain(&*others).any(|member| member.address == piece.address);
                if taken || piece.address.key.is_none() || first.address.key.is_none() {
                    let cause = format!("`{}` is the address of another resource as well", piece.address.text());
                    return Err(defect(&piece, &cause));
                }
                others.push(piece);
            }
        }
    }
    blocks.into_iter().map(|(first, others)| group(first, others)).collect()
}

fn group(mut first: Piece, others: Vec<Piece>) -> Result<Group, TerraformError> {
    let mut bodies = vec![std::mem::take(&mut first.body)];
    let mut members = vec![first.clone()];
    for mut other in others {
        bodies.push(std::mem::take(&mut other.body));
        members.push(other);
    }
    if first.address.key.is_none() {
        let body = bodies.swap_remove(0);
        return Ok(Group { piece: Piece { body, ..first }, members, table: Vec::new() });
    }
    let mut whole: Vec<(Piece, Body)> = members.into_iter().zip(bodies).collect();
    whole.sort_by(|(one, _), (other, _)| one.address.key.cmp(&other.address.key));
    let keys: Vec<String> = whole.iter().filter_map(|(piece, _)| piece.address.key.clone()).collect();
    let mut merge = Merge { keys: &keys, table: Vec::new() };
    let bodies: Vec<&Body> = whole.iter().map(|(_, body)| body).collect();
    let Some(body) = merge.body(&bodies) else {
        return Err(defect(&first, "the members of its block have different shapes"));
    };
    let table = merge.table;
    let members: Vec<Piece> = whole.into_iter().map(|(piece, _)| piece).collect();
    let mut depends_on: Vec<Path> = Vec::new();
    for path in members.iter().flat_map(|piece| &piece.depends_on).map(block_of) {
        if !depends_on.contains(&path) {
            depends_on.push(path);
        }
    }
    Ok(Group { piece: Piece { body, depends_on, ..first }, members, table })
}

fn defect(piece: &Piece, cause: &str) -> TerraformError {
    TerraformError { resource: piece.from.to_string(), cause: cause.to_owned() }
}

/// The block of an address, without a key.
fn block_of(path: &Path) -> Path {
    let steps = path.steps.iter().filter(|step| !matches!(step, Step::Key(_))).cloned().collect();
    Path { root: path.root.clone(), steps }
}

/// Makes one body of several.
struct Merge<'keys> {
    keys: &'keys [String],
    table: Vec<(String, Vec<Value>)>,
}

impl Merge<'_> {
    fn body(&mut self, bodies: &[&Body]) -> Option<Body> {
        let length = bodies.first()?.items.len();
        if bodies.iter().any(|body| body.items.len() != length) {
            return None;
        }
        let items = (0..length).map(|index| {
            let items: Vec<&Item> = bodies.iter().map(|body| &body.items[index]).collect();
            self.item(&items)
        });
        Some(Body { items: items.collect::<Option<_>>()? })
    }

    fn item(&mut self, items: &[&Item]) -> Option<Item> {
        let first = items.first()?;
        let kind = match &first.kind {
            Kind::Note => Kind::Note,
            Kind::Argument(name, _) => {
                let values = items.iter().map(|item| argument(item, name)).collect::<Option<Vec<_>>>()?;
                Kind::Argument(name.clone(), self.value(name, &values)?)
            }
            Kind::Block(block) => {
                let bodies = items.iter().map(|item| nested(item, &block.keyword)).collect::<Option<Vec<_>>>()?;
                Kind::Block(Block::new(&block.keyword, &[], self.body(&bodies)?))
            }
        };
        Some(Item { comment: first.comment.clone(), kind })
    }

    /// One value for all members; `None` when their shapes differ.
    fn value(&mut self, name: &str, values: &[&Value]) -> Option<Value> {
        let first = *values.first()?;
        let same = values.iter().all(|value| *value == first);
        if same && values.len() > 1 {
            return Some(first.clone());
        }
        if let Some(value) = self.by_key(values) {
            return Some(value);
        }
        match first {
            Value::List(_) | Value::Template(_) | Value::Heredoc(_) | Value::Call(..) | Value::Map(_) => {
                self.parts(name, values)
            }
            _ if same => Some(first.clone()),
            _ => Some(self.column(name, values)),
        }
    }

    /// The value in which each member's key stands as `each.key`, when that makes all the same.
    fn by_key(&self, values: &[&Value]) -> Option<Value> {
        let mut keyed = values.iter().zip(self.keys).map(|(value, key)| keyed(value, key));
        let first = keyed.next()??;
        keyed.all(|other| other.as_ref() == Some(&first)).then_some(first)
    }

    fn parts(&mut self, name: &str, values: &[&Value]) -> Option<Value> {
        let first = *values.first()?;
        let parts: Vec<Vec<&Value>> = values.iter().map(|value| children(value)).collect();
        let count = parts.first()?.len();
        let alike = values.iter().all(|value| std::mem::discriminant(*value) == std::mem::discriminant(first));
        if !alike || parts.iter().any(|parts| parts.len() != count) {
            return None;
        }
        let merged = (0..count).map(|index| {
            let values: Vec<&Value> = parts.iter().map(|parts| parts[index]).collect();
            self.value(name, &values)
        });
        let merged = merged.collect::<Option<Vec<_>>>()?;
        Some(match first {
            Value::List(_) => Value::List(merged),
            Value::Heredoc(_) => Value::Heredoc(merged.into_iter().flat_map(Value::into_parts).collect()),
            Value::Call(function, _) => Value::Call(function, merged),
            Value::Map(entries) => Value::Map(entries.iter().map(|(key, _)| key.clone()).zip(merged).collect()),
            _ => Value::Template(merged.into_iter().flat_map(Value::into_parts).collect()),
        })
    }

    fn column(&mut self, name: &str, values: &[&Value]) -> Value {
        let known = |(column, column_values): &(String, Vec<Value>)| {
            column == name && column_values.iter().eq(values.iter().copied())
        };
        if !self.table.iter().any(known) {
            self.table.push((name.to_owned(), values.iter().map(|value| (*value).clone()).collect()));
        }
        Path::of(&["each", "value", name]).into()
    }
}

/// The value of an argument of this name.
fn argument<'item>(item: &'item Item, name: &str) -> Option<&'item Value> {
    match &item.kind {
        Kind::Argument(other, value) if other == name => Some(value),
        _ => None,
    }
}

/// The body of a nested block of this sort; nested blocks have no labels.
fn nested<'item>(item: &'item Item, keyword: &str) -> Option<&'item Body> {
    match &item.kind {
        Kind::Block(block) if block.keyword == keyword => Some(&block.body),
        _ => None,
    }
}

fn children(value: &Value) -> Vec<&Value> {
    match value {
        Value::List(items) | Value::Template(items) | Value::Heredoc(items) | Value::Call(_, items) => {
            items.iter().collect()
        }
        Value::Map(entries) => entries.iter().map(|(_, value)| value).collect(),
        _ => Vec::new(),
    }
}

/// The value with `each.key` in the place of the key; `None` when the key is not in it.
fn keyed(value: &Value, key: &str) -> Option<Value> {
    match value {
        Value::Text(text) => {
            let place = last_word(text, key)?;
            let (before, after) = (&text[..place], &text[place + key.len()..]);
            let each = Path::of(&["each", "key"]);
            let parts = [Value::text(before), each.into(), Value::text(after)];
            let filled = |part: &Value| !matches!(part, Value::Text(text) if text.is_empty());
            Some(Value::Template(parts.into_iter().filter(filled).collect()))
        }
        Value::Path(path) => {
            let each = |step: &Step| match step {
                Step::Key(found) if found == key => Step::EachKey,
                other => other.clone(),
            };
            let steps: Vec<Step> = path.steps.iter().map(each).collect();
            (steps != path.steps).then(|| Path { root: path.root.clone(), steps }.into())
        }
        _ => None,
    }
}

/// Where the key stands last as a word of its own.
fn last_word(text: &str, key: &str) -> Option<usize> {
    let alone = |place: usize| {
        let before = text[..place].chars().next_back().is_none_or(|c| !c.is_ascii_alphanumeric());
        let after = text[place + key.len()..].chars().next().is_none_or(|c| !c.is_ascii_alphanumeric());
        before && after
    };
    text.rmatch_indices(key).map(|(place, _)| place).find(|place| alone(*place))
}
