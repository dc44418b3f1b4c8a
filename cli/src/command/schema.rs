//! `skiff schema`: the JSON Schema of a document.

use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser},
};
use serde_json::{Value, json};
use skiff_wire::{Change, Envelope, Generated, ImportReport, Lock, Origins, Plan};

use crate::{document, failure::Failure, outcome::Outcome, schemas, seam, words};

/// Print the JSON Schema of a document
///
/// Forms: text (the schema itself), json.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  skiff schema spec > skiff.schema.json")]
pub(crate) struct SchemaArguments {
    /// Which document, or the `data` of which command
    #[arg(value_parser = PossibleValuesParser::new(names()), default_value = "spec")]
    document: String,
}

/// The documents that have a schema, with what they are.
const DOCUMENTS: [(&str, &str); 8] = [
    ("spec", "skiff.yaml"),
    ("plan", "The plan"),
    ("lock", "skiff.lock"),
    ("change", "The difference between two plans"),
    ("generated", "The list of the files that `skiff generate terraform` wrote"),
    ("origins", "Where each address of a generated tree comes from"),
    ("import-report", "What `skiff import --report` writes"),
    ("envelope", "The object that every command prints with --format json"),
];

fn names() -> Vec<PossibleValue> {
    let of_documents = DOCUMENTS.iter().map(|(name, help)| PossibleValue::new(*name).help(*help));
    let of_commands = schemas::names().into_iter().map(|name| {
        let commands: Vec<String> = schemas::COMMANDS
            .iter()
            .filter(|(command, schema)| *schema == name && !command.starts_with("saga plan"))
            .map(|(command, _)| format!("`{command}`"))
            .collect();
        PossibleValue::new(name).help(format!("`data` of {}", words::list(&commands)))
    });
    of_documents.chain(of_commands).collect()
}

/// Prints a schema.
pub(crate) fn run(arguments: &SchemaArguments) -> Result<Outcome, Failure> {
    let schema = schema(&arguments.document)?;
    let body = document::to_json(&schema)?;
    Ok(Outcome::done("SCHEMA", "the JSON Schema").body(body).data(json!({ "schema": schema })))
}

fn schema(document: &str) -> Result<Value, Failure> {
    let schema = match document {
        "spec" => return Ok(seam::spec_schema()),
        "plan" => schemars::schema_for!(Plan),
        "lock" => schemars::schema_for!(Lock),
        "change" => schemars::schema_for!(Change),
        "generated" => schemars::schema_for!(Generated),
        "origins" => schemars::schema_for!(Origins),
        "import-report" => schemars::schema_for!(ImportReport),
        "envelope" => schemars::schema_for!(Envelope),
        name => {
            let missing = || Failure::defect(format!("there is no schema of `{name}`"));
            schemas::named(name).ok_or_else(missing)?
        }
    };
    document::to_value(&schema)
}
