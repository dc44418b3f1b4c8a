//! What the Kubernetes API knows: every field of every kind that Skiff reads, with its type.
//!
//! The data is generated from the types of `k8s-openapi` (`data/kubernetes-fields.txt`, checked for drift by a test of
//! the workspace); what that crate has no types for stands beside it: the Gateway API and fields of old API versions
//! (`data/more-fields.txt`). One line is a type, a field and the field's type: `PodSpec containers [Container]`.

use std::{collections::HashMap, sync::LazyLock};

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A whole number or a text, such as a port or a share of replicas.
    IntegerOrText,
    /// An amount, `500m` or `1Gi`: a text or a number.
    Quantity,
    /// Anything.
    Any,
    /// A list of this.
    List(&'static Type),
    /// A mapping with keys of the user's choice.
    Map(&'static Type),
    /// An object with these fields.
    Object(&'static str),
}

/// The fields of one type, by name.
pub type Fields = HashMap<&'static str, Type>;

static TYPES: LazyLock<HashMap<&'static str, Fields>> = LazyLock::new(|| {
    let mut types: HashMap<&'static str, Fields> = HashMap::new();
    let lines = include_str!("../../../data/kubernetes-fields.txt").lines();
    let more = include_str!("../../../data/more-fields.txt").lines();
    for line in lines.chain(more).chain(include_str!("../../../data/compose-fields.txt").lines()) {
        let mut words = line.split_whitespace();
        if let (Some(name), Some(field), Some(word)) = (words.next(), words.next(), words.next())
            && !name.starts_with('#')
        {
            types.entry(name).or_default().insert(field, parse(word));
        }
    }
    types
});

/// The fields of a type; `None` for one that is not in the data.
#[must_use]
pub fn fields(name: &str) -> Option<&'static Fields> {
    TYPES.get(name)
}

/// Reads a type as the data writes it. What it holds lives as long as the program: the data is read once.
fn parse(word: &'static str) -> Type {
    let inner = |open, close| word.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    match word {
        "string" => Type::Text,
        "integer" => Type::Integer,
        "number" => Type::Number,
        "boolean" => Type::Boolean,
        "int-or-string" => Type::IntegerOrText,
        "quantity" => Type::Quantity,
        "any" => Type::Any,
        _ => match (inner('[', ']'), inner('{', '}')) {
            (Some(item), _) => Type::List(Box::leak(Box::new(parse(item)))),
            (_, Some(value)) => Type::Map(Box::leak(Box::new(parse(value)))),
            _ => Type::Object(word),
        },
    }
}
