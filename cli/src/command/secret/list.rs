//! `skiff secret list`: which secrets there are, and which are still missing.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;
use serde_json::json;
use skiff_runtime::local::secret::SecretEntry;
use skiff_wire::RecommendedAction;

use super::{names::needed, store};
use crate::{action, failure::Failure, operating::OperatingArguments, outcome::Outcome, words};

/// List secrets: name, version, when it was set, which services use it
///
/// Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  skiff secret list")]
pub(crate) struct ListArguments {
    #[command(flatten)]
    place: OperatingArguments,
}

/// One line of the list.
struct Row {
    name: String,
    entry: Option<SecretEntry>,
    services: BTreeSet<String>,
}

/// Lists secrets.
pub(super) fn run(arguments: &ListArguments) -> Result<Outcome, Failure> {
    let operating = arguments.place.open()?;
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for (name, services) in needed(&operating.compiled) {
        rows.insert(name.clone(), Row { name, entry: None, services });
    }
    for entry in store(&operating)?.list(&operating.scope)? {
        let name = entry.name.clone();
        let row = Row { name: name.clone(), entry: None, services: BTreeSet::new() };
        rows.entry(name).or_insert(row).entry = Some(entry);
    }
    let rows: Vec<_> = rows.into_values().collect();
    let missing: Vec<_> = rows.iter().filter(|row| row.entry.is_none()).map(|row| row.name.clone()).collect();
    let outcome = Outcome::done("LISTED", summary(rows.len(), missing.len()))
        .data(json!({ "secrets": rows.iter().map(data).collect::<Vec<_>>() }))
        .actions(missing.iter().map(|name| set(name, &arguments.place.words())));
    Ok(if rows.is_empty() { outcome } else { outcome.body(text(&rows)) })
}

fn summary(all: usize, missing: usize) -> String {
    match missing {
        0 => words::count(all, "secret"),
        missing => format!("{}, {missing} without a value", words::count(all, "secret")),
    }
}

fn data(row: &Row) -> serde_json::Value {
    json!({
        "name": row.name,
        "version": row.entry.as_ref().map(|entry| entry.version),
        "set_at": row.entry.as_ref().map(|entry| entry.set_at),
        "services": row.services,
    })
}

fn text(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.name.len()).chain([4]).max().unwrap_or(4);
    let line = |row: &Row| {
        let version = row.entry.as_ref().map_or_else(|| "-".into(), |entry| entry.version.to_string());
        let set_at = row.entry.as_ref().map_or_else(|| "not set".into(), |entry| entry.set_at.to_string());
        let services = row.services.iter().cloned().collect::<Vec<_>>().join(", ");
        let services = if services.is_empty() { "no service".into() } else { services };
        format!("{:width$}  {version:>7}  {set_at:24}  {services}\n", row.name)
    };
    let heading = format!("{:width$}  {:>7}  {:24}  {}\n", "name", "version", "set at", "used by");
    heading + &rows.iter().map(line).collect::<String>()
}

fn set(name: &str, place: &[String]) -> RecommendedAction {
    let argv: Vec<_> =
        ["secret", "set", name, "--from-file", "…"].into_iter().chain(place.iter().map(String::as_str)).collect();
    action::write(&format!("set-{name}"), &argv, "gives it a value")
}
