//! Operations are paused, gone on with, taken back and tried again.

use crate::stage::Stage;

const SLOWLY: &str = "{ steps: [50, 100], bake: 4s }";

#[test]
fn a_canary_is_paused_and_goes_on() {
    let stage = Stage::live(SLOWLY);
    stage.spec("v2", SLOWLY);
    let operation = stage.detached("v2");
    let driver = stage.begun(&["resume", &operation]);
    stage.until_baking(&operation);
    let asked = stage.done(&["saga", "pause", &operation]);
    assert_eq!(asked["code"], "PAUSE_ASKED", "{asked:#}");
    let (answer, _) = driver.ended();
    assert_eq!((answer.exit, &answer.envelope["code"]), (Some(3), &"PAUSED".into()), "{answer:#?}");
    let shown = stage.shown(&operation);
    assert_eq!((&shown["status"], &shown["driven"]), (&"paused".into(), &false.into()), "{shown:#}");
    assert_eq!(shown["live"]["groups"]["b"]["weight"], 50, "what was done stays done: {shown:#}");

    let resumed = stage.done(&["saga", "resume", &operation]);
    assert_eq!(resumed["code"], "RESUMED", "{resumed:#}");
    assert_eq!(stage.live_label(), "v2");
    stage.refused("NOT_AS_IT_STANDS", &["saga", "pause", &operation]);
    stage.refused("NOTHING_TO_COMPENSATE", &["saga", "compensate", &operation]);
    stage.refused("ALREADY_DONE", &["saga", "retry", &operation]);
}

#[test]
fn a_canary_is_taken_back_by_whoever_drives_it_and_tried_again_as_a_new_operation() {
    let stage = Stage::live(SLOWLY);
    stage.spec("v2", SLOWLY);
    let operation = stage.detached("v2");
    let driver = stage.begun(&["resume", &operation]);
    stage.until_baking(&operation);
    let asked = stage.done(&["saga", "abort", &operation]);
    assert_eq!(asked["code"], "ABORT_ASKED", "{asked:#}");
    let (answer, _) = driver.ended();
    assert_eq!((answer.exit, &answer.envelope["code"]), (Some(130), &"ABORTED".into()), "{answer:#?}");
    assert_eq!(stage.live_label(), "v1");
    let shown = stage.shown(&operation);
    assert_eq!(shown["status"], "compensated", "{shown:#}");
    assert_eq!(stage.done(&["saga", "abort", &operation])["code"], "ALREADY_ABORTED");

    let again = stage.done(&["saga", "retry", &operation, "--idempotency-key", "again"]);
    assert_eq!((&again["code"], &again["data"]["retry_of"]), (&"RETRIED".into(), &operation.clone().into()));
    assert_ne!(again["operation_id"], operation.as_str());
    assert_eq!(stage.live_label(), "v2");
    let same = stage.done(&["saga", "retry", &operation, "--idempotency-key", "again"]);
    assert_eq!(same["operation_id"], again["operation_id"], "the same key is the same operation");
}

#[test]
fn what_nobody_drives_is_taken_back_here() {
    let stage = Stage::live(SLOWLY);
    stage.spec("v2", SLOWLY);
    let operation = stage.detached("v2");
    let back = stage.done(&["saga", "abort", &operation]);
    assert_eq!((&back["code"], &back["data"]["status"]), (&"TAKEN_BACK".into(), &"failed".into()), "{back:#}");
    assert_eq!(stage.live_label(), "v1");
    assert_eq!(stage.done(&["saga", "list"])["data"]["operations"].as_array().unwrap().len(), 0);
}
