//! `skiff generate`: the plan in another tool's format.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::{
    command::terraform::{self, TerraformArguments},
    document::{self, Existing},
    failure::Failure,
    outcome::Outcome,
    project::{Project, SpecArguments},
    seam, words,
};

/// Generate another tool's format: Terraform, CloudFormation
///
/// Forms: text, json.
#[derive(Debug, Args)]
pub(crate) struct GenerateArguments {
    #[command(subcommand)]
    target: Target,
}

/// The formats.
#[derive(Debug, Subcommand)]
enum Target {
    Terraform(TerraformArguments),
    /// A CloudFormation template, for review and for cfn-lint; not for deploying
    ///
    /// Forms: text (the template itself), json.
    #[command(after_help = "Example:\n  skiff generate cloudformation --env prod --out template.json")]
    Cloudformation(CloudformationArguments),
}

#[derive(Debug, Args)]
struct CloudformationArguments {
    #[command(flatten)]
    spec: SpecArguments,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Generates what was asked for.
pub(crate) fn run(arguments: &GenerateArguments) -> Result<Outcome, Failure> {
    match &arguments.target {
        Target::Terraform(arguments) => terraform::run(arguments),
        Target::Cloudformation(arguments) => cloudformation(arguments),
    }
}

fn cloudformation(arguments: &CloudformationArguments) -> Result<Outcome, Failure> {
    let project = Project::open(&arguments.spec.file)?;
    let compiled = project.plan(arguments.spec.environment.as_deref(), &project.lock)?;
    let template = seam::cloudformation_text(&compiled.plan);
    let count = words::count(compiled.plan.shape.len(), "resource");
    let mut outcome = match &arguments.out {
        None => Outcome::done("GENERATED", format!("generated a template of {count}"))
            // The template is JSON today; should it become YAML, a machine still gets it, as text.
            .data(json!({ "template": serde_json::from_str::<Value>(&template).unwrap_or_else(|_| json!(template)) }))
            .body(template),
        Some(out) => {
            document::write(out, &template, Existing::Replace)?;
            Outcome::done("GENERATED", format!("wrote a template of {count} to `{}`", out.display()))
                .data(json!({ "written": out.display().to_string() }))
        }
    };
    outcome.findings = compiled.findings;
    Ok(outcome)
}
