//! The forms of `data` of the commands about a spec and what is made from it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use skiff_wire::{Change, ImportedService, KindTotals, LeafTotals, Lock, NeededSecret, Plan, Severity};

use crate::schemas::operation::Any;

/// What was checked.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Checked {
    /// The spec.
    file: String,
    /// What each environment has.
    environments: Vec<Any>,
}

/// A plan, or how it compares with a golden.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its schema is wanted: a command prints one or the other")]
pub(crate) enum Planned {
    /// The plan, without `--golden`.
    Plan(Box<Plan>),
    /// With `--golden`.
    Compared {
        /// What is different; null when nothing was there to compare with, or nothing is different.
        change: Option<Box<Change>>,
        /// The difference of the texts, with `--diff`.
        #[serde(skip_serializing_if = "Option::is_none")]
        diff: Option<String>,
        /// Whether the golden was written, with `--bless`.
        #[serde(skip_serializing_if = "Option::is_none")]
        written: Option<bool>,
    },
}

/// How two plans differ.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Differs {
    /// What is different.
    change: Change,
}

/// A CloudFormation template, or where it was written.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Template {
    /// The template; absent when it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<Any>,
    /// The file that it was written to.
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<String>,
}

/// What became of a tree of Terraform.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Tree {
    /// Its folder.
    folder: String,
    /// Inputs of the plan that are not locked yet: variables of the tree.
    inputs: Vec<String>,
    /// Files that were written; absent when the tree was only looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<Vec<String>>,
    /// Files that were removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<Vec<String>>,
    /// Files that were as they should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    unchanged: Option<Vec<String>>,
    /// Files with changes of somebody that were given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    edits_discarded: Option<Vec<String>>,
    /// How each file stands, when the tree was only looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<TreeFiles>,
    /// How what is there differs from what would be written, when the tree is not up to date.
    #[serde(skip_serializing_if = "Option::is_none")]
    diff: Option<TreeDifference>,
}

/// How two trees differ.
#[derive(Serialize, JsonSchema)]
struct TreeDifference {
    /// A unified difference.
    text: String,
    /// How many lines of it are left out.
    lines_left_out: usize,
}

/// How the files of a tree stand.
#[derive(Serialize, JsonSchema)]
struct TreeFiles {
    /// Those that are out of date.
    stale: Vec<String>,
    /// Those that are not there.
    missing: Vec<String>,
    /// Those that nothing makes any more.
    superfluous: Vec<String>,
    /// Those that somebody has changed.
    edited: Vec<String>,
    /// Those of somebody else where one should be.
    in_the_way: Vec<String>,
    /// How many are as they should be.
    current: usize,
    /// Whether the list of files is up to date.
    list_current: bool,
}

/// What a lock has, or would have.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Locked {
    /// The file.
    path: String,
    /// Whether it is, or would be, another one than before.
    changed: bool,
    /// What is not locked yet.
    unresolved: Vec<String>,
    /// The lock.
    lock: Lock,
}

/// A first spec, or where it was written.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Begun {
    /// The spec, in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    spec: Option<String>,
    /// The file that it was written to.
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<String>,
}

/// An account of an import.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Imported {
    /// Leaves by their fate.
    account: LeafTotals,
    /// The same by kind of object.
    kinds: BTreeMap<String, KindTotals>,
    /// The services that came out.
    services: Vec<ImportedService>,
    /// The secrets that they need.
    secrets: Vec<NeededSecret>,
    /// The file that was written; null in a dry run.
    written: Option<String>,
    /// The spec, in a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    spec: Option<String>,
    /// The file with the whole account.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<String>,
}

/// All codes, or one with its manual.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its schema is wanted: a command prints one or the other")]
pub(crate) enum Explained {
    /// All of them.
    All {
        /// Each without its manual.
        codes: Vec<CodeLine>,
    },
    /// One of them.
    One {
        /// The code, such as `SK0101`.
        id: String,
        /// Its name.
        name: String,
        /// How bad it is.
        severity: Severity,
        /// What it says, in a clause.
        title: String,
        /// Its manual.
        manual: String,
    },
}

/// A code.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CodeLine {
    /// The code, such as `SK0101`.
    id: String,
    /// Its name.
    name: String,
    /// How bad it is.
    severity: Severity,
    /// What it says, in a clause.
    title: String,
}

/// Resources with all their names.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ResourcesExplained {
    /// What was asked for.
    address: String,
    /// Application.
    app: String,
    /// Environment.
    environment: String,
    /// `spec` or `tree`.
    read_from: String,
    /// The resources.
    resources: Vec<Any>,
}

/// The schema of a document.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SchemaShown {
    /// The schema.
    schema: Any,
}

/// A script for a shell.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Script {
    /// The script.
    script: String,
}

/// Manual pages.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Manual {
    /// The page; absent when pages were written.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    /// The files that were written.
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<Vec<String>>,
}
