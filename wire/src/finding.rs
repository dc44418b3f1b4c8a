//! What a compile, an import or a comparison reports to its user.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing can be emitted until this is fixed.
    Error,
    /// The output is usable; the reader should decide whether it is what they meant.
    Warning,
    /// Something worth knowing.
    Note,
}

/// One thing that was found, with the place it was found at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Stable code, such as `SK0103`; `skiff explain CODE` prints its manual.
    pub code: String,
    /// How much it matters.
    pub severity: Severity,
    /// One clause, identifiers in backticks.
    pub message: String,
    /// The file as it was named on the command line, absent when the finding has no place in a file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub file: Option<String>,
    /// Line in the file, from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub line: Option<u32>,
    /// Column in the line, counted in Unicode scalar values, from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub column: Option<u32>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
}
