//! How an import ends: what could not be read weighs more than what is lost.

use skiff_compiler::diagnostic::Code;
use skiff_wire::{ExitCode, ImportReport, Severity};

/// 12 when something could not be read, 3 when something is lost or unknown (and with `strict` also when something was
/// changed or assumed), else 0; what is allowed does not count.
pub(super) fn exit(report: &ImportReport, strict: bool, allowed: &[&'static Code]) -> ExitCode {
    let counts = |finding: &&skiff_wire::Finding| allowed.iter().all(|code| code.id != finding.code);
    let worst = report.findings.iter().filter(counts).map(|finding| weight(finding.severity, strict)).max();
    // Each lost leaf has a finding; should one ever have none, it is not lost in silence.
    let unsaid = allowed.is_empty() && report.account.unsupported + report.account.unknown > 0;
    match worst.unwrap_or(0).max(u8::from(unsaid)) {
        0 => ExitCode::Done,
        1 => ExitCode::Attention,
        _ => ExitCode::InputErrors,
    }
}

fn weight(severity: Severity, strict: bool) -> u8 {
    match severity {
        Severity::Error => 2,
        Severity::Unsupported | Severity::Unknown => 1,
        Severity::Changed | Severity::Assumed => u8::from(strict),
        Severity::Warning | Severity::Note | Severity::Ignored => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seam::{self, Import, ImportOptions, Input};

    fn report(text: &str) -> ImportReport {
        let options = ImportOptions { app: "a".into(), account: None, region: None, certificates: Vec::new() };
        let import: Import = seam::import_kube(&[Input { name: "a.yaml".into(), bytes: text.into() }], &options);
        seam::report(&import)
    }

    fn code(id: &str) -> &'static Code {
        seam::import_codes().into_iter().find(|code| code.id == id).unwrap()
    }

    #[test]
    fn what_could_not_be_read_weighs_most() {
        let unknown = "apiVersion: example.com/v1\nkind: Tube\nmetadata: {name: a}\nspec: {x: 1}\n";
        assert_eq!(exit(&report(unknown), false, &[]), ExitCode::Attention);
        assert_eq!(exit(&report(unknown), false, &[code("SK0834")]), ExitCode::Done);
        assert_eq!(exit(&report(unknown), true, &[code("SK0834")]), ExitCode::Attention);
        assert_eq!(exit(&report(unknown), true, &[code("SK0834"), code("SK0836")]), ExitCode::Done);
        let broken = format!("{unknown}---\na: [\n");
        assert_eq!(exit(&report(&broken), false, &[]), ExitCode::InputErrors);
        assert_eq!(exit(&report(&broken), false, &[code("SK0805")]), ExitCode::Attention);
    }
}
