//! The summary for a terminal: totals by kind, services, secrets, and the findings, the worst first.

use std::fmt::Write as _;

use skiff_compiler::diagnostic::Code;
use skiff_wire::{ImportReport, LeafTotals};

use super::{Told, columns, harmless, place, subject, told};

/// Findings of one code that are shown; the others are counted.
const SHOWN: usize = 3;
/// Codes whose findings are shown; of the others only the number is.
const CODES: usize = 12;

/// A summary, in parts that may go to different places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The table of totals, the services and the secrets.
    pub account: String,
    /// The findings, the worst first; empty when there is none.
    pub findings: String,
}

/// The summary of a report; the codes give each group of findings its title.
#[must_use]
pub fn summary(report: &ImportReport, codes: &[&'static Code]) -> Summary {
    let mut account = table(report);
    services(report, &mut account);
    secrets(report, &mut account);
    Summary { account, findings: findings(report, codes) }
}

fn table(report: &ImportReport) -> String {
    let objects = report.kinds.values().map(|kind| kind.objects).sum();
    let row = |name: &str, objects: usize, totals: &LeafTotals| {
        std::iter::once(harmless(name)).chain(columns(objects, totals).map(|(_, number)| number.to_string())).collect()
    };
    let heading = columns(0, &report.account).map(|(heading, _)| heading.to_owned());
    let mut rows: Vec<Vec<String>> = vec![std::iter::once("kind".to_owned()).chain(heading).collect()];
    rows.extend(report.kinds.iter().map(|(kind, totals)| row(kind, totals.objects, &totals.account)));
    rows.push(row("total", objects, &report.account));
    aligned(&rows)
}

/// Columns as wide as their widest cell: the first to the left, numbers to the right.
fn aligned(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let width = width(column).unwrap_or(0);
            if column == 0 { format!("{cell:width$}") } else { format!("{cell:>width$}") }
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn services(report: &ImportReport, text: &mut String) {
    if report.services.is_empty() {
        return;
    }
    text.push_str("\nServices\n");
    let width = report.services.iter().map(|service| service.name.chars().count()).max().unwrap_or(0);
    for service in &report.services {
        let _ = writeln!(text, "  {:width$}  {:8}  {}", service.name, service.kind, harmless(&service.source));
    }
}

fn secrets(report: &ImportReport, text: &mut String) {
    if report.secrets.is_empty() {
        return;
    }
    text.push_str("\nSecrets to create\n");
    for secret in &report.secrets {
        let keys: Vec<_> = secret.keys.iter().map(|key| harmless(key)).collect();
        let what = match keys.as_slice() {
            [] => "the whole value".to_owned(),
            [key] => format!("key {key}"),
            keys => format!("keys {}", keys.join(", ")),
        };
        let _ = writeln!(text, "  {}: {what} (was {})", secret.name, harmless(&secret.source));
    }
}

fn findings(report: &ImportReport, codes: &[&'static Code]) -> String {
    let told = told(report);
    let mut text = String::new();
    for (index, told) in told.iter().enumerate() {
        let code = codes.iter().find(|code| code.id == told.code);
        let title = code.map_or_else(String::new, |code| format!(" ({}): {}", code.name, code.title));
        let count = told.findings.len();
        let _ = writeln!(text, "{} {}{title}, {count}×", told.severity.word(), told.code);
        if index < CODES {
            shown(told, &mut text);
        }
    }
    text
}

fn shown(told: &Told<'_>, text: &mut String) {
    for finding in told.findings.iter().take(SHOWN) {
        let (object, path) = subject(finding);
        let about = [place(finding), object, path.to_owned()].map(|part| harmless(&part));
        let about: Vec<_> = about.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        let _ = writeln!(text, "  {}", about.join(" "));
        let _ = writeln!(text, "    {}", harmless(&finding.message));
        if let Some(hint) = &finding.hint {
            let _ = writeln!(text, "    → {}", harmless(hint));
        }
    }
    if told.findings.len() > SHOWN {
        let _ = writeln!(text, "  … and {} more", told.findings.len() - SHOWN);
    }
}
