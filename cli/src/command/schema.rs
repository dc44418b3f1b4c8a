//! `skiff schema`: the JSON Schema of a document.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use skiff_wire::{Change, Envelope, Generated, ImportReport, Lock, Origins, Plan};

use crate::{document, failure::Failure, outcome::Outcome, schemas, seam};

/// Print the JSON Schema of a document
///
/// Forms: text (the schema itself), json.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  skiff schema spec > skiff.schema.json")]
pub(crate) struct SchemaArguments {
    /// Which document
    #[arg(value_enum, default_value_t)]
    document: Document,
}

/// The documents that have a schema.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Document {
    /// skiff.yaml
    #[default]
    Spec,
    /// The plan
    Plan,
    /// skiff.lock
    Lock,
    /// The difference between two plans
    Change,
    /// The list of the files that `skiff generate terraform` wrote
    Generated,
    /// Where each address of a generated tree comes from
    Origins,
    /// What `skiff import --report` writes
    ImportReport,
    /// The object that every command prints with --format json
    Envelope,
    /// `data` of `skiff deploy`
    Deploy,
    /// `data` of `skiff local status`
    LocalStatus,
    /// `data` of `skiff release list`
    ReleaseList,
    /// `data` of `skiff release show`
    ReleaseShow,
    /// `data` of `skiff status`
    Status,
}

/// Prints a schema.
pub(crate) fn run(arguments: &SchemaArguments) -> Result<Outcome, Failure> {
    let schema = schema(arguments.document)?;
    let body = document::to_json(&schema)?;
    Ok(Outcome::done("SCHEMA", "the JSON Schema").body(body).data(json!({ "schema": schema })))
}

fn schema(document: Document) -> Result<Value, Failure> {
    let schema = match document {
        Document::Spec => return Ok(seam::spec_schema()),
        Document::Plan => schemars::schema_for!(Plan),
        Document::Lock => schemars::schema_for!(Lock),
        Document::Change => schemars::schema_for!(Change),
        Document::Generated => schemars::schema_for!(Generated),
        Document::Origins => schemars::schema_for!(Origins),
        Document::ImportReport => schemars::schema_for!(ImportReport),
        Document::Envelope => schemars::schema_for!(Envelope),
        Document::Deploy => return of_command("deploy"),
        Document::LocalStatus => return of_command("local-status"),
        Document::ReleaseList => return of_command("release-list"),
        Document::ReleaseShow => return of_command("release-show"),
        Document::Status => return of_command("status"),
    };
    document::to_value(&schema)
}

/// The schema of what a command puts into `data`.
fn of_command(name: &str) -> Result<Value, Failure> {
    let schema = schemas::all().into_iter().find(|(command, _)| *command == name);
    let (_, schema) = schema.ok_or_else(|| Failure::defect(format!("there is no schema of `{name}`")))?;
    document::to_value(&schema)
}
