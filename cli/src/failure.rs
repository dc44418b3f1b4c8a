//! Why a command could not do what it was asked: what happened, where, and what to do next.

use std::{borrow::Cow, io, path::Path};

use serde_json::Value;
use skiff_wire::{ExitCode, Fact, Finding, RecommendedAction};

use crate::{drawing::Drawing, outcome::Outcome};

/// A command that did not do what it was asked.
#[derive(Debug)]
pub(crate) struct Failure(Box<Outcome>);

impl Failure {
    /// A failure with its stable word, its exit code and its sentence.
    pub(crate) fn new(code: impl Into<Cow<'static, str>>, exit: ExitCode, message: impl Into<String>) -> Self {
        Self(Box::new(Outcome::new(code, exit, message)))
    }

    /// The command line cannot be carried out as it was given.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new("USAGE", ExitCode::Usage, message)
    }

    /// Something that was named does not exist.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new("NOT_FOUND", ExitCode::NotFound, message)
    }

    /// A file's content cannot be used.
    pub(crate) fn unusable(message: impl Into<String>) -> Self {
        Self::new("DOCUMENT_UNUSABLE", ExitCode::InputErrors, message)
    }

    /// A defect of Skiff itself.
    pub(crate) fn defect(message: impl Into<String>) -> Self {
        Self::new("INTERNAL", ExitCode::Internal, message)
    }

    /// A file could not be read or written (`verb`, such as "read").
    pub(crate) fn file(verb: &str, path: &Path, error: &io::Error) -> Self {
        let message = format!("could not {verb} `{}`: {error}", path.display());
        match error.kind() {
            io::ErrorKind::NotFound => {
                Self::not_found(format!("could not {verb} `{}`: it does not exist", path.display()))
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::new("NOT_AUTHORISED", ExitCode::NotAuthorised, message)
            }
            io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory => Self::usage(message),
            io::ErrorKind::AlreadyExists => {
                Self::new("CONFLICT", ExitCode::Conflict, format!("`{}` exists already", path.display()))
            }
            _ => Self::new("FILE_TROUBLE", ExitCode::Internal, message),
        }
    }

    /// The input has errors.
    pub(crate) fn input(summary: impl Into<String>, findings: Vec<Finding>, drawings: Vec<Drawing>) -> Self {
        let mut failure = Self::new("INPUT_ERRORS", ExitCode::InputErrors, summary);
        failure.0.findings = findings;
        failure.0.drawings = drawings;
        failure
    }

    /// Adds a finding that has no place in a file.
    pub(crate) fn finding(mut self, finding: Finding) -> Self {
        self.0.findings.push(finding);
        self
    }

    /// Names the long operation that failed or waits.
    pub(crate) fn operation(mut self, operation: impl Into<String>) -> Self {
        self.0.operation = Some(operation.into());
        self
    }

    /// Adds what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds what the sentence sums up: lines for people, and the same for programs.
    pub(crate) fn details(mut self, details: Vec<String>, data: Value) -> Self {
        self.0.details = details;
        self.0.data = data;
        self
    }

    /// Adds lines to what the sentence sums up, and the same for programs under a name of its own.
    pub(crate) fn more_details(mut self, lines: Vec<String>, name: &str, value: Value) -> Self {
        self.0.details.extend(lines);
        if let Some(data) = self.0.data.as_object_mut() {
            data.insert(name.into(), value);
        }
        self
    }

    /// Adds what was measured, what is believed, and the same in full for programs.
    pub(crate) fn seen(mut self, facts: Vec<Fact>, hypotheses: Vec<String>, evidence: Value) -> Self {
        self.0.facts.extend(facts);
        self.0.details.extend(hypotheses.iter().map(|belief| format!("it seems that {belief}")));
        self.0.hypotheses.extend(hypotheses);
        if let Some(data) = self.0.data.as_object_mut().filter(|_| !evidence.is_null()) {
            data.insert("evidence".into(), evidence);
        }
        self
    }

    /// Adds a command to run next.
    pub(crate) fn action(mut self, action: RecommendedAction) -> Self {
        self.0.actions.push(action);
        self
    }

    /// Adds commands to run next.
    pub(crate) fn actions(mut self, actions: impl IntoIterator<Item = RecommendedAction>) -> Self {
        self.0.actions.extend(actions);
        self
    }

    /// Two failures of one kind of work as one: the first decides the code, both are told.
    pub(crate) fn and(mut self, other: Self) -> Self {
        let other = other.into_outcome();
        let hint = other.hint.filter(|hint| self.0.hint.as_ref() != Some(hint));
        self.0.summary = format!("{}; {}", self.0.summary, other.summary);
        self.0.hint = match (self.0.hint.take(), hint) {
            (Some(first), Some(second)) => Some(format!("{first}; {second}")),
            (first, second) => first.or(second),
        };
        self.0.actions.extend(other.actions);
        self
    }

    /// As an outcome, for printing.
    pub(crate) fn into_outcome(self) -> Outcome {
        *self.0
    }
}
