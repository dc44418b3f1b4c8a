//! What is said about an import.

use serde_json::{Value, json};
use skiff_wire::{ExitCode, ImportReport, RecommendedAction};

use super::Flags;
use crate::{
    action, document,
    failure::Failure,
    outcome::Outcome,
    seam::{self, Import},
    words,
};

/// Says what was imported and how well.
pub(super) fn imported(
    flags: &Flags,
    import: &Import,
    report: &ImportReport,
    exit: ExitCode,
) -> Result<Outcome, Failure> {
    let code = match exit {
        ExitCode::Done if flags.dry_run => "WOULD_WRITE",
        ExitCode::Done => "IMPORTED",
        ExitCode::Attention => "IMPORTED_IN_PART",
        _ => "INPUT_ERRORS",
    };
    let summary = seam::summary(report, &seam::import_codes());
    let text = [summary.account.clone(), findings(flags, &summary.findings)].concat();
    let mut outcome = Outcome::new(code, exit, sentence(flags, report, exit)).data(data(flags, import, report)?);
    outcome = match flags.dry_run {
        true => outcome.body(&*import.text).announced(),
        false => outcome.body(text.clone()).announced().actions(next(flags, report)),
    };
    if flags.dry_run {
        outcome.details = text.lines().map(str::to_owned).collect();
    }
    if import.services.is_empty() {
        outcome = outcome.warnings(["nothing of the input is a workload: the spec has no services".to_owned()]);
    }
    outcome.findings = report.findings.clone();
    Ok(outcome)
}

/// Says that there was nothing to import, and why as far as it is known.
pub(super) fn nothing(flags: &Flags, report: &ImportReport, noun: &str, files: usize) -> Outcome {
    let files = words::count(files, "file");
    let unread = report.findings.iter().any(|finding| finding.severity == skiff_wire::Severity::Error);
    let mut outcome = match unread {
        true => Outcome::new("INPUT_ERRORS", ExitCode::InputErrors, format!("no {noun} could be read of {files}")),
        false => Outcome::new("NOT_FOUND", ExitCode::NotFound, format!("there is no {noun} in {files}")),
    };
    let summary = seam::summary(report, &seam::import_codes());
    outcome.details = findings(flags, &summary.findings).lines().map(str::to_owned).collect();
    outcome.hint = Some("nothing was written; import the manifests that `kubectl apply` takes".into());
    outcome.data = json!({ "account": report.account, "services": [], "secrets": [], "written": null });
    outcome.findings = report.findings.clone();
    outcome
}

fn findings(flags: &Flags, findings: &str) -> String {
    match (findings.is_empty(), &flags.report) {
        (true, _) => String::new(),
        (false, Some(report)) if !flags.dry_run => {
            format!("\n{findings}\nEvery leaf and every finding: {}\n", report.display())
        }
        (false, _) => format!("\n{findings}\n`--report FILE` writes every leaf and every finding.\n"),
    }
}

fn sentence(flags: &Flags, report: &ImportReport, exit: ExitCode) -> String {
    let verb = if flags.dry_run { "would write" } else { "wrote" };
    let services = words::count(report.services.len(), "service");
    let objects = words::count(report.kinds.values().map(|kind| kind.objects).sum(), "object");
    let lost = report.account.unsupported + report.account.unknown;
    let lost = match (lost, report.account.leaves) {
        (0, all) => format!("of {all} leaves none is unsupported or unknown"),
        (lost, all) => format!("of {all} leaves {lost} are unsupported or unknown"),
    };
    let unread = report.findings.iter().filter(|finding| finding.severity == skiff_wire::Severity::Error).count();
    let unread = match exit {
        ExitCode::InputErrors => format!("; {} in the input", words::count(unread, "error")),
        _ => String::new(),
    };
    format!("{verb} `{}`: {services} from {objects}; {lost}{unread}", flags.out.display())
}

fn data(flags: &Flags, import: &Import, report: &ImportReport) -> Result<Value, Failure> {
    let written = (!flags.dry_run).then(|| flags.out.display().to_string());
    let mut data = json!({
        "account": document::to_value(&report.account)?,
        "kinds": document::to_value(&report.kinds)?,
        "services": document::to_value(&report.services)?,
        "secrets": document::to_value(&report.secrets)?,
        "written": written,
    });
    if flags.dry_run {
        data["spec"] = json!(import.text);
    } else if let Some(path) = &flags.report {
        data["report"] = json!(path.display().to_string());
    }
    Ok(data)
}

/// The spec is to be checked; what most of all stands in the way is to be read about.
fn next(flags: &Flags, report: &ImportReport) -> Vec<RecommendedAction> {
    let out = flags.out.display().to_string();
    let mut next = vec![
        action::look("check", &["check", &out], "reports what is still to be filled in"),
        action::look("plan", &["plan", &out], "shows what would be created"),
    ];
    next.extend(action::explain(&report.findings));
    next
}
