//! The kinds of objects: which sections of the table they are made of.

use crate::compose::table as compose;

use super::{
    config,
    others::{OTHERS, Other},
    row::Row,
    scale, traffic, workload,
};

/// A kind of object that is imported, or left out field by field.
#[derive(Debug)]
pub struct Kind {
    /// `Deployment`.
    pub name: &'static str,
    /// The API groups it is in or was in; empty for the core group.
    pub groups: &'static [&'static str],
    /// Its type in the API's data; `None` where the table alone says what there is.
    pub api: Option<&'static str>,
    /// Its rows.
    pub sections: &'static [Section],
}

/// Rows at one place of a kind.
#[derive(Debug)]
pub struct Section {
    /// Where, such as `spec.template.spec`; empty for the root.
    pub at: &'static str,
    /// The rows, their fields written from there.
    pub rows: &'static [&'static [Row]],
}

/// The kinds of the table, by topic.
pub static KINDS: &[&[Kind]] = &[workload::KINDS, config::KINDS, scale::KINDS, traffic::KINDS, compose::KINDS];

/// The kind of an object, when the table has it.
#[must_use]
pub fn kind(api_version: &str, kind: &str) -> Option<&'static Kind> {
    let group = group(api_version);
    KINDS.iter().copied().flatten().find(|known| known.name == kind && known.groups.contains(&group))
}

/// What is said of an object as a whole.
#[must_use]
pub fn other(api_version: &str, kind: &str) -> Option<&'static Other> {
    let group = group(api_version);
    let below = |known: &str| group.strip_suffix(known).is_some_and(|rest| !known.is_empty() && rest.ends_with('.'));
    let fits = |known: &&Other| group == known.group || below(known.group);
    OTHERS.iter().filter(fits).find(|known| known.kind == kind || known.kind == "*")
}

/// `apps` of `apps/v1`; empty for the core group.
fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}
