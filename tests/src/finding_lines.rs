//! Findings as the lines of a `findings.txt`.

use std::fmt::Write as _;

use skiff_wire::Finding;

/// One finding a line, `line:column CODE severity message`, with its hint indented below; empty when there is none.
///
/// A finding without a place has `-:-`.
#[must_use]
pub fn write(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let place = [finding.line, finding.column].map(|part| part.map_or_else(|| "-".into(), |at| at.to_string()));
        let (code, message) = (&finding.code, &finding.message);
        let _ = writeln!(text, "{}:{} {code} {} {message}", place[0], place[1], finding.severity.word());
        for line in finding.hint.iter().flat_map(|hint| hint.lines()) {
            let _ = writeln!(text, "    hint: {line}");
        }
    }
    text
}
