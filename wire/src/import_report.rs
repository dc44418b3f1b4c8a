//! What became of everything that was imported: `skiff import … --report FILE`.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Finding;

/// The whole account of one import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImportReport {
    /// `skiff.dev/import-report/v1`.
    pub schema: String,
    /// The application.
    pub app: String,
    /// The sums over everything.
    pub account: LeafTotals,
    /// The sums by kind of object.
    pub kinds: BTreeMap<String, KindTotals>,
    /// The services of `skiff.yaml`, in the order of the input.
    pub services: Vec<ImportedService>,
    /// The secrets that somebody must create and fill in, by name.
    pub secrets: Vec<NeededSecret>,
    /// Everything to be said about the input, by file and place.
    pub findings: Vec<Finding>,
    /// The objects, by file and place, each with all its leaves.
    pub objects: Vec<ImportedObject>,
}

impl ImportReport {
    /// The name and version of the document.
    pub const SCHEMA: &'static str = "skiff.dev/import-report/v1";
}

/// How many leaves have which fate. A leaf is a scalar, a null, or an empty list or mapping; each has exactly one fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LeafTotals {
    /// All of them: the sum of the others.
    pub leaves: usize,
    /// They mean the same in `skiff.yaml`.
    pub mapped: usize,
    /// They are in `skiff.yaml`, and mean something else there.
    pub changed: usize,
    /// Skiff chose a value.
    pub assumed: usize,
    /// Nothing is lost without them.
    pub ignored: usize,
    /// Something is lost.
    pub unsupported: usize,
    /// The input's format knows no such field or value.
    pub unknown: usize,
}

/// The sums of one kind of object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KindTotals {
    /// How many objects there are.
    pub objects: usize,
    /// Their leaves.
    #[serde(flatten)]
    pub account: LeafTotals,
}

/// One service of the import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImportedService {
    /// Its name in `skiff.yaml`.
    pub name: String,
    /// `web`, `worker`, `job` or `stateful`.
    pub kind: String,
    /// What it was, such as `Deployment shop/checkout`.
    pub source: String,
}

/// A secret that somebody must create and fill in. Its value is in no document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NeededSecret {
    /// Its name in `skiff.yaml`.
    pub name: String,
    /// What it was, such as `Secret shop/database`.
    pub source: String,
    /// The JSON keys that are used; empty when the whole value is.
    pub keys: BTreeSet<String>,
    /// The services that use it.
    pub services: BTreeSet<String>,
}

/// One object of the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImportedObject {
    /// The file as it was named.
    pub file: String,
    /// Line in the file, from 1.
    pub line: u32,
    /// Column in the line, counted in Unicode scalar values, from 1.
    pub column: u32,
    /// Its group and version, such as `apps/v1`; empty where the format has none.
    pub api_version: String,
    /// Its kind, such as `Deployment`.
    pub kind: String,
    /// Its namespace, absent when it says none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub namespace: Option<String>,
    /// Its name, absent when it has none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// All its leaves, in the order of the text.
    pub leaves: Vec<ImportedLeaf>,
}

/// One leaf and what became of it. Its value is not here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImportedLeaf {
    /// The way to it, such as `spec.replicas`.
    pub path: String,
    /// Line in the file, from 1.
    pub line: u32,
    /// Column in the line, from 1.
    pub column: u32,
    /// `mapped`, `changed`, `assumed`, `ignored`, `unsupported` or `unknown`.
    pub fate: String,
    /// Where it went, or where it would belong, such as `services.web.replicas`; empty when nowhere.
    pub home: String,
    /// Why; empty for what is simply mapped.
    pub reason: String,
}
