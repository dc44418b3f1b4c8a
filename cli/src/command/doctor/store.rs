//! The store: tasks of this process and other processes race for the same keys.

use std::{path::PathBuf, process::Stdio, sync::Arc, time::Duration};

use clap::Args;
use serde_json::Value;
use skiff_runtime::{
    doctor::{
        codes::LOSES_UPDATES,
        race::{self, Race, Told, Verdict},
    },
    state::Ledger,
};
use tokio::process::Command;

use super::check::Check;
use crate::{
    document,
    failure::Failure,
    operating::{Operating, OperatingArguments, open_ledger, wait_for},
    outcome::Outcome,
};

/// How many tasks of this process take part.
const TASKS: usize = 4;
/// How many other processes take part.
const PROCESSES: usize = 2;
/// How many rounds of creating there are.
const ROUNDS: u32 = 5;
/// How long another process may take; a disk of the slowest sort syncs ten times a second.
const PATIENCE: Duration = Duration::from_secs(120);

/// How the store is tried.
#[derive(Debug, Clone, Args)]
pub(super) struct RaceArguments {
    /// How often each of 4 tasks and 2 processes counts up the same object of the store
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    races: u32,
    /// Take part in a race that another `skiff doctor` has prepared
    #[arg(long, value_name = "RACE", hide = true)]
    contend: Option<String>,
}

/// What another `skiff doctor` has asked this process to do, when it has.
pub(super) fn contestant(arguments: &RaceArguments, place: &OperatingArguments) -> Result<Option<Outcome>, Failure> {
    let Some(name) = &arguments.contend else { return Ok(None) };
    let ledger = open_ledger(&place.folder())?;
    let race = Race::named(name);
    let told = wait_for(async { Ok(contend(&ledger, &race, arguments.races).await?) })?;
    Ok(Some(Outcome::done("CONTENDED", "took part in a race").body("").data(document::to_value(&told)?)))
}

/// Races for real.
pub(super) async fn check(operating: &Operating, arguments: &RaceArguments) -> Check {
    Check::made("store", raced(operating, arguments.races).await.map(|verdict| judged(operating, &verdict)))
}

fn judged(operating: &Operating, verdict: &Verdict) -> Check {
    let (kept, acknowledged) = (verdict.kept, verdict.acknowledged);
    let said = format!("{kept} of {acknowledged} racing updates kept, by {TASKS} tasks and {PROCESSES} processes");
    let check = Check::new("store", said);
    if verdict.is_safe() {
        return check;
    }
    let message = format!(
        "`{}` kept {kept} of {acknowledged} updates that it acknowledged, and {} rounds had {} winners",
        operating.ledger.store.place(),
        verdict.rounds,
        verdict.winners
    );
    check.finding(&LOSES_UPDATES, message, "keep the ledger elsewhere: on a local disk, or in a bucket of Amazon S3")
}

async fn raced(operating: &Operating, increments: u32) -> Result<Verdict, Failure> {
    let ledger = &operating.ledger;
    let race = race::prepare(&*ledger.store, &ledger.world).await?;
    let told = everybody(operating, &race, increments).await;
    let told = match told {
        Ok(told) => told,
        Err(failure) => {
            // The first failure is the one to tell; a probe that is left behind does no harm.
            let _ = race::clean(&*ledger.store, &race).await;
            return Err(failure);
        }
    };
    Ok(race::judge(&*ledger.store, &race, ROUNDS, &told).await?)
}

async fn everybody(operating: &Operating, race: &Race, increments: u32) -> Result<Vec<Told>, Failure> {
    let mut processes = Vec::new();
    for _ in 0..PROCESSES {
        processes.push(tokio::spawn(another_process(operating.state.clone(), race.name().to_owned(), increments)));
    }
    let mut tasks = Vec::new();
    for _ in 0..TASKS {
        let (ledger, race) = (operating.ledger.clone(), race.clone());
        tasks.push(tokio::spawn(async move { contend(&ledger, &race, increments).await.map_err(Failure::from) }));
    }
    let mut told = Vec::new();
    for task in processes.into_iter().chain(tasks) {
        told.push(task.await.map_err(|error| Failure::defect(format!("a contestant was lost: {error}")))??);
    }
    Ok(told)
}

async fn contend(ledger: &Ledger, race: &Race, increments: u32) -> Result<Told, skiff_runtime::Error> {
    let store = Arc::clone(&ledger.store);
    race::contend(&*store, &ledger.world, race, ROUNDS, increments).await
}

async fn another_process(state: PathBuf, race: String, increments: u32) -> Result<Told, Failure> {
    let executable = std::env::current_exe().map_err(|error| lost(&error.to_string()))?;
    let mut command = Command::new(executable);
    command.args(["doctor", "--format", "json", "--contend", &race, "--races", &increments.to_string(), "--state"]);
    command.arg(state).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output()).await;
    let output = output.map_err(|_| lost("it took too long"))?.map_err(|error| lost(&error.to_string()))?;
    let envelope: Value = serde_json::from_slice(&output.stdout).map_err(|_| lost("it said nothing"))?;
    if envelope["ok"] != true {
        return Err(lost(envelope["summary"].as_str().unwrap_or("it failed")));
    }
    serde_json::from_value(envelope["data"].clone()).map_err(|error| lost(&error.to_string()))
}

fn lost(why: &str) -> Failure {
    Failure::defect(format!("another process could not take part in the race: {why}"))
}
