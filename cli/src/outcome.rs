//! What a command gives back: everything that is printed, before anybody has decided how.

use std::borrow::Cow;

use serde_json::{Value, json};
use skiff_wire::{Envelope, ExitCode, Fact, Finding, RecommendedAction};

use crate::drawing::Drawing;

/// The result of one command, for people and for machines.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// A stable word, such as `PLANNED`.
    pub(crate) code: Cow<'static, str>,
    /// How the process ends.
    pub(crate) exit: ExitCode,
    /// One sentence for people.
    pub(crate) summary: String,
    /// What the sentence sums up, line by line, for people; `data` has the same for programs.
    pub(crate) details: Vec<String>,
    /// What to do about it, when it is a failure.
    pub(crate) hint: Option<String>,
    /// What was measured or read.
    pub(crate) facts: Vec<Fact>,
    /// What is believed and not proved, one sentence each.
    pub(crate) hypotheses: Vec<String>,
    /// What the input got wrong.
    pub(crate) findings: Vec<Finding>,
    /// The same findings with their source, for drawing them on the terminal; empty when `body` shows them already.
    pub(crate) drawings: Vec<Drawing>,
    /// What to run next.
    pub(crate) actions: Vec<RecommendedAction>,
    /// The machine-readable result.
    pub(crate) data: Value,
    /// Sentences about the run itself.
    pub(crate) warnings: Vec<String>,
    /// What goes to standard output when the format is not JSON.
    pub(crate) body: Option<String>,
    /// Whether the summary is worth saying although there is a body: a file was written as well.
    pub(crate) announced: bool,
    /// The long operation that was started or continued.
    pub(crate) operation: Option<String>,
}

impl Outcome {
    /// A command that did what it was asked.
    pub(crate) fn done(code: impl Into<Cow<'static, str>>, summary: impl Into<String>) -> Self {
        Self::new(code, ExitCode::Done, summary)
    }

    /// An outcome with nothing in it yet.
    pub(crate) fn new(code: impl Into<Cow<'static, str>>, exit: ExitCode, summary: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            exit,
            summary: summary.into(),
            details: Vec::new(),
            hint: None,
            facts: Vec::new(),
            hypotheses: Vec::new(),
            findings: Vec::new(),
            drawings: Vec::new(),
            actions: Vec::new(),
            data: json!({}),
            warnings: Vec::new(),
            body: None,
            announced: false,
            operation: None,
        }
    }

    /// Sets what goes to standard output when the format is not JSON.
    pub(crate) fn body(mut self, body: impl Into<String>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Says the summary on standard error even when all is well.
    pub(crate) fn announced(mut self) -> Self {
        self.announced = true;
        self
    }

    /// Sets the machine-readable result.
    pub(crate) fn data(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    /// Adds something measured or read.
    pub(crate) fn fact(mut self, name: &str, value: impl Into<String>) -> Self {
        self.facts.push(Fact { name: name.into(), value: value.into() });
        self
    }

    /// Adds a command to run next.
    pub(crate) fn action(mut self, action: RecommendedAction) -> Self {
        self.actions.push(action);
        self
    }

    /// Names the long operation that was started or continued.
    pub(crate) fn operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Adds commands to run next.
    pub(crate) fn actions(mut self, actions: impl IntoIterator<Item = RecommendedAction>) -> Self {
        self.actions.extend(actions);
        self
    }

    /// Adds sentences about the run itself.
    pub(crate) fn warnings(mut self, warnings: impl IntoIterator<Item = String>) -> Self {
        self.warnings.extend(warnings);
        self
    }

    /// Whether the command did what it was asked; a difference that was found is an answer, not a failure.
    pub(crate) fn ok(&self) -> bool {
        matches!(self.exit, ExitCode::Done | ExitCode::Attention)
    }

    /// As the one JSON object of the command contract.
    ///
    /// The sentence and the hint of a failure are joined, since the envelope has one place for both.
    pub(crate) fn envelope(&self, command: &str, trace_id: String) -> Envelope {
        Envelope {
            schema: format!("skiff.dev/{command}/v1"),
            ok: self.ok(),
            code: self.code.to_string(),
            summary: self
                .hint
                .as_ref()
                .map_or_else(|| self.summary.clone(), |hint| format!("{}: {hint}", self.summary)),
            exit: self.exit as u8,
            trace_id: Some(trace_id),
            operation_id: self.operation.clone(),
            facts: self.facts.clone(),
            hypotheses: self.hypotheses.clone(),
            findings: self.findings.clone(),
            recommended_actions: self.actions.clone(),
            data: self.data.clone(),
            warnings: self.warnings.clone(),
        }
    }
}
