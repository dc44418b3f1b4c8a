//! The table, by family.
//!
//! Source: the validation of the AWS provider 6 as its documentation and error messages show it, and the enums and
//! lengths of the CloudFormation schemas in `compiler/data`. It has what Skiff's Terraform uses, not everything.

mod balancing;
mod compute;
mod identity;
mod network;
mod observability;
mod storage;

use super::{Kind, Rule};

/// The rules of resources, by family.
const RESOURCES: &[&[Rule]] =
    &[balancing::RULES, compute::RULES, identity::RULES, network::RULES, observability::RULES, storage::RULES];

/// The rules of data sources.
const DATA_SOURCES: &[Rule] = identity::DATA_SOURCES;

/// Every rule, by family.
pub fn all() -> impl Iterator<Item = &'static [Rule]> {
    RESOURCES.iter().copied().chain([DATA_SOURCES])
}

/// The rules for one type.
pub fn of(kind: Kind, type_name: &str) -> impl Iterator<Item = &'static Rule> {
    let rules: &[&[Rule]] = match kind {
        Kind::Resource => RESOURCES,
        Kind::DataSource => &[DATA_SOURCES],
    };
    let of_type = rules.iter().flat_map(|family| family.iter());
    of_type.filter(|rule| rule.types.contains(&type_name)).collect::<Vec<_>>().into_iter()
}

/// Letters, digits and `-`.
const fn is_word_or_dash(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-'
}

/// What IAM takes in names.
const fn is_iam_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '+' | '=' | ',' | '.' | '@' | '_' | '-')
}

/// What EC2 takes in descriptions of security groups and their rules.
const fn is_group_description(letter: char) -> bool {
    letter.is_ascii_alphanumeric()
        || matches!(
            letter,
            ' ' | '.'
                | '_'
                | '-'
                | ':'
                | '/'
                | '('
                | ')'
                | '#'
                | ','
                | '@'
                | '['
                | ']'
                | '+'
                | '='
                | '&'
                | ';'
                | '{'
                | '}'
                | '!'
                | '$'
                | '*'
        )
}
