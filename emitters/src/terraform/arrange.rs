//! The order of a body: arguments on one line, then those over several, then blocks (HashiCorp's style guide).

use super::model::{Body, Item, Kind, Path, Step, Value};

/// Notes stay first, then arguments as they come, then blocks as they come; tags are the last argument.
pub(super) fn arranged(body: Body) -> Body {
    let rank = |item: &Item| match &item.kind {
        Kind::Note => 0,
        Kind::Argument(name, _) if name == "for_each" => 0,
        Kind::Argument(name, _) if name == "tags" => 2,
        Kind::Argument(..) => 1,
        Kind::Block(_) => 3,
    };
    let mut items = body.items;
    items.sort_by_key(rank);
    Body { items }
}

/// Gives the columns that a body reads from its table their names in the table.
pub(super) fn rename_columns(body: &mut Body, name: &impl Fn(&str) -> String) {
    for item in &mut body.items {
        match &mut item.kind {
            Kind::Note => {}
            Kind::Argument(_, value) => rename_in(value, name),
            Kind::Block(block) => rename_columns(&mut block.body, name),
        }
    }
}

fn rename_in(value: &mut Value, name: &impl Fn(&str) -> String) {
    match value {
        Value::Path(Path { root, steps }) if root == "each" => {
            if let [Step::Name(first), Step::Name(column)] = steps.as_mut_slice()
                && first == "value"
            {
                *column = name(column);
            }
        }
        Value::List(items) | Value::Template(items) | Value::Heredoc(items) | Value::Call(_, items) => {
            items.iter_mut().for_each(|item| rename_in(item, name));
        }
        Value::Map(entries) => entries.iter_mut().for_each(|(_, value)| rename_in(value, name)),
        Value::Commented(_, inner) => rename_in(inner, name),
        _ => {}
    }
}
