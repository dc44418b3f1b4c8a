//! Why something could not be done: what happened, where, and what to do next.

use std::fmt;

use serde_json::Value;
use skiff_wire::{Code, ExitCode};

/// A failure of the runtime; its code has a manual page, its kind says what the caller should do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Content>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Content {
    code: &'static Code,
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    evidence: Value,
}

/// What the caller should do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Correct the command line or the configuration.
    Usage,
    /// Get a permission.
    NotAuthorised,
    /// Check the name.
    NotFound,
    /// Somebody else was first: look again, then retry.
    Conflict,
    /// Transient: retry after a while.
    Unavailable,
    /// A gate said no: look at what it measured.
    GateFailed,
    /// A gate cannot say: a person must look, and try again, go on, or take everything back.
    Inconclusive,
    /// A second principal must approve.
    ApprovalNeeded,
    /// Bytes are not what they are said to be: never retry, call a human.
    VerificationFailed,
    /// Nobody knows whether it happened: resume, never run again.
    OutcomeUnknown,
    /// A document or file is malformed, or the state does not allow it: correct it.
    Invalid,
    /// A defect of Skiff or an operating system that refuses: report it.
    Internal,
    /// A signal ended it: run or resume it again.
    Interrupted,
}

impl ErrorKind {
    /// The exit code of a command that fails with it.
    #[must_use]
    pub fn exit(self) -> ExitCode {
        match self {
            Self::Usage => ExitCode::Usage,
            Self::NotAuthorised => ExitCode::NotAuthorised,
            Self::NotFound => ExitCode::NotFound,
            Self::Conflict => ExitCode::Conflict,
            Self::Unavailable => ExitCode::Provider,
            Self::GateFailed | Self::Inconclusive => ExitCode::GateFailed,
            Self::ApprovalNeeded => ExitCode::ApprovalNeeded,
            Self::VerificationFailed => ExitCode::VerificationFailed,
            Self::OutcomeUnknown => ExitCode::OutcomeUnknown,
            Self::Invalid => ExitCode::InputErrors,
            Self::Internal => ExitCode::Internal,
            Self::Interrupted => ExitCode::Interrupted,
        }
    }
}

impl Error {
    /// A failure with its code, its kind, and one clause that names the place (key, path, digest).
    #[must_use]
    pub fn new(code: &'static Code, kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Content { code, kind, message: message.into(), hint: None, evidence: Value::Null }))
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds what was seen before it happened, for a log that keeps it.
    #[must_use]
    pub fn evidence(mut self, evidence: Value) -> Self {
        self.0.evidence = evidence;
        self
    }

    /// What was seen before it happened; null when nothing was worth keeping.
    #[must_use]
    pub fn seen(&self) -> &Value {
        &self.0.evidence
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> &'static Code {
        self.0.code
    }

    /// What the caller should do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What happened, and where.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do next.
    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} [{}]", self.0.message, self.0.code.id)
    }
}

impl std::error::Error for Error {}
