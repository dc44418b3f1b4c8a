//! The table of one kind as a tree, so that a manifest can be walked along it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use super::{
    kinds::{KINDS, Kind},
    row::Row,
};

/// The rows of one kind below one field.
#[derive(Debug, Default)]
pub struct Tree {
    children: BTreeMap<&'static str, Tree>,
    row: Option<&'static Row>,
    /// The row of this field and everything below it.
    all: Option<&'static Row>,
}

/// What the table says of a node while a manifest is walked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Expected {
    tree: Option<&'static Tree>,
    inherited: Option<&'static Row>,
}

static TREES: LazyLock<HashMap<&'static str, Tree>> =
    LazyLock::new(|| KINDS.iter().copied().flatten().map(|kind| (kind.name, Tree::of(kind))).collect());

/// The tree of a kind that the table has.
#[must_use]
pub fn tree(kind: &str) -> Option<&'static Tree> {
    TREES.get(kind)
}

impl Tree {
    fn of(kind: &'static Kind) -> Self {
        let mut tree = Self::default();
        for section in kind.sections {
            for row in section.rows.iter().flat_map(|rows| rows.iter()) {
                tree.insert(section.at, row);
            }
        }
        tree
    }

    fn insert(&mut self, prefix: &'static str, row: &'static Row) {
        let whole = row.field == "**" || row.field.ends_with(".**");
        let field = row.field.trim_end_matches("**").trim_end_matches('.');
        let mut tree = self;
        for step in steps(prefix).chain(steps(field)) {
            tree = tree.children.entry(step).or_default();
        }
        *(if whole { &mut tree.all } else { &mut tree.row }) = Some(row);
    }
}

/// `containers[].env` as `containers`, `[]`, `env`.
fn steps(field: &'static str) -> impl Iterator<Item = &'static str> {
    field.split('.').filter(|part| !part.is_empty()).flat_map(|part| {
        let name = part.trim_end_matches("[]");
        let lists = (part.len() - name.len()) / 2;
        std::iter::once(name).filter(|name| !name.is_empty()).chain(std::iter::repeat_n("[]", lists))
    })
}

impl Expected {
    /// At the root of a manifest of this kind.
    #[must_use]
    pub fn root(kind: &str) -> Self {
        let tree = tree(kind);
        Self { tree, inherited: tree.and_then(|tree| tree.all) }
    }

    /// Below a key.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.step(|tree| tree.children.get(key).or_else(|| tree.children.get("<map>")))
    }

    /// Below an item of a list.
    #[must_use]
    pub fn item(self) -> Self {
        self.step(|tree| tree.children.get("[]"))
    }

    fn step(self, find: impl Fn(&'static Tree) -> Option<&'static Tree>) -> Self {
        let tree = self.tree.and_then(find);
        Self { tree, inherited: tree.and_then(|tree| tree.all).or(self.inherited) }
    }

    /// The row of this field itself, or of one above it that speaks for everything below.
    #[must_use]
    pub fn row(self) -> Option<&'static Row> {
        self.tree.and_then(|tree| tree.row).or(self.inherited)
    }

    /// Whether there are rows for what may stand below.
    #[must_use]
    pub fn is_branch(self) -> bool {
        self.tree.is_some_and(|tree| !tree.children.is_empty())
    }

    /// Whether a row that speaks for everything below begins here.
    #[must_use]
    pub fn begins_whole(self) -> bool {
        self.tree.is_some_and(|tree| tree.all.is_some())
    }
}
