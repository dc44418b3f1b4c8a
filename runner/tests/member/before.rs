//! The command that a release runs once before its members serve.

use std::fs;

use serde_json::json;
use skiff_wire::BeforeOutcome;

use crate::scene::{Runner, Scene, manifest};

/// A release whose `before` is this script, and whose main workload says that it runs.
fn scene(before: &[&str], script: &str) -> Scene {
    let mut scene = Scene::new();
    scene.life.grace_seconds = 1;
    let mut manifest = manifest(json!({ "environment": { "WHO": { "value": "ann" } } }));
    manifest["before"] = json!(before);
    let scripts = [("run", "echo served; exec sleep 600"), ("migrate", script)];
    scene.assign(&scene.release(manifest, &scripts), 1);
    scene
}

fn start(scene: &Scene) -> Runner {
    scene.start_with(&scene.text(|configuration| configuration.before = true))
}

fn outcome(scene: &Scene) -> BeforeOutcome {
    serde_json::from_slice(&fs::read(scene.path("member").join(BeforeOutcome::FILE)).unwrap()).unwrap()
}

#[test]
fn it_runs_in_the_place_of_the_main_workload_and_with_its_environment() {
    let scene = scene(&["./migrate", "up"], "echo \"$1 for $WHO\"");
    let mut runner = start(&scene);
    assert_eq!(runner.wait(), 0, "{}", runner.said());
    runner.until_log("main", "up for ann");
    assert!(!runner.log("main").contains("served"), "{}", runner.log("main"));
    assert_eq!(outcome(&scene), BeforeOutcome { exit: Some(0), reason: None });
}

#[test]
fn a_failure_has_its_exit_code_and_is_not_tried_again() {
    let scene = scene(&["./migrate"], "echo tried; exit 3");
    let mut runner = start(&scene);
    assert_eq!(runner.wait(), 8);
    assert!(runner.said().contains("SK2629") || runner.log("main").matches("\"tried\"").count() == 1);
    let wanted = BeforeOutcome { exit: Some(3), reason: Some("ended with exit status 3".into()) };
    assert_eq!(outcome(&scene), wanted);
    assert_eq!(scene.state().unwrap().reason.unwrap().code, "SK2629");
    // The same member once more: it was begun, and that is that.
    let mut again = start(&scene);
    assert_eq!(again.wait(), 8);
    assert_eq!(again.log("main").matches("\"tried\"").count(), 1);
    assert_eq!(scene.state().unwrap().reason.unwrap().code, "SK2630");
    assert_eq!(outcome(&scene), wanted);
}

#[test]
fn one_that_was_killed_under_it_is_never_begun_again() {
    let scene = scene(&["./migrate"], "echo tried; exec sleep 600");
    let mut runner = start(&scene);
    runner.until_log("main", "tried");
    runner.signal("KILL");
    runner.wait();
    let mut again = start(&scene);
    assert_eq!(again.wait(), 8);
    assert_eq!(again.log("main").matches("\"tried\"").count(), 1);
    assert!(outcome(&scene).reason.unwrap().contains("SK2630"));
}

#[test]
fn what_takes_too_long_is_ended_and_so_is_what_is_told_to_stop() {
    let mut scene = scene(&["./migrate"], "echo up; exec sleep 600");
    scene.life.timeout_seconds = Some(1);
    let mut runner = start(&scene);
    assert_eq!(runner.wait(), 8);
    let reason = outcome(&scene).reason.unwrap();
    assert!(reason.contains("took longer than 1 s"), "{reason}");
    (scene.life.timeout_seconds, scene.member) = (None, "other".into());
    let mut runner = start(&scene);
    runner.until_log("main", "up");
    runner.signal("TERM");
    assert_eq!(runner.wait(), 0);
    let path = scene.path("other").join(BeforeOutcome::FILE);
    assert!(fs::read_to_string(path).unwrap().contains("told to stop"));
}

#[test]
fn a_release_without_one_runs_nothing() {
    let scene = scene(&[], "echo never");
    let mut runner = start(&scene);
    assert_eq!(runner.wait(), 8);
    assert_eq!(runner.log("main"), "");
    let reason = outcome(&scene).reason.unwrap();
    assert!(reason.contains("is not in the release") && reason.contains("SK2629"), "{reason}");
}

#[test]
fn a_release_that_nobody_signed_for_this_ledger_runs_nothing() {
    let scene = scene(&["./migrate"], "echo never");
    let text = scene.text(|configuration| {
        configuration.before = true;
        configuration.trust_root = format!("sha256:{}", "0".repeat(64));
    });
    let mut runner = scene.start_with(&text);
    assert_eq!(runner.wait(), 10);
    assert_eq!(runner.log("main"), "");
    assert_eq!(outcome(&scene).exit, None);
}
