//! `skiff plan`: what would be created, alone or against a golden plan.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use skiff_wire::{Change, ExitCode, RecommendedAction};

use crate::{
    action,
    arguments::Format,
    command::diff::{changes, render},
    document::{self, Existing},
    failure::Failure,
    outcome::Outcome,
    project::{Compiled, Project, SpecArguments},
    seam, words,
};

/// Show what would be created in AWS, or how it differs from a golden plan
///
/// With --golden the difference in meaning is shown, with a risk and a reason for each change; the process exits with 3
/// when there is one, 0 when there is none, and 5 when the golden file is missing. Forms: text, json, markdown.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  skiff plan --env prod\n  skiff plan --golden plan.golden.json --format markdown\n  skiff plan --golden plan.golden.json --bless"
)]
pub(crate) struct PlanArguments {
    #[command(flatten)]
    spec: SpecArguments,
    /// Compare with this committed plan
    #[arg(long, value_name = "FILE")]
    golden: Option<PathBuf>,
    /// Accept the plan: write it to the golden file
    #[arg(long, requires = "golden")]
    bless: bool,
    /// Also show the lines that differ, in every form (the text form always does)
    #[arg(long, requires = "golden")]
    diff: bool,
    /// Write the plan as JSON to this file as well
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Compiles a spec to a plan and shows it.
pub(crate) fn run(arguments: &PlanArguments, format: Format) -> Result<Outcome, Failure> {
    let project = Project::open(&arguments.spec.file)?;
    let compiled = project.plan(arguments.spec.environment.as_deref(), &project.lock)?;
    let text = document::to_json(&compiled.plan)?;
    let mut outcome = match &arguments.golden {
        None => show(&compiled, format)?,
        Some(golden) => against(arguments, golden, &compiled, &text, format)?,
    };
    if let Some(out) = &arguments.out {
        document::write(out, &text, Existing::Replace)?;
        outcome = outcome.fact("written", out.display().to_string());
    }
    outcome.actions.extend(unlocked(&project, &compiled));
    outcome.findings = compiled.findings;
    Ok(outcome)
}

fn show(compiled: &Compiled, format: Format) -> Result<Outcome, Failure> {
    let plan = &compiled.plan;
    let body = match format {
        Format::Markdown => seam::plan_markdown(plan, &compiled.findings),
        _ => seam::plan_text(plan, &compiled.findings),
    };
    let summary =
        format!("planned {} for `{}` in `{}`", words::count(plan.shape.len(), "resource"), plan.app, plan.environment);
    let outcome = Outcome::done("PLANNED", summary).body(body).data(document::to_value(plan)?);
    Ok(outcome
        .fact("resources", plan.shape.len().to_string())
        .fact("unlocked_inputs", plan.inputs.len().to_string())
        .fact("monthly_cost", format!("{} {}", plan.cost.monthly, plan.cost.currency).trim()))
}

fn against(
    arguments: &PlanArguments,
    golden: &Path,
    compiled: &Compiled,
    text: &str,
    format: Format,
) -> Result<Outcome, Failure> {
    let golden_text = document::read_if_present(golden)?;
    if arguments.bless {
        return bless(golden, golden_text.as_deref(), compiled, text, format);
    }
    let golden_text = golden_text.ok_or_else(|| missing(arguments, golden))?;
    let golden_plan = document::parse_plan(&golden_text, golden)?;
    let change = seam::change(&golden_plan, &compiled.plan);
    let lines = if golden_text == text { String::new() } else { seam::text_diff(&golden_text, text) };
    let shown = if arguments.diff || format == Format::Text { lines.as_str() } else { "" };
    let mut data = json!({ "change": change });
    if arguments.diff {
        data["diff"] = json!(lines);
    }
    let outcome = verdict(&change, golden).body(render(&change, shown, format)).data(data);
    Ok(finish(outcome, arguments, golden, &change, !lines.is_empty()))
}

fn verdict(change: &Change, golden: &Path) -> Outcome {
    if change.is_empty() {
        return Outcome::done("PLAN_MATCHES", format!("the plan means the same as `{}`", golden.display()));
    }
    let summary = format!("the plan differs from `{}`: {}", golden.display(), changes(change));
    Outcome::new("PLAN_DIFFERS", ExitCode::Attention, summary)
}

fn finish(
    mut outcome: Outcome,
    arguments: &PlanArguments,
    golden: &Path,
    change: &Change,
    texts_differ: bool,
) -> Outcome {
    if change.is_empty() && texts_differ {
        outcome
            .warnings
            .push(format!("`{}` is written differently and means the same; `--bless` refreshes it", golden.display()));
    }
    if change.is_empty() {
        outcome
    } else {
        outcome.action(blessing(arguments, golden, "accepts the difference, once it was read"))
    }
}

fn bless(
    golden: &Path,
    before: Option<&str>,
    compiled: &Compiled,
    text: &str,
    format: Format,
) -> Result<Outcome, Failure> {
    if before == Some(text) {
        let summary = format!("`{}` is this plan already", golden.display());
        return Ok(Outcome::done("PLAN_MATCHES", summary).data(json!({ "written": false, "change": null })));
    }
    // A golden that can no longer be read is exactly what blessing is to repair, so it is only not compared.
    let change = before
        .and_then(|before| document::parse_plan(before, golden).ok())
        .map(|before| seam::change(&before, &compiled.plan));
    document::make_folder_of(golden)?;
    document::write(golden, text, Existing::Replace)?;
    let outcome = Outcome::done("BLESSED", format!("`{}` is now this plan", golden.display()))
        .data(json!({ "written": true, "change": change }));
    Ok(match &change {
        Some(change) if !change.is_empty() => outcome.body(render(change, "", format)).announced(),
        _ => outcome,
    })
}

fn missing(arguments: &PlanArguments, golden: &Path) -> Failure {
    Failure::not_found(format!("there is no golden plan at `{}`", golden.display()))
        .hint("`--bless` writes the present plan there; commit it")
        .action(blessing(arguments, golden, "writes the present plan as the golden one"))
}

fn blessing(arguments: &PlanArguments, golden: &Path, reason: &str) -> RecommendedAction {
    let (file, golden) = (arguments.spec.file.display().to_string(), golden.display().to_string());
    let mut argv = vec!["plan", &file];
    if let Some(environment) = &arguments.spec.environment {
        argv.extend(["--env", environment]);
    }
    argv.extend(["--golden", &golden, "--bless"]);
    action::write("bless", &argv, reason)
}

/// The commands that lock what a plan still leaves open, each once, as they can be run from here.
pub(crate) fn unlocked(project: &Project, compiled: &Compiled) -> Vec<RecommendedAction> {
    let place = project.named(compiled.requested.as_deref());
    let mut actions: Vec<RecommendedAction> = Vec::new();
    for (name, input) in compiled.plan.inputs.iter().filter(|(_, input)| input.locked_by.len() > 1) {
        let (command, values) = input.locked_by.split_at(2);
        let argv: Vec<_> = command.iter().chain(&place).chain(values).skip(1).map(String::as_str).collect();
        let action = action::write(&format!("lock-{name}"), &argv, format!("`{name}` is not locked yet"));
        if !actions.iter().any(|other| other.argv == action.argv) {
            actions.push(action);
        }
    }
    actions
}
