//! `skiff secret set`: gives a secret its value.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use skiff_runtime::{
    local::secret::{SecretEntry, SecretStore, check_name, check_value},
    state::event::NewEvent,
};
use skiff_wire::{RecommendedAction, Reversibility, Risk};

use super::{
    names::{Users, needed},
    store, value,
};
use crate::{
    acting::actor,
    action,
    failure::Failure,
    operating::{Operating, OperatingArguments, wait_for},
    outcome::Outcome,
};

/// How alike a misspelt name must be to be suggested, from 0 to 1.
const ALIKE: f64 = 0.7;

/// Set the value of a secret, from standard input or a file
///
/// Of standard input one final newline is left out; a file is taken as it is. Members read a secret when they start, so what
/// runs keeps the old value until it is restarted. The same value again changes nothing. Forms: text, json.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pass show shop/smtp | skiff secret set smtp-password\n  skiff secret set client-key --from-file client.pem"
)]
pub(crate) struct SetArguments {
    /// A name that the spec has under `secrets:`
    #[arg(value_name = "NAME")]
    name: String,
    /// Refused: other users of this machine see it, and shells keep it
    #[arg(value_name = "VALUE", hide = true)]
    value: Option<String>,
    /// Take the value from this file
    #[arg(long, value_name = "FILE")]
    from_file: Option<PathBuf>,
    /// Check everything and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    place: OperatingArguments,
}

/// Sets a value.
pub(super) fn run(arguments: &SetArguments) -> Result<Outcome, Failure> {
    let name = &*arguments.name;
    refuse_value(arguments)?;
    check_name(name)?;
    let operating = arguments.place.open()?;
    let users = needed(&operating.compiled);
    if !users.contains_key(name) {
        return Err(unknown(name, &users));
    }
    let value = value::read(name, arguments.from_file.as_deref())?;
    check_value(name, &value)?;
    let store = store(&operating)?;
    if unchanged(&store, &operating, name, &value) {
        let entry = store.list(&operating.scope)?.into_iter().find(|entry| entry.name == name);
        return Ok(Outcome::done("UNCHANGED", format!("`{name}` has this value already"))
            .data(json!({ "name": name, "version": entry.map(|entry| entry.version), "changed": false })));
    }
    if arguments.dry_run {
        return Ok(
            Outcome::done("WOULD_SET", format!("`{name}` would be set")).data(json!({ "name": name, "changed": true }))
        );
    }
    let entry = store.set(&operating.ledger.world, &operating.scope, name, &value)?;
    record(&operating, &entry)?;
    Ok(Outcome::done("SECRET_SET", format!("`{name}` is set: version {}", entry.version))
        .data(json!({ "name": name, "version": entry.version, "changed": true }))
        .actions(restarts(arguments, &users)))
}

/// Whether the value is there; one that cannot be read is replaced.
fn unchanged(store: &SecretStore, operating: &Operating, name: &str, value: &[u8]) -> bool {
    store.get(&operating.scope, name).is_ok_and(|present| *present == value)
}

fn refuse_value(arguments: &SetArguments) -> Result<(), Failure> {
    let before = arguments.name.split_once('=').map(|(before, _)| before);
    if before.is_none() && arguments.value.is_none() {
        return Ok(());
    }
    let name = before.unwrap_or(&arguments.name);
    Err(Failure::usage("a value cannot be given on the command line: others see it there, and shells keep it")
        .hint(format!("pipe it in: `skiff secret set {name}`, or use `--from-file FILE`; and replace the value")))
}

fn unknown(name: &str, users: &Users) -> Failure {
    let failure = Failure::not_found(format!("no service needs a secret `{name}`"));
    let likeness = |known: &&String| strsim::jaro_winkler(known, name);
    let best = users.keys().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match best.filter(|best| likeness(best) >= ALIKE) {
        Some(best) => failure.hint(format!("did you mean `{best}`?")),
        None => failure.hint("name it under `secrets:` of a service first"),
    }
    .action(action::look("list", &["secret", "list"], "lists the secrets that services need"))
}

fn record(operating: &Operating, entry: &SecretEntry) -> Result<(), Failure> {
    let event = NewEvent {
        kind: "secret-set",
        audit: true,
        actor: actor::name(),
        service: None,
        operation: None,
        summary: format!("`{}` was set: version {}", entry.name, entry.version),
        data: json!({ "name": entry.name, "version": entry.version }),
    };
    wait_for(async {
        operating.ledger.event(&operating.scope, event).await.map(drop).map_err(|error| {
            let failure = Failure::from(error);
            failure.hint(format!("`{}` is set all the same; only the audit does not have it", entry.name))
        })
    })
}

fn restarts(arguments: &SetArguments, users: &Users) -> Vec<RecommendedAction> {
    let place = arguments.place.words();
    let services = users.get(&arguments.name).into_iter().flatten();
    let restart = |service: &String| {
        let argv: Vec<_> = ["restart", service].into_iter().chain(place.iter().map(String::as_str)).collect();
        let id = format!("restart-{service}");
        let look = action::look(&id, &argv, "gives members that run the new value");
        let reversibility = Reversibility::Compensatable;
        RecommendedAction { mutating: true, risk: Risk::Low, reversibility, confidence: 0.6, ..look }
    };
    services.map(restart).collect()
}
