//! What one check has to say.

use skiff_runtime::doctor::codes::CHECK_FAILED;
use skiff_wire::{Code, Finding, RecommendedAction};

use crate::{action, failure::Failure};

/// One thing that was looked at.
pub(super) struct Check {
    /// Its name, one word.
    pub(super) name: &'static str,
    /// What was seen, one clause.
    pub(super) said: String,
    /// What needs attention.
    pub(super) findings: Vec<Finding>,
    /// What to do about it.
    pub(super) actions: Vec<RecommendedAction>,
}

impl Check {
    /// A check with nothing to complain about yet.
    pub(super) fn new(name: &'static str, said: impl Into<String>) -> Self {
        Self { name, said: said.into(), findings: Vec::new(), actions: Vec::new() }
    }

    /// A check that was made, or that says why it could not be.
    pub(super) fn made(name: &'static str, result: Result<Self, Failure>) -> Self {
        result.unwrap_or_else(|failure| Self::failed(name, failure))
    }

    fn failed(name: &'static str, failure: Failure) -> Self {
        let outcome = failure.into_outcome();
        let mut check = Self::new(name, "could not be looked at");
        check.findings = outcome.findings;
        if check.findings.is_empty() {
            let hint = outcome.hint.unwrap_or_else(|| "run `skiff doctor` again once that is mended".into());
            check = check.finding(&CHECK_FAILED, outcome.summary, hint);
        }
        check.actions = outcome.actions;
        check
    }

    /// Adds something that needs attention.
    pub(super) fn finding(mut self, code: &'static Code, message: impl Into<String>, hint: impl Into<String>) -> Self {
        self.findings.push(Finding {
            code: code.id.into(),
            severity: code.severity,
            message: message.into(),
            file: None,
            line: None,
            column: None,
            hint: Some(hint.into()),
            subject: None,
        });
        self
    }

    /// Adds a command that helps.
    pub(super) fn action(mut self, action: RecommendedAction) -> Self {
        self.actions.push(action);
        self
    }

    /// Adds a command that changes something here, and can be taken back.
    pub(super) fn remedy(self, id: &str, argv: &[&str], place: &[String], reason: &str) -> Self {
        let argv: Vec<_> = argv.iter().copied().chain(place.iter().map(String::as_str)).collect();
        self.action(action::write(id, &argv, reason))
    }

    /// `ok` or `attention`.
    pub(super) fn verdict(&self) -> &'static str {
        if self.findings.is_empty() { "ok" } else { "attention" }
    }

    /// Its lines, for people.
    pub(super) fn text(&self) -> String {
        let mark = if self.findings.is_empty() { "ok  " } else { "LOOK" };
        let mut text = format!("{mark}  {:10} {}\n", self.name, self.said);
        for finding in &self.findings {
            text.push_str(&format!("        {} {}\n", finding.code, finding.message));
            if let Some(hint) = &finding.hint {
                text.push_str(&format!("               {hint}\n"));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_could_not_be_made_says_why() {
        let check = Check::made("disk", Err(Failure::defect("the disk does not say")));
        let [finding] = &*check.findings else { panic!("{:?}", check.findings) };
        assert_eq!((&*finding.code, &*finding.message), (CHECK_FAILED.id, "the disk does not say"));
        assert!(finding.hint.is_some());
    }
}
