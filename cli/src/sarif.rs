//! Findings as SARIF 2.1.0 (OASIS standard), the form that code scanning reads.

use std::collections::BTreeMap;

use serde::Serialize;
use skiff_wire::{Finding, Severity};

use crate::{outcome::Outcome, seam};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The SARIF log of an outcome: one run, one rule for each code that occurs, one result for each finding.
///
/// A command that could not look at all says so as a notification, since it has no findings to report.
pub(crate) fn log(outcome: &Outcome) -> serde_json::Result<String> {
    let rules: BTreeMap<&str, Rule> = outcome.findings.iter().map(|finding| (&*finding.code, rule(finding))).collect();
    let failed = !outcome.ok() && outcome.findings.is_empty();
    let notifications = if failed { vec![Notification::error(&outcome.summary)] } else { Vec::new() };
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            column_kind: "unicodeCodePoints",
            tool: Tool {
                driver: Driver {
                    name: "skiff",
                    version: env!("CARGO_PKG_VERSION"),
                    rules: rules.into_values().collect(),
                },
            },
            invocations: [Invocation { execution_successful: !failed, tool_execution_notifications: notifications }],
            results: outcome.findings.iter().map(result).collect(),
        }],
    };
    Ok(serde_json::to_string_pretty(&log)? + "\n")
}

fn rule(finding: &Finding) -> Rule {
    let code = seam::codes().into_iter().find(|code| code.id == finding.code);
    Rule {
        id: finding.code.clone(),
        name: code.map(|code| code.name),
        short_description: code.map(|code| Message { text: code.title.into() }),
        help: code.map(|code| Help { text: code.manual.trim().into(), markdown: code.manual.trim().into() }),
    }
}

fn result(finding: &Finding) -> ScanResult {
    let text =
        finding.hint.as_ref().map_or_else(|| finding.message.clone(), |hint| format!("{}: {hint}", finding.message));
    ScanResult {
        rule_id: finding.code.clone(),
        level: level(finding.severity),
        message: Message { text },
        locations: location(finding).into_iter().collect(),
    }
}

fn location(finding: &Finding) -> Option<Location> {
    let region = finding.line.map(|start_line| Region { start_line, start_column: finding.column });
    let artifact_location = ArtifactLocation { uri: uri(finding.file.as_ref()?) };
    Some(Location { physical_location: PhysicalLocation { artifact_location, region } })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning | Severity::Unsupported | Severity::Unknown => "warning",
        Severity::Note | Severity::Changed | Severity::Assumed => "note",
        Severity::Ignored => "none",
    }
}

/// A path as a URI reference (RFC 3986): what is not allowed in a path is percent-encoded.
fn uri(path: &str) -> String {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte);
    let path = path.strip_prefix("./").unwrap_or(path);
    path.bytes().map(|byte| if allowed(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    invocations: [Invocation; 1],
    results: Vec<ScanResult>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    short_description: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Help>,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

impl Notification {
    fn error(text: &str) -> Self {
        Self { level: "error", message: Message { text: text.into() } }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScanResult {
    rule_id: String,
    level: &'static str,
    message: Message,
    locations: Vec<Location>,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Failure;

    #[test]
    fn a_finding_has_its_rule_level_and_place() {
        let finding = Finding {
            code: "SK0001".into(),
            severity: Severity::Error,
            message: "`[` is never closed".into(),
            file: Some("./my specs/skiff.yaml".into()),
            line: Some(3),
            column: Some(7),
            hint: Some("close it".into()),
            subject: None,
        };
        let log = log(&Failure::input("1 error", vec![finding], Vec::new()).into_outcome()).unwrap();
        let log: serde_json::Value = serde_json::from_str(&log).unwrap();
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"][0]["name"], "syntax");
        assert_eq!(run["results"][0]["ruleId"], "SK0001");
        assert_eq!(run["results"][0]["level"], "error");
        assert_eq!(run["results"][0]["message"]["text"], "`[` is never closed: close it");
        let place = &run["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "my%20specs/skiff.yaml");
        assert_eq!((&place["region"]["startLine"], &place["region"]["startColumn"]), (&3.into(), &7.into()));
        assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    }

    #[test]
    fn a_command_that_could_not_look_says_so() {
        let log = log(&Failure::not_found("there is no `skiff.yaml`").into_outcome()).unwrap();
        let log: serde_json::Value = serde_json::from_str(&log).unwrap();
        let invocation = &log["runs"][0]["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false);
        assert_eq!(invocation["toolExecutionNotifications"][0]["message"]["text"], "there is no `skiff.yaml`");
    }
}
