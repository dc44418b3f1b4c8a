//! What Skiff wrote into a folder, so that it never touches anything else there.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The list of the files of a generated tree, kept in the tree itself and committed with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Generated {
    /// `skiff.dev/generated/v1`.
    pub schema: String,
    /// Application name.
    pub app: String,
    /// Environment name; a tree belongs to one.
    pub environment: String,
    /// Path within the tree, with `/` between folders → `sha256:` and the 64 hexadecimal digits of the file's bytes.
    pub files: BTreeMap<String, String>,
    /// Path → the digest that a file has until the run that replaces it has come to it. Not empty only while such a run
    /// is under way, or after it was killed; until then a file may have either digest.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub replacing: BTreeMap<String, String>,
}

impl Generated {
    /// The document's schema name.
    pub const SCHEMA: &'static str = "skiff.dev/generated/v1";
}
