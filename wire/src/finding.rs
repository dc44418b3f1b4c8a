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
    /// Of an import: a feature of the input is lost unless the user acts.
    Unsupported,
    /// Of an import: the input's format knows no such field; probably a typo.
    Unknown,
    /// Of an import: carried over, and means something else.
    Changed,
    /// Of an import: Skiff chose what the input leaves open.
    Assumed,
    /// Of an import: left out, and nothing is lost.
    Ignored,
}

impl Severity {
    /// The word, as in JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
            Self::Unsupported => "unsupported",
            Self::Unknown => "unknown",
            Self::Changed => "changed",
            Self::Assumed => "assumed",
            Self::Ignored => "ignored",
        }
    }
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
    /// The part of an imported object that it is about; only an import gives one.
    #[serde(flatten)]
    pub subject: Option<Subject>,
}

/// The part of an imported object that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    /// The object's kind, such as `Deployment`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kind: Option<String>,
    /// Its namespace, absent when it says none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub namespace: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The field, such as `spec.replicas`; empty for the object as a whole.
    pub path: String,
    /// Why; the same as `message`.
    pub reason: String,
    /// What to do; the same as `hint`, empty when there is nothing to do.
    pub action: String,
}
