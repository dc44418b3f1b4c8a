//! The same request twice: a key makes it one, whatever has happened since; and `--dry-run` says what it would do.

use serde_json::Value;

use crate::stage::Stage;

const SLOWLY: &str = "{ steps: [50, 100], bake: 4s }";

/// How many entries an operation's log has.
fn entries(stage: &Stage, operation: &str) -> u64 {
    stage.shown(operation)["entries"].as_u64().unwrap()
}

fn live(rollout: &str, version: &str) -> (Stage, String) {
    let stage = Stage::live(rollout);
    stage.spec(version, rollout);
    let operation = stage.detached("v2");
    (stage, operation)
}

/// A dry run that does what it says: nothing.
fn would(stage: &Stage, operation: &str, code: &str, arguments: &[&str]) -> Value {
    let before = entries(stage, operation);
    let said = stage.done(&[arguments, &["--dry-run"]].concat());
    assert_eq!((&said["code"], &said["operation_id"]), (&code.into(), &operation.into()), "{said:#}");
    assert_eq!(entries(stage, operation), before, "nothing was written");
    said
}

#[test]
fn a_pause_that_was_answered_is_not_asked_again() {
    let (stage, operation) = live(SLOWLY, "v2");
    let pause = ["saga", "pause", &operation, "--idempotency-key", "stop"];
    would(&stage, &operation, "WOULD_PAUSE", &pause);
    assert_eq!(stage.done(&pause)["code"], "PAUSED");
    let asked = entries(&stage, &operation);
    assert_eq!((stage.done(&pause)["code"].clone(), entries(&stage, &operation)), ("PAUSED".into(), asked));
    let resume = ["saga", "resume", &operation, "--idempotency-key", "go", "--detach"];
    would(&stage, &operation, "WOULD_RESUME", &resume);
    assert_eq!(stage.done(&resume)["code"], "STARTED");
    let asked = entries(&stage, &operation);
    let again = stage.done(&pause);
    assert_eq!((&again["code"], &again["data"]["status"]), (&"PAUSE_ASKED".into(), &"running".into()), "{again:#}");
    assert_eq!(entries(&stage, &operation), asked, "somebody has answered it: {again:#}");
    stage.refused("IDEMPOTENCY_KEY_REUSED", &["saga", "abort", &operation, "--idempotency-key", "stop"]);
    stage.refused("IDEMPOTENCY_KEY_REUSED", &["deploy", "web", "--label", "v2", "--idempotency-key", "stop"]);
    stage.refused("BAD_IDEMPOTENCY_KEY", &["saga", "pause", &operation, "--idempotency-key", "a/b"]);

    let retry = ["saga", "retry", &operation, "--idempotency-key", "again", "--detach"];
    would(&stage, &operation, "WOULD_RETRY", &retry);
    stage.done(&retry);
    let abort = ["saga", "abort", &operation, "--idempotency-key", "back"];
    let said = would(&stage, &operation, "WOULD_ABORT", &abort);
    assert!(said["summary"].as_str().unwrap().contains("it has changed nothing"), "{said:#}");
    assert_eq!(stage.done(&abort)["code"], "TAKEN_BACK");
    assert_eq!(stage.done(&abort)["code"], "ALREADY_ABORTED");
    let once_more = stage.refused("ABORTED", &["saga", "retry", &operation, "--idempotency-key", "again"]);
    assert_eq!(once_more["operation_id"], operation.as_str(), "the key asked the old one to go on: {once_more:#}");
    let anew = stage.done(&["saga", "retry", &operation, "--idempotency-key", "anew", "--dry-run"]);
    assert_eq!((&anew["code"], &anew["data"]["retry_of"]), (&"WOULD_RETRY".into(), &operation.clone().into()));
    stage.refused("NOTHING_TO_COMPENSATE", &["saga", "compensate", &operation]);
}

#[test]
fn decisions_are_taken_once() {
    let stage = Stage::live("{ strategy: blue-green }");
    let waits = stage.refused("APPROVAL_NEEDED", &["destroy", "web"]);
    let first = waits["operation_id"].as_str().unwrap();
    let reject = ["saga", "reject", first, "--reason", "not today", "--idempotency-key", "no"];
    would(&stage, first, "WOULD_REJECT", &reject);
    assert_eq!(stage.done(&reject)["code"], "REJECTED");
    let asked = entries(&stage, first);
    assert_eq!((stage.done(&reject)["code"].clone(), entries(&stage, first)), ("REJECTED".into(), asked));
    let other = ["saga", "reject", first, "--reason", "never", "--idempotency-key", "no"];
    stage.refused("IDEMPOTENCY_KEY_REUSED", &other);
    would(&stage, first, "WOULD_COMPENSATE", &["saga", "compensate", first, "--idempotency-key", "undo"]);
    let compensate = ["saga", "compensate", first, "--waive-health", "the fix is ready", "--idempotency-key", "undo"];
    let said = would(&stage, first, "WOULD_COMPENSATE", &compensate);
    assert!(said["summary"].as_str().unwrap().contains("not healthy"), "{said:#}");
    assert_eq!(stage.done(&compensate)["code"], "TAKEN_BACK");
    let why = stage.shown(first)["reason"].as_str().unwrap().to_owned();
    assert!(why.contains("accepts members that are not healthy: the fix is ready"), "{why}");

    let waits = stage.refused("APPROVAL_NEEDED", &["destroy", "web"]);
    let operation = waits["operation_id"].as_str().unwrap();
    let approve = ["saga", "approve", operation, "--key", "me", "--idempotency-key", "yes"];
    let said = would(&stage, operation, "WOULD_APPROVE", &approve);
    assert!(said["data"]["same_person"].is_string(), "whoever asked would approve: {said:#}");
    let approved = stage.done(&approve);
    let told = approved["data"]["same_person"].as_str().unwrap();
    assert!(told.starts_with("both from the account "), "{approved:#}");
    let warned = approved["warnings"].as_array().unwrap();
    assert!(warned.iter().any(|said| said.as_str().unwrap().starts_with("the same person asked and approved")));
    let asked = entries(&stage, operation);
    assert_eq!((stage.done(&approve)["code"].clone(), entries(&stage, operation)), ("APPROVED".into(), asked));

    let page = stage.path("report.html");
    let report = ["saga", "report", operation, "--out", page.to_str().unwrap()];
    stage.done(&[&report[..], &["--dry-run"]].concat());
    assert!(!page.exists(), "a dry run writes nothing");
    stage.done(&report);
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("the same person has asked for it"), "{page}");
}

#[test]
fn a_key_of_a_deploy_is_for_its_shares_its_gates_and_its_requests() {
    let stage = Stage::live("{ strategy: blue-green }");
    stage.spec("v2", "{ strategy: blue-green }");
    let shadow = ["deploy", "web", "--shadow", "--request", "GET /", "--idempotency-key", "try"];
    let tried = stage.done(&shadow);
    assert_eq!(stage.done(&shadow)["operation_id"], tried["operation_id"]);
    let other = ["deploy", "web", "--shadow", "--request", "GET /healthz", "--idempotency-key", "try"];
    let refused = stage.refused("IDEMPOTENCY_KEY_REUSED", &other);
    assert!(refused["summary"].as_str().unwrap().contains("other requests"), "{refused:#}");
    stage.refused("IDEMPOTENCY_KEY_REUSED", &[&shadow[..], &["--rounds", "3"]].concat());

    let canary = |steps, gate| {
        let start = ["saga", "start", "canary", "web", "--label", "v2", "--idempotency-key", "ship", "--bake", "0s"];
        [&start[..], &["--steps", steps, "--gate", gate, "--detach"]].concat()
    };
    let begun = stage.done(&canary("50,100", "error-rate<=1%"));
    let again = stage.done(&canary("50,100", "error-rate<=1%"));
    assert_eq!(again["operation_id"], begun["operation_id"]);
    let refused = stage.refused("IDEMPOTENCY_KEY_REUSED", &canary("25,100", "error-rate<=1%"));
    assert!(refused["summary"].as_str().unwrap().contains("other shares"), "{refused:#}");
    let refused = stage.refused("IDEMPOTENCY_KEY_REUSED", &canary("50,100", "error-rate<=2%"));
    assert!(refused["summary"].as_str().unwrap().contains("other gates"), "{refused:#}");
    let shown = stage.done(&[&canary("50,100", "error-rate<=1%")[..], &["--dry-run"]].concat());
    assert_eq!(shown["data"]["services"][0]["operation"], begun["operation_id"], "{shown:#}");
    stage.done(&["saga", "abort", begun["operation_id"].as_str().unwrap()]);

    stage.done(&["release", "create", "web", "--label", "v3", "--idempotency-key", "made"]);
    stage.refused("IDEMPOTENCY_KEY_REUSED", &["deploy", "web", "--label", "v3", "--idempotency-key", "made"]);
    let verified = stage.done(&["state", "verify"]);
    let findings = verified["findings"].as_array().unwrap();
    assert!(
        !findings.iter().any(|finding| finding["code"] == "SK2036"),
        "a key of a release is no loose end: {verified:#}"
    );
}
