//! Makes what was planned: fills in what AWS would choose and keeps it in the account.

use crate::{
    account::Account,
    problem::Problem,
    schema::{Block, Type},
    settings::Settings,
    synthetic::{self, Maker},
    value::Value,
};

/// More attempts than resources that could look alike.
const MOST_ALIKE: u64 = 10_000;

/// Applies one change: `prior` is null for a new resource, `planned` for one to destroy. Gives the new state.
pub(super) fn apply(
    type_name: &str,
    block: &Block,
    prior: &Value,
    planned: &Value,
    account: &mut Account,
    settings: &Settings,
) -> Result<Value, Problem> {
    if planned.is_null() {
        account.forget(type_name, prior.text_of("id").unwrap_or_default());
        return Ok(Value::Null);
    }
    let made = if prior.is_null() {
        create(type_name, block, planned, account, settings)?
    } else {
        let maker = Maker::new(type_name, planned, account, settings, 0);
        update(block, prior, planned.clone(), &maker)
    };
    let id = made.text_of("id").ok_or_else(|| format!("{type_name} got no id"))?;
    account.put(type_name, id, made.clone());
    Ok(made)
}

/// Two resources that look alike get different ids; where the id follows from the arguments, the second is refused.
fn create(
    type_name: &str,
    block: &Block,
    planned: &Value,
    account: &Account,
    settings: &Settings,
) -> Result<Value, Problem> {
    let mut taken = None;
    for attempt in 0..MOST_ALIKE {
        let maker = Maker::new(type_name, planned, account, settings, attempt);
        let made = filled(block, planned.clone(), &maker);
        let id = made.text_of("id").unwrap_or_default().to_owned();
        if account.get(type_name, &id).is_none() || maker.shares_ids() {
            return Ok(made);
        }
        if taken.as_ref() == Some(&id) {
            return Err(Problem::new(format!("creating {type_name} ({id}): already exists")));
        }
        taken = Some(id);
    }
    Err(Problem::new(format!("creating {type_name}: {MOST_ALIKE} of them look alike")))
}

fn update(block: &Block, prior: &Value, planned: Value, maker: &Maker<'_>) -> Value {
    let mut made = planned;
    let next = Value::from(prior.get("latest_version").number().map_or(1, synthetic::next_version));
    for name in ["latest_version", "default_version"] {
        if made.get(name) == &Value::Unknown {
            made.set(name, next.clone());
        }
    }
    filled(block, made, maker)
}

/// Identity first, since other values are made from it.
fn filled(block: &Block, mut made: Value, maker: &Maker<'_>) -> Value {
    for name in ["name", "identifier", "bucket"] {
        if made.get(name) == &Value::Unknown {
            made.set(name, maker.automatic_name(&made));
        }
    }
    for name in ["key_id", "url", "arn", "id"] {
        if made.get(name) == &Value::Unknown {
            let value = maker.identity(name, &made);
            made.set(name, value);
        }
    }
    let whole = made.clone();
    fill(block, &mut made, &|name, attribute_type, is_read_only| {
        maker.attribute(name, attribute_type, is_read_only, &whole)
    });
    made
}

/// Replaces every unknown attribute, at any depth, by what `choose` says of its name, its type, and whether only AWS may
/// set it.
fn fill(block: &Block, value: &mut Value, choose: &dyn Fn(&str, &Type, bool) -> Value) {
    let Value::Object(fields) = value else { return };
    for (name, value) in fields {
        if let Some(attribute) = block.attributes.get(name) {
            if value == &Value::Unknown {
                *value = choose(name, &attribute.value_type, attribute.is_read_only());
            }
        } else if let Some(nested) = block.block_types.get(name) {
            // Inside blocks names mean something else, and no reference leads there: what is unknown stays unset.
            let unset: &dyn Fn(&str, &Type, bool) -> Value = &|_, _, _| Value::Null;
            match value {
                Value::List(items) => items.iter_mut().for_each(|item| fill(&nested.block, item, unset)),
                single => fill(&nested.block, single, unset),
            }
        }
    }
}
