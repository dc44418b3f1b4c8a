//! Commands that a reader may run next, ready to be executed.

use skiff_wire::{Finding, RecommendedAction, Reversibility, Risk, Severity};

/// How many manual pages are recommended at once; the findings name the rest.
const MANUAL_PAGES: usize = 3;

/// A command that only reads.
pub(crate) fn look(id: &str, argv: &[&str], reason: impl Into<String>) -> RecommendedAction {
    RecommendedAction {
        id: id.into(),
        argv: std::iter::once("skiff").chain(argv.iter().copied()).map(str::to_owned).collect(),
        mutating: false,
        risk: Risk::None,
        reversibility: Reversibility::Reversible,
        needs_approval: false,
        idempotency_key: None,
        confidence: 0.9,
        reason: reason.into(),
    }
}

/// A command that writes a file of the working folder, which version control can take back.
pub(crate) fn write(id: &str, argv: &[&str], reason: impl Into<String>) -> RecommendedAction {
    RecommendedAction { mutating: true, ..look(id, argv, reason) }
}

/// The manual pages of the first different errors.
pub(crate) fn explain(findings: &[Finding]) -> Vec<RecommendedAction> {
    let mut codes: Vec<&str> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.severity == Severity::Error) {
        if !codes.contains(&&*finding.code) {
            codes.push(&finding.code);
        }
    }
    let page =
        |code: &&str| look(&format!("explain-{code}"), &["explain", code], format!("the manual page of `{code}`"));
    codes.iter().take(MANUAL_PAGES).map(page).collect()
}
