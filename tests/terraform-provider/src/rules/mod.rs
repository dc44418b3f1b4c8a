//! What the AWS provider refuses although the schema allows it.
//!
//! [`check`] walks one configured block and applies every row of the table for its type ([`table`]). A row names an
//! argument by its path and says what it must be ([`Must`]). Words are those of the provider's SDK. A value that is not
//! known yet is not judged.

mod combination;
mod must;
pub mod table;

pub use must::Must;

use crate::{
    problem::{Problem, Step},
    schema::{Block, Catalogue, Nesting},
    value::Value,
};

/// What is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A `resource` block.
    Resource,
    /// A `data` block.
    DataSource,
}

impl Kind {
    /// The schema of a type of that kind.
    ///
    /// # Errors
    /// A sentence for a type that is not in the data.
    pub fn block<'a>(self, catalogue: &'a Catalogue, type_name: &str) -> Result<&'a Block, String> {
        match self {
            Self::Resource => catalogue.resource(type_name),
            Self::DataSource => catalogue.data_source(type_name),
        }
    }
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The types that it holds for.
    pub types: &'static [&'static str],
    /// The argument: names from the outermost block inwards, with dots. For combinations, the block; empty for the
    /// resource itself.
    pub path: &'static str,
    /// What must hold of it.
    pub must: Must,
}

/// Everything that is wrong with the configuration of one block.
#[must_use]
pub fn check(kind: Kind, type_name: &str, block: &Block, config: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    refuse_read_only(block, config, &mut Vec::new(), &mut problems);
    for rule in table::of(kind, type_name) {
        let names: Vec<&str> = rule.path.split('.').filter(|name| !name.is_empty()).collect();
        visit(block, config, &names, &mut Vec::new(), &mut |path, value| {
            problems.extend(rule.must.judge(path, value));
        });
    }
    problems
}

/// Calls `judge` with every value at a path; into sets too, whose elements share the path of the set.
fn visit(block: &Block, value: &Value, names: &[&str], path: &mut Vec<Step>, judge: &mut dyn FnMut(&[Step], &Value)) {
    let Some((name, rest)) = names.split_first() else { return judge(path, value) };
    path.push(Step::Name((*name).to_owned()));
    match block.block_types.get(*name) {
        Some(nested) => {
            for (index, item) in each(value.get(name)).enumerate() {
                let has_index = nested.nesting_mode == Nesting::List;
                path.extend(has_index.then_some(Step::Index(index)));
                visit(&nested.block, item, rest, path, judge);
                if has_index {
                    path.pop();
                }
            }
        }
        None => judge(path, value.get(name)),
    }
    path.pop();
}

/// The blocks of one name, whether they are kept as a list or as the only one.
fn each(value: &Value) -> impl Iterator<Item = &Value> {
    let only = value.fields().map(|_| value);
    value.items().iter().chain(only)
}

/// Terraform leaves it to the provider to refuse a value that only AWS may set.
fn refuse_read_only(block: &Block, config: &Value, path: &mut Vec<Step>, problems: &mut Vec<Problem>) {
    for (name, attribute) in &block.attributes {
        if attribute.is_read_only() && !config.get(name).is_null() {
            path.push(Step::Name(name.clone()));
            let summary = "Value for unconfigurable attribute";
            let detail = format!(
                "Can't configure a value for {name:?}: its value will be decided automatically based on the result of \
                 applying this configuration."
            );
            problems.push(Problem::new(summary).detail(detail).at(path));
            path.pop();
        }
    }
    for (name, nested) in &block.block_types {
        path.push(Step::Name(name.clone()));
        for (index, item) in each(config.get(name)).enumerate() {
            let has_index = nested.nesting_mode == Nesting::List;
            path.extend(has_index.then_some(Step::Index(index)));
            refuse_read_only(&nested.block, item, path, problems);
            if has_index {
                path.pop();
            }
        }
        path.pop();
    }
}

#[cfg(test)]
mod tests;
