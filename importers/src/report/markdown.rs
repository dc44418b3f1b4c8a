//! The whole report as Markdown, for a wiki or a pull request.

use std::fmt::Write as _;

use skiff_compiler::diagnostic::Code;
use skiff_wire::{ImportReport, ImportedObject, LeafTotals};

use super::{columns, harmless, place, subject, told};

/// The whole report; the codes give each group of findings its title.
#[must_use]
pub fn markdown(report: &ImportReport, codes: &[&'static Code]) -> String {
    let mut text = format!("# Import of {}\n\n", code_span(&report.app));
    text.push_str(
        "Every leaf of the input (a scalar, a null, or an empty list or mapping) has one fate: *mapped*, it means the same; \
         *changed*, it means something else; *assumed*, Skiff chose; *ignored*, nothing is lost; *unsupported*, something is \
         lost; *unknown*, probably a typo.\n\n",
    );
    totals(report, &mut text);
    services(report, &mut text);
    secrets(report, &mut text);
    findings(report, codes, &mut text);
    text.push_str("## Every leaf\n");
    report.objects.iter().for_each(|object| leaves(object, &mut text));
    text
}

fn totals(report: &ImportReport, text: &mut String) {
    let objects = report.kinds.values().map(|kind| kind.objects).sum();
    let headings = columns(0, &report.account).map(|(heading, _)| heading.to_owned());
    row(text, std::iter::once("kind".to_owned()).chain(headings));
    text.push_str("|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    let mut line = |name: String, objects, totals: &LeafTotals| {
        row(text, std::iter::once(name).chain(columns(objects, totals).map(|(_, number)| number.to_string())));
    };
    for (kind, totals) in &report.kinds {
        line(code_span(kind), totals.objects, &totals.account);
    }
    line("total".into(), objects, &report.account);
    text.push('\n');
}

fn services(report: &ImportReport, text: &mut String) {
    text.push_str("## Services\n\n| service | kind | was |\n|---|---|---|\n");
    for service in &report.services {
        row(text, [code_span(&service.name), service.kind.clone(), code_span(&service.source)]);
    }
    text.push('\n');
}

fn secrets(report: &ImportReport, text: &mut String) {
    if report.secrets.is_empty() {
        return;
    }
    text.push_str("## Secrets to create\n\nTheir values are in no output of the import.\n\n");
    text.push_str("| secret | keys | used by | was |\n|---|---|---|---|\n");
    for secret in &report.secrets {
        let names = |names: &std::collections::BTreeSet<String>| {
            names.iter().map(|name| code_span(name)).collect::<Vec<_>>().join(", ")
        };
        let keys = if secret.keys.is_empty() { "the whole value".to_owned() } else { names(&secret.keys) };
        row(text, [code_span(&secret.name), keys, names(&secret.services), code_span(&secret.source)]);
    }
    text.push('\n');
}

fn findings(report: &ImportReport, codes: &[&'static Code], text: &mut String) {
    text.push_str("## Findings\n\n");
    if report.findings.is_empty() {
        text.push_str("There is nothing to report.\n\n");
    }
    for told in told(report) {
        let title = codes.iter().find(|code| code.id == told.code).map_or("", |code| code.title);
        let _ = writeln!(text, "### {} {}: {title}\n", told.severity.word(), told.code);
        text.push_str("| where | object | field | why | what to do |\n|---|---|---|---|---|\n");
        for finding in told.findings {
            let (object, path) = subject(finding);
            let hint = finding.hint.as_deref().unwrap_or_default();
            row(
                text,
                [code_span(&place(finding)), code_span(&object), code_span(path), prose(&finding.message), prose(hint)],
            );
        }
        text.push('\n');
    }
}

fn leaves(object: &ImportedObject, text: &mut String) {
    let namespace = object.namespace.iter().map(|namespace| format!("{namespace}/")).collect::<String>();
    let title = format!("{} {namespace}{}", object.kind, object.name.as_deref().unwrap_or("?"));
    let place = format!("{}:{}", object.file, object.line);
    let _ = writeln!(text, "\n### {} at {}\n", code_span(&title), code_span(&place));
    text.push_str("| field | fate | home | why |\n|---|---|---|---|\n");
    for leaf in &object.leaves {
        row(text, [code_span(&leaf.path), leaf.fate.clone(), code_span(&leaf.home), prose(&leaf.reason)]);
    }
}

fn row(text: &mut String, cells: impl IntoIterator<Item = String>) {
    let cells: Vec<_> = cells.into_iter().collect();
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

/// A name of the input as code, inside a table as well; empty for nothing.
fn code_span(text: &str) -> String {
    let text = harmless(text).replace('|', "\\|");
    match (text.is_empty(), text.contains('`')) {
        (true, _) => text,
        (false, false) => format!("`{text}`"),
        // A run of two is longer than any single one inside; spaces keep one at an edge apart.
        (false, true) => format!("`` {} ``", text.replace("``", "` `")),
    }
}

/// A sentence of Skiff's, which may quote the input within backticks.
fn prose(text: &str) -> String {
    let text = harmless(text).replace('|', "\\|");
    let part = |(index, part): (usize, &str)| if index % 2 == 0 { part.replace('<', "&lt;") } else { part.to_owned() };
    text.split('`').enumerate().map(part).collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_input_holds_stays_in_its_cell() {
        assert_eq!(code_span("a|b\n`c`"), "`` a\\|b `c` ``");
        assert_eq!(code_span(""), "");
        assert_eq!(prose("<b> `<c>` | d"), "&lt;b> `<c>` \\| d");
    }
}
