//! What the provider has against something, in the words of the AWS provider.

use crate::protocol;

/// An error with the place in the configuration that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// One line, which Terraform prints after `Error:`.
    pub summary: String,
    /// More lines; may be empty.
    pub detail: String,
    /// The argument, from the outermost block inwards; empty for the whole block.
    pub path: Vec<Step>,
}

/// One step of a path to an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Into an argument or block by name.
    Name(String),
    /// Into an element of a list. Elements of sets have no path of their own: a path to one ends at the set.
    Index(usize),
}

impl Problem {
    /// An error about a whole block.
    #[must_use]
    pub fn new(summary: impl Into<String>) -> Self {
        Self { summary: summary.into(), detail: String::new(), path: Vec::new() }
    }

    /// The same with more lines.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// The same about the argument at a path.
    #[must_use]
    pub fn at(mut self, path: &[Step]) -> Self {
        self.path = path.to_vec();
        self
    }

    pub(crate) fn to_protocol(&self) -> protocol::Diagnostic {
        protocol::Diagnostic {
            severity: 1,
            summary: self.summary.clone(),
            detail: self.detail.clone(),
            attribute: (!self.path.is_empty()).then(|| attribute_path(&self.path)),
        }
    }
}

impl From<String> for Problem {
    fn from(summary: String) -> Self {
        Self::new(summary)
    }
}

impl From<&str> for Problem {
    fn from(summary: &str) -> Self {
        Self::new(summary)
    }
}

/// A path as the protocol has it.
pub(crate) fn attribute_path(path: &[Step]) -> protocol::AttributePath {
    let selector = |step: &Step| match step {
        Step::Name(name) => protocol::Selector::Attribute(name.clone()),
        Step::Index(index) => protocol::Selector::Index(i64::try_from(*index).unwrap_or(i64::MAX)),
    };
    protocol::AttributePath {
        steps: path.iter().map(|step| protocol::PathStep { selector: Some(selector(step)) }).collect(),
    }
}
