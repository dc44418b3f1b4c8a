//! `skiff generate terraform`: a tree of root modules, written, refreshed or checked.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::{Value, json};
use skiff_wire::{ExitCode, RecommendedAction};

use crate::{
    action,
    command::plan::unlocked,
    failure::Failure,
    generated::{
        self, LIST, Opened, Wanted, compare,
        disk::Real,
        refresh, refusal,
        survey::{Entry, State, Survey},
    },
    outcome::Outcome,
    project::{Compiled, Project, SpecArguments},
    seam, words,
};

/// Paths that are named one by one to people; `data` has all.
const SHOWN: usize = 20;

/// Terraform root modules, one for the environment and one for each service
///
/// Writes files that changed, removes files that it generated before, and touches nothing else in the folder:
/// skiff-files.json there is the list of what is Skiff's. Refuses, before it writes anything, when a file that it did not
/// write is in the way or one of its own was edited (exit 6). With --check nothing is written, and the process exits with
/// 3 when the tree is out of date and with 5 when there is none. Forms: text, json.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  skiff generate terraform --env prod --out infra/prod\n  skiff generate terraform --env prod --out infra/prod --check"
)]
pub(crate) struct TerraformArguments {
    #[command(flatten)]
    spec: SpecArguments,
    /// The folder of the tree, made when it is not there; each environment needs its own
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write nothing; exit with 3 when the tree is out of date
    #[arg(long, conflicts_with_all = ["dry_run", "discard_edits"])]
    check: bool,
    /// Show what would be written and removed instead of doing it
    #[arg(long)]
    dry_run: bool,
    /// Overwrite and remove generated files although they were edited by hand
    #[arg(long)]
    discard_edits: bool,
}

/// Writes or checks the tree of a spec.
pub(crate) fn run(arguments: &TerraformArguments) -> Result<Outcome, Failure> {
    let project = Project::open(&arguments.spec.file)?;
    let compiled = project.plan(arguments.spec.environment.as_deref(), &project.lock)?;
    let tree = seam::terraform(&compiled.ir, seam::TerraformOptions { spec: &project.file })
        .map_err(|error| Failure::defect(format!("the tree could not be generated: {error}")))?;
    let wanted =
        Wanted { app: compiled.plan.app.clone(), environment: compiled.plan.environment.clone(), files: tree.files };
    let rerun = rerun(&project, &compiled, &arguments.out);
    let mut outcome = if arguments.check {
        check(&arguments.out, &wanted, rerun)?
    } else {
        write(arguments, &wanted, rerun)?.actions(next(&arguments.out, &wanted, &project, &compiled))
    };
    outcome.data["inputs"] = json!(compiled.plan.inputs.keys().collect::<Vec<_>>());
    outcome.findings = compiled.findings;
    Ok(outcome.fact("unlocked_inputs", compiled.plan.inputs.len().to_string()))
}

fn check(root: &Path, wanted: &Wanted, rerun: RecommendedAction) -> Result<Outcome, Failure> {
    let opened = generated::open(root, wanted, false)?;
    if !opened.listed {
        let message = format!("there is no generated tree in `{}`: it has no `{LIST}`", root.display());
        return Err(Failure::not_found(message).hint("generate it, and commit it").action(rerun));
    }
    let survey = &opened.survey;
    let data = json!({ "folder": root.display().to_string(), "files": compare::by_state(survey) });
    let outcome = if survey.is_current() {
        let files = words::count(wanted.files.len(), "file");
        Outcome::done("TREE_CURRENT", format!("`{}` is up to date ({files})", root.display())).data(data)
    } else {
        stale(root, wanted, survey, data).action(rerun)
    };
    Ok(outcome.warnings(opened.warning))
}

fn stale(root: &Path, wanted: &Wanted, survey: &Survey, mut data: Value) -> Outcome {
    let difference = compare::difference(root, wanted, survey);
    data["diff"] = json!({ "text": difference.text, "lines_left_out": difference.left_out });
    let mut lines = words::first(compare::lines(survey), SHOWN);
    if lines.is_empty() {
        lines.push(format!("{:11}  {LIST}", "stale"));
    }
    let mut body = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    if !difference.text.is_empty() {
        let _ = write!(body, "\n{}", difference.text);
    }
    if difference.left_out > 0 {
        let _ = writeln!(body, "… and {} more lines of difference", difference.left_out);
    }
    let summary = format!("`{}` is out of date", root.display());
    let mut outcome = Outcome::new("TREE_STALE", ExitCode::Attention, summary).body(body).data(data);
    outcome.hint = refusal::hint_for(survey);
    outcome
}

fn write(arguments: &TerraformArguments, wanted: &Wanted, rerun: RecommendedAction) -> Result<Outcome, Failure> {
    let root = &arguments.out;
    let Opened { survey, warning, .. } = &generated::open(root, wanted, !arguments.dry_run)?;
    refusal::of_what_is_in_the_way(root, survey, arguments.discard_edits, rerun)?;
    if !arguments.dry_run {
        refresh::refresh(&Real, root, wanted, survey)?;
    }
    Ok(account(root, survey, arguments.dry_run).warnings(warning.clone()))
}

/// What was done, or would be.
fn account(root: &Path, survey: &Survey, dry_run: bool) -> Outcome {
    let written: Vec<_> = survey.to_write().collect();
    let removed: Vec<_> = survey.to_remove().collect();
    let unchanged: Vec<_> = survey.with(State::Current).collect();
    let paths = |entries: &[&Entry]| entries.iter().map(|entry| entry.path.clone()).collect::<Vec<_>>();
    let data = json!({
        "folder": root.display().to_string(),
        "written": paths(&written),
        "removed": paths(&removed),
        "unchanged": paths(&unchanged),
        "edits_discarded": paths(&survey.with(State::Edited).collect::<Vec<_>>()),
    });
    let place = root.display();
    let counts =
        format!("{}, removed {}, {} unchanged", words::count(written.len(), "file"), removed.len(), unchanged.len());
    let outcome = match (dry_run, survey.is_current()) {
        (_, true) => {
            let files = words::count(unchanged.len(), "file");
            Outcome::done("TREE_CURRENT", format!("`{place}` is up to date ({files})"))
        }
        (true, false) => Outcome::done("WOULD_WRITE", format!("would write {counts} in `{place}`")),
        (false, false) => Outcome::done("GENERATED", format!("wrote {counts} in `{place}`")),
    };
    // What is gone comes first: it is rarer, and matters more.
    let lines =
        removed.iter().map(|entry| line("remove", entry)).chain(written.iter().map(|entry| line("write", entry)));
    let lines = words::first(lines, SHOWN);
    let outcome = outcome
        .data(data)
        .fact("written", written.len().to_string())
        .fact("removed", removed.len().to_string())
        .fact("unchanged", unchanged.len().to_string());
    if lines.is_empty() { outcome } else { outcome.body(lines.join("\n") + "\n").announced() }
}

fn line(verb: &str, entry: &Entry) -> String {
    let edits = if entry.state == State::Edited { "  (edits discarded)" } else { "" };
    format!("{verb:6}  {}{edits}", entry.path)
}

/// The command that brings the tree up to date.
fn rerun(project: &Project, compiled: &Compiled, root: &Path) -> RecommendedAction {
    let (place, out) = (project.named(compiled.requested.as_deref()), root.display().to_string());
    let words = ["generate", "terraform"].into_iter().chain(place.iter().map(String::as_str)).chain(["--out", &out]);
    action::write("generate", &words.collect::<Vec<_>>(), "brings the tree up to date")
}

/// What is still to be locked, and the first command of Terraform.
fn next(root: &Path, wanted: &Wanted, project: &Project, compiled: &Compiled) -> Vec<RecommendedAction> {
    let mut actions = unlocked(project, compiled);
    if wanted.files.keys().any(|path| path.starts_with("environment/")) {
        let folder = root.join("environment").display().to_string();
        actions.push(RecommendedAction {
            argv: ["terraform".to_owned(), format!("-chdir={folder}"), "init".to_owned()].into(),
            ..action::write("terraform-init", &[], format!("`{}` says how to go on", root.join("README.md").display()))
        });
    }
    actions
}
