//! `skiff state` on the real binary: what it says of a ledger, and how it ends.

#![allow(clippy::unwrap_used, reason = "the whole crate is tests, and its functions outside #[test] too")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

const INTENT: &str = include_str!("../../runtime/tests/fixtures/state/v1/operation-intent.json");
const OPERATION: &str = "shop/prod/operations/0199c1f2-7a30-7c55-9f1e-2b9a64d0c1aa";

/// Runs `skiff state` in a folder; the exit code, the text and the JSON object.
fn state(folder: &Path, arguments: &[&str]) -> (i32, String, Value) {
    let run = |more: &[&str]| -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_skiff"));
        command.current_dir(folder).arg("state").args(arguments).args(more).output().unwrap()
    };
    let json = run(&["--format", "json"]);
    let text = run(&[]);
    assert_eq!(json.stderr, b"", "{}", String::from_utf8_lossy(&json.stderr));
    let stdout = String::from_utf8(text.stdout).unwrap() + &String::from_utf8(text.stderr).unwrap();
    (json.status.code().unwrap(), stdout, serde_json::from_slice(&json.stdout).unwrap())
}

/// A folder with a ledger: one operation that was begun and never driven.
fn ledger() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let operation = folder.path().join(".skiff").join(OPERATION);
    fs::create_dir_all(&operation).unwrap();
    fs::write(operation.join("intent.json"), INTENT).unwrap();
    folder
}

#[test]
fn a_ledger_that_is_not_there_is_not_found() {
    let folder = tempfile::tempdir().unwrap();
    for task in ["verify", "repair", "gc"] {
        let (exit, text, json) = state(folder.path(), &[task]);
        assert_eq!((exit, json["code"].as_str()), (5, Some("NOT_FOUND")), "{text}");
        assert!(text.contains("there is no ledger at `.skiff`"), "{text}");
    }
    assert!(!folder.path().join(".skiff").exists(), "looking makes nothing");
}

#[test]
fn a_ledger_in_order_is_said_to_be() {
    let folder = ledger();
    let (exit, text, json) = state(folder.path(), &["verify"]);
    assert_eq!((exit, json["code"].as_str(), json["ok"].as_bool()), (0, Some("LEDGER_IN_ORDER"), Some(true)));
    assert!(text.contains("operations  1\n") && text.contains("Everything is in order."), "{text}");
    assert_eq!(json["data"]["objects"], 1);
    let (exit, text, json) = state(folder.path(), &["gc"]);
    assert_eq!((exit, json["code"].as_str()), (0, Some("NOTHING_TO_REMOVE")), "{text}");
}

#[test]
fn what_is_wrong_is_named_and_mended() {
    let folder = ledger();
    let control = folder.path().join(".skiff").join(OPERATION).join("control.json");
    fs::write(&control, "{ cut o").unwrap();
    let (exit, text, json) = state(folder.path(), &["verify"]);
    assert_eq!((exit, json["code"].as_str(), json["ok"].as_bool()), (3, Some("LEDGER_NOT_IN_ORDER"), Some(true)));
    assert!(text.contains("error    SK2020") && text.contains("control.json"), "{text}");
    let finding = &json["findings"][0];
    assert_eq!((finding["code"].as_str(), finding["severity"].as_str()), (Some("SK2020"), Some("error")));
    assert_eq!(finding["file"], format!(".skiff/{OPERATION}/control.json"));
    assert_eq!(json["recommended_actions"][0]["argv"], serde_json::json!(["skiff", "state", "repair", "--dry-run"]));

    let (exit, text, json) = state(folder.path(), &["gc"]);
    assert_eq!((exit, json["code"].as_str()), (12, Some("LEDGER_NOT_IN_ORDER")), "{text}");

    let (exit, _, json) = state(folder.path(), &["repair", "--dry-run"]);
    assert_eq!((exit, json["code"].as_str()), (0, Some("REPAIR_PLANNED")));
    assert_eq!(fs::read(&control).unwrap(), b"{ cut o");
    let output =
        Command::new(env!("CARGO_BIN_EXE_skiff")).current_dir(folder.path()).args(["state", "repair"]).output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(text.contains("made again from 0 log entries") && text.contains("what was there is in"), "{text}");
    assert!(folder.path().join(".skiff/quarantine").join(OPERATION).join("control.json").is_dir());
    let (exit, ..) = state(folder.path(), &["verify"]);
    assert_eq!(exit, 0);
}

#[test]
fn the_state_of_a_newer_skiff_is_refused_and_left_alone() {
    let folder = ledger();
    let intent = folder.path().join(".skiff").join(OPERATION).join("intent.json");
    fs::write(&intent, INTENT.replace("operation-intent/v1", "operation-intent/v2")).unwrap();
    for (task, exit) in [("verify", 3), ("repair", 3), ("gc", 12)] {
        let (found, text, _) = state(folder.path(), &[task]);
        assert_eq!(found, exit, "{text}");
        assert!(text.contains("was written by a newer Skiff"), "{text}");
    }
    assert!(fs::read_to_string(&intent).unwrap().contains("operation-intent/v2"));
}
