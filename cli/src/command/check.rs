//! `skiff check`: every problem of a spec, in one run.

use clap::Args;
use serde_json::{Value, json};
use skiff_compiler::diagnostic::Diagnostics;
use skiff_wire::{Finding, RecommendedAction};

use crate::{
    action,
    arguments::{Format, Settings},
    drawing,
    failure::Failure,
    outcome::Outcome,
    project::{Project, SpecArguments, count, refuse},
    seam,
};

/// Report every problem of a spec, each under its line
///
/// Without --env every declared environment is checked. Exits with 12 when the spec has errors; warnings alone exit
/// with 0. Forms: text, json, sarif.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  skiff check --env prod")]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    spec: SpecArguments,
}

/// Checks a spec for one environment or for all.
pub(crate) fn run(arguments: &CheckArguments, settings: Settings) -> Result<Outcome, Failure> {
    let project = Project::open(&arguments.spec.file)?;
    let mut found = Found::default();
    for environment in environments(&project, arguments) {
        let diagnostics = project.compile(environment.as_deref()).diagnostics;
        found.add(&project, environment.as_deref(), &diagnostics);
    }
    let data = json!({ "file": project.file.name, "environments": found.environments });
    if found.errors {
        let mut outcome = refuse(&project.file, found.findings, Vec::new()).into_outcome().data(data);
        outcome.body =
            (settings.format == Format::Text).then(|| drawing::draw(&found.drawings, settings.color.on_stdout()));
        return Ok(outcome);
    }
    let checked: Vec<_> = found.environments.iter().filter_map(|one| one["environment"].as_str()).collect();
    let places = if checked.is_empty() { String::new() } else { format!(" for {}", checked.join(", ")) };
    let summary = format!("`{}` has {}{places}", project.file.name, count(&found.findings));
    let body = drawing::draw(&found.drawings, settings.color.on_stdout()) + &summary + "\n";
    let next = next(&project.file.name, &checked);
    let mut outcome = Outcome::done("CHECKED", summary).data(data).body(body).action(next);
    outcome.findings = found.findings;
    Ok(outcome)
}

/// The plan, of the first environment when there are several.
fn next(file: &str, environments: &[&str]) -> RecommendedAction {
    let mut argv = vec!["plan", file];
    if let [first, _, ..] = environments {
        argv.extend(["--env", first]);
    }
    action::look("plan", &argv, "shows what would be created")
}

fn environments(project: &Project, arguments: &CheckArguments) -> Vec<Option<String>> {
    if arguments.spec.environment.is_some() {
        return vec![arguments.spec.environment.clone()];
    }
    let declared = seam::environments(&project.file);
    if declared.is_empty() { vec![None] } else { declared.into_iter().map(Some).collect() }
}

/// What was found in all environments; what several have in common is said once.
#[derive(Default)]
struct Found {
    errors: bool,
    findings: Vec<Finding>,
    drawings: Vec<drawing::Drawing>,
    environments: Vec<Value>,
}

impl Found {
    fn add(&mut self, project: &Project, environment: Option<&str>, diagnostics: &Diagnostics) {
        self.errors |= diagnostics.has_errors();
        let findings = diagnostics.findings(&project.file);
        self.environments
            .push(json!({ "environment": environment, "ok": !diagnostics.has_errors(), "findings": findings.len() }));
        for (finding, drawing) in findings.into_iter().zip(drawing::of(&project.file, diagnostics)) {
            if !self.findings.contains(&finding) {
                self.findings.push(finding);
                self.drawings.push(drawing);
            }
        }
    }
}
