//! The account of an import for people and programs: the whole report as a document, as Markdown, and as a summary.

mod letters;
mod markdown;
mod text;

use skiff_compiler::spec::values::{Name, Scalar as _};
use skiff_wire::{
    ImportReport, ImportedLeaf, ImportedObject, ImportedService, KindTotals, LeafTotals, NeededSecret, Severity,
    Subject,
};

pub use letters::harmless;
pub(crate) use letters::is_visible;
pub use markdown::markdown;
pub use text::{Summary, summary};

use crate::{
    account::{Fate, Finding, Leaf, Object, Totals},
    import::Import,
    secrets::Needed,
};

/// The whole account of an import.
#[must_use]
pub fn report(import: &Import) -> ImportReport {
    let kind = |(kind, (objects, totals)): (&str, (usize, Totals))| {
        (kind.to_owned(), KindTotals { objects, account: leaf_totals(&totals) })
    };
    ImportReport {
        schema: ImportReport::SCHEMA.into(),
        app: import.spec.app.to_string(),
        account: leaf_totals(&import.account.totals()),
        kinds: import.account.by_kind().into_iter().map(kind).collect(),
        services: services(import),
        secrets: import.secrets.iter().map(secret).collect(),
        findings: import.account.findings.iter().map(finding).collect(),
        objects: import.account.objects.iter().map(object).collect(),
    }
}

fn leaf_totals(totals: &Totals) -> LeafTotals {
    LeafTotals {
        leaves: totals.leaves(),
        mapped: totals.of(Fate::Mapped),
        changed: totals.of(Fate::Changed),
        assumed: totals.of(Fate::Assumed),
        ignored: totals.of(Fate::Ignored),
        unsupported: totals.of(Fate::Unsupported),
        unknown: totals.of(Fate::Unknown),
    }
}

fn services(import: &Import) -> Vec<ImportedService> {
    let kind = |name: &str| {
        let service = Name::parse(name).and_then(|name| import.spec.services.get(&name));
        service.map_or_else(String::new, |service| service.kind.word().to_owned())
    };
    let service = |imported: &crate::import::Imported| ImportedService {
        name: imported.service.clone(),
        kind: kind(&imported.service),
        source: imported.source.clone(),
    };
    import.services.iter().map(service).collect()
}

fn secret(needed: &Needed) -> NeededSecret {
    NeededSecret {
        name: needed.name.to_string(),
        source: needed.source.clone(),
        keys: needed.keys.clone(),
        services: needed.services.clone(),
    }
}

/// A finding as every command reports one, with the object it is about.
#[must_use]
pub fn finding(found: &Finding) -> skiff_wire::Finding {
    skiff_wire::Finding {
        code: found.code.id.into(),
        severity: found.severity,
        message: found.reason.clone(),
        file: Some(found.file.to_string()),
        line: Some(found.place.line),
        column: Some(found.place.column),
        hint: Some(found.action.clone()).filter(|action| !action.is_empty()),
        subject: Some(Subject {
            kind: found.kind.as_deref().map(str::to_owned),
            namespace: found.namespace.as_deref().map(str::to_owned),
            name: found.name.as_deref().map(str::to_owned),
            path: found.path.clone(),
            reason: found.reason.clone(),
            action: found.action.clone(),
        }),
    }
}

fn object(object: &Object) -> ImportedObject {
    ImportedObject {
        file: object.file.to_string(),
        line: object.place.line,
        column: object.place.column,
        api_version: object.api_version.to_string(),
        kind: object.kind.to_string(),
        namespace: object.namespace.as_deref().map(str::to_owned),
        name: object.name.as_deref().map(str::to_owned),
        leaves: object.leaves.iter().map(leaf).collect(),
    }
}

fn leaf(leaf: &Leaf) -> ImportedLeaf {
    ImportedLeaf {
        path: leaf.path.clone(),
        line: leaf.place.line,
        column: leaf.place.column,
        fate: leaf.fate.word().into(),
        home: leaf.home.clone(),
        reason: leaf.reason.clone(),
    }
}

/// The order in which findings are told: the worst first.
const ORDER: [Severity; 8] = [
    Severity::Error,
    Severity::Unsupported,
    Severity::Unknown,
    Severity::Warning,
    Severity::Changed,
    Severity::Assumed,
    Severity::Note,
    Severity::Ignored,
];

/// The findings of one code.
struct Told<'r> {
    code: &'r str,
    severity: Severity,
    findings: Vec<&'r skiff_wire::Finding>,
}

/// The findings by code, the worst first; of one severity, those that there are more of.
fn told(report: &ImportReport) -> Vec<Told<'_>> {
    let mut told: Vec<Told<'_>> = Vec::new();
    for finding in &report.findings {
        match told.iter_mut().find(|told| told.code == finding.code) {
            Some(told) => told.findings.push(finding),
            None => told.push(Told { code: &finding.code, severity: finding.severity, findings: vec![finding] }),
        }
    }
    let rank = |severity| ORDER.iter().position(|other| *other == severity);
    told.sort_by_key(|told| (rank(told.severity), std::cmp::Reverse(told.findings.len()), told.code));
    told
}

/// The object that a finding is about, `Deployment shop/web`, and the field in it; empty where it is about a file.
fn subject(finding: &skiff_wire::Finding) -> (String, &str) {
    let Some(subject) = &finding.subject else { return (String::new(), "") };
    let Some(kind) = &subject.kind else { return (String::new(), "") };
    let namespace = subject.namespace.iter().map(|namespace| format!("{namespace}/")).collect::<String>();
    let name = subject.name.as_deref().unwrap_or("?");
    (format!("{kind} {namespace}{name}"), &subject.path)
}

/// `file:line:column`
fn place(finding: &skiff_wire::Finding) -> String {
    let at = |part: Option<u32>| part.map_or_else(String::new, |number| format!(":{number}"));
    format!("{}{}{}", finding.file.as_deref().unwrap_or("-"), at(finding.line), at(finding.column))
}

/// The headings and the numbers of a table of totals: the objects, then the leaves, all and by fate.
fn columns(objects: usize, totals: &LeafTotals) -> [(&'static str, usize); 8] {
    [
        ("objects", objects),
        ("leaves", totals.leaves),
        ("mapped", totals.mapped),
        ("changed", totals.changed),
        ("assumed", totals.assumed),
        ("ignored", totals.ignored),
        ("unsupported", totals.unsupported),
        ("unknown", totals.unknown),
    ]
}
