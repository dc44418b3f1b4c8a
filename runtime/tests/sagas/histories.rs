//! Histories of operations as this version writes them: what a later version must still read, and would go on with.
//!
//! They are made by this test with `SKIFF_BLESS=1`, one file for each saga: the intent and the log. A version that cannot fold
//! one of them would leave operations behind that nobody can end; then the step's kind needs a new version, or a migration.

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde::{Deserialize, Serialize};
use skiff_runtime::{engine::status::Status, saga::Saga, simulation::schedule::to_the_end};
use skiff_wire::{LogEntry, OperationIntent, OperationStatus};

use crate::{
    scenario::{BACKWARD, FORWARD, Scenario},
    stage::Stage,
};

/// One operation from its intent to its end.
#[derive(Serialize, Deserialize)]
struct Recorded {
    intent: OperationIntent,
    log: Vec<LogEntry>,
    ended: OperationStatus,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/histories")
}

fn file(scenario: &Scenario) -> PathBuf {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    folder().join(format!("{}.json", scenario.name.chars().map(plain).collect::<String>()))
}

fn recorded(stage: &Stage, saga: &Saga) -> Recorded {
    let finished = stage.act(saga, Some("recorded")).expect("it lives").expect("it can be driven");
    let (ledger, scope) = (stage.world.ledger(), stage.world.scope());
    to_the_end(async {
        let intent =
            ledger.get(&scope.intent(&finished.operation)).await.expect("it can be read").expect("it is there");
        let mut log: Vec<LogEntry> = Vec::new();
        while let Some(entry) =
            ledger.get(&scope.log(&finished.operation, log.len() as u64)).await.expect("it can be read")
        {
            log.push(entry);
        }
        Recorded { intent, log, ended: finished.status }
    })
    .expect("it waits for nothing")
}

/// Nobody signs the same twice, so what waits for a person is recorded up to there elsewhere.
fn scenarios() -> impl Iterator<Item = &'static Scenario> {
    FORWARD.iter().chain(BACKWARD).filter(|scenario| !scenario.needs_approval())
}

#[test]
fn every_history_of_this_version_can_be_read_and_would_be_gone_on_with() {
    let bless = std::env::var_os("SKIFF_BLESS").is_some();
    if bless {
        fs::create_dir_all(folder()).expect("the folder can be made");
    }
    let mut known = BTreeSet::new();
    for scenario in scenarios() {
        let path = file(scenario);
        known.insert(path.clone());
        if bless {
            let (stage, saga) = scenario.prepare(7);
            let text = serde_json::to_string_pretty(&recorded(&stage, &saga)).expect("it is JSON");
            fs::write(&path, text + "\n").expect("it can be written");
        }
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}; bless it", path.display()));
        judge(scenario.name, &serde_json::from_str(&text).expect("it is a history"));
    }
    let there: BTreeSet<PathBuf> = fs::read_dir(folder())
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    assert_eq!(there, known, "each file belongs to a scenario");
}

fn judge(name: &str, recorded: &Recorded) {
    let intent = &recorded.intent;
    let saga = Saga::read(&intent.saga, &intent.parameters).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(saga.steps().definition(), intent.definition, "{name}: its steps are not the ones that were recorded");
    let mut status = Status::planned(&intent.steps);
    for entry in &recorded.log {
        status = status
            .next(&entry.event)
            .unwrap_or_else(|refused| panic!("{name}, entry {}: {}", entry.index, refused.why));
    }
    assert_eq!(status.state, recorded.ended, "{name}");
}

/// Histories of operations whose sagas have other steps by now: a drain without a further member, a canary that pins nothing.
const OF_BEFORE: [(&str, &str); 2] = [
    ("drain", include_str!("../fixtures/histories-of-before/drain.json")),
    ("canary", include_str!("../fixtures/histories-of-before/canary.json")),
];

/// Such an operation can be looked at, and is not driven: this version would do other steps under the same numbers.
#[test]
fn an_operation_of_another_definition_is_read_and_refused() {
    for (name, text) in OF_BEFORE {
        let Recorded { intent, log, .. } = serde_json::from_str(text).expect("it is a history");
        let stage = Stage::new(7, crate::stage::service(skiff_runtime::saga::Kind::Web));
        let (scope, ledger, desk) = (stage.world.scope(), stage.world.ledger(), crate::people::desk(&stage.world));
        let operation = intent.operation.clone();
        to_the_end(async {
            ledger.put_once(&scope.intent(&operation), &intent).await.expect("it is written");
            // Its driver died half way.
            for entry in &log[..log.len() / 2] {
                ledger.put_once(&scope.log(&operation, entry.index), entry).await.expect("it is written");
            }
            let before = desk.history(&scope, &operation).await.expect("it can be read");
            assert_eq!(before.entries.len(), log.len() / 2, "{name}");
            let refused = stage.engine().drive(&scope, &operation, &mut |_| {}).await.expect_err(name);
            assert_eq!((refused.code().id, refused.kind().exit() as u8), ("SK2203", 12), "{name}");
            let after = desk.history(&scope, &operation).await.expect("it can be read");
            assert_eq!(after, before, "{name}: nothing was written");
        })
        .expect("it waits for nothing");
    }
}

#[test]
fn a_history_whose_steps_changed_is_noticed() {
    let scenario = FORWARD.first().expect("there is one");
    let (stage, saga) = scenario.prepare(7);
    let mut recorded = recorded(&stage, &saga);
    let renamed = recorded.log.iter_mut().find_map(|entry| match &mut entry.event {
        skiff_wire::Event::StepStarted { kind, .. } => Some(kind),
        _ => None,
    });
    *renamed.expect("a step was begun") = "another/1".into();
    let judged = std::panic::catch_unwind(|| judge(scenario.name, &recorded));
    assert!(judged.is_err());
}
