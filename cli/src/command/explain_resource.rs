//! `skiff explain-resource`: what a resource is and why it exists, by any of its names.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use skiff_wire::Origins;

use crate::{
    action, document,
    explanation::{Explanation, address, known, text},
    failure::Failure,
    outcome::Outcome,
    project::{Project, SpecArguments},
    seam, words,
};

/// The sidecar of a generated tree.
const SIDECAR: &str = "skiff-origins.json";

/// Explain a resource by its Terraform address, its CloudFormation id or its id in the plan
///
/// Says what it is, who owns it, which line of the spec it exists for, and what the runtime owns of it. Compiles the spec,
/// and then also says what it depends on; with --tree it reads a generated tree and needs no spec. An address without the
/// key of an instance means all instances. Exits with 5 when nothing has the name. Forms: text, json.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  skiff explain-resource 'aws_lb_target_group.web[\"a\"]'\n  skiff explain-resource services/web:aws_iam_role.runtime --tree infra/prod\n  skiff explain-resource WebTargetGroupA --env prod"
)]
pub(crate) struct ExplainResourceArguments {
    /// Such as aws_iam_role.runtime, services/web:aws_iam_role.runtime, WebTargetGroupA or web.target_group.a
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// The folder of a generated tree, to be asked instead of the spec
    #[arg(long, value_name = "DIR")]
    tree: Option<PathBuf>,
    #[command(flatten)]
    spec: SpecArguments,
}

/// All that can be explained, and where it was read.
struct Source {
    app: String,
    environment: String,
    known: Vec<Explanation>,
    /// The spec, for its lines; a tree explains without.
    project: Option<Project>,
    findings: Vec<skiff_wire::Finding>,
}

/// Explains everything that has a name.
pub(crate) fn run(arguments: &ExplainResourceArguments) -> Result<Outcome, Failure> {
    let source = match &arguments.tree {
        Some(tree) => of_tree(arguments, tree)?,
        None => of_spec(arguments)?,
    };
    let mut found = address::find(&source.known, &arguments.address);
    if found.is_empty() {
        return Err(unknown(arguments, &source));
    }
    if let Some(project) = &source.project {
        known::add_lines(&mut found, project, &source.environment);
    }
    let summary = format!("`{}` is {}", arguments.address, words::count(found.len(), "resource"));
    let data = json!({
        "address": arguments.address,
        "app": source.app,
        "environment": source.environment,
        "read_from": if arguments.tree.is_some() { "tree" } else { "spec" },
        "resources": found,
    });
    let mut outcome = Outcome::done("RESOURCE_EXPLAINED", summary).body(text::of_all(&found)).data(data);
    outcome.findings = source.findings;
    Ok(outcome)
}

fn of_spec(arguments: &ExplainResourceArguments) -> Result<Source, Failure> {
    let project = Project::open(&arguments.spec.file)?;
    let compiled = project.plan(arguments.spec.environment.as_deref(), &project.lock)?;
    let tree = seam::terraform(&compiled.ir, seam::TerraformOptions { spec: &project.file })
        .map_err(|error| Failure::defect(format!("the tree could not be generated: {error}")))?;
    Ok(Source {
        app: compiled.plan.app.clone(),
        environment: compiled.plan.environment.clone(),
        known: known::from_spec(&project, &compiled, &tree.origins),
        findings: compiled.findings,
        project: Some(project),
    })
}

fn of_tree(arguments: &ExplainResourceArguments, tree: &Path) -> Result<Source, Failure> {
    let origins = read_sidecar(tree)?;
    if let Some(wanted) = arguments.spec.environment.as_ref().filter(|wanted| **wanted != origins.environment) {
        let message = format!("`{}` is the tree of `{}`, and not of `{wanted}`", tree.display(), origins.environment);
        return Err(Failure::usage(message).hint("leave `--env` out, or name another tree"));
    }
    Ok(Source {
        known: known::from_tree(&origins),
        // Lines are shown where there is a spec; its absence or its mistakes are no concern of a tree.
        project: Project::open(&arguments.spec.file).ok(),
        app: origins.app,
        environment: origins.environment,
        findings: Vec::new(),
    })
}

fn read_sidecar(tree: &Path) -> Result<Origins, Failure> {
    let (path, folder) = (tree.join(SIDECAR), tree.display().to_string());
    let generate = || {
        action::write("generate", &["generate", "terraform", "--out", &folder], "generates the tree of `./skiff.yaml`")
    };
    let text = document::read_if_present(&path)?.ok_or_else(|| {
        Failure::not_found(format!("there is no generated tree in `{folder}`: it has no `{SIDECAR}`"))
            .hint("name the folder that `skiff generate terraform --out` wrote")
            .action(generate())
    })?;
    let unusable = |what: String| {
        Failure::unusable(format!("`{}` is not a document that this version reads: {what}", path.display()))
            .hint("generate the tree anew")
            .action(generate())
    };
    let origins: Origins = serde_json::from_str(&text).map_err(|error| unusable(error.to_string()))?;
    if origins.schema != Origins::SCHEMA {
        return Err(unusable(format!("it is a `{}` document, and a `{}` is needed", origins.schema, Origins::SCHEMA)));
    }
    Ok(origins)
}

fn unknown(arguments: &ExplainResourceArguments, source: &Source) -> Failure {
    let alike = address::alike(&source.known, &arguments.address);
    let message = format!("`{}` in `{}` has no resource `{}`", source.app, source.environment, arguments.address);
    let failure = Failure::not_found(message);
    let Some(first) = alike.first() else {
        return failure.hint("`skiff plan` lists all resources");
    };
    let mut argv = vec!["explain-resource".to_owned(), first.clone()];
    match &arguments.tree {
        Some(tree) => argv.extend(["--tree".to_owned(), tree.display().to_string()]),
        None => {
            let place = |project: &Project| project.named(arguments.spec.environment.as_deref());
            argv.extend(source.project.iter().flat_map(place));
        }
    }
    let argv: Vec<_> = argv.iter().map(String::as_str).collect();
    let names: Vec<_> = alike.iter().map(|name| format!("`{name}`")).collect();
    failure.hint(format!("did you mean {}?", names.join(" or "))).action(action::look(
        "explain-resource",
        &argv,
        "explains the one most alike",
    ))
}
