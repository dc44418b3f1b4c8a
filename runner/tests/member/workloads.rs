//! Several workloads, hooks, jobs.

use std::fs;

use serde_json::{Value, json};
use skiff_wire::MemberPhase;

use crate::scene::{Scene, manifest, until};

/// A workload of the same bundle that runs another script.
fn workload(name: &str, more: Value) -> Value {
    let mut workload = manifest(more)["main"].clone();
    workload["name"] = name.into();
    workload["command"]["command"] = json!([format!("./{name}"), "$(ORDER)"]);
    workload
}

/// Notes its start, and its end by SIGTERM, in the file that it is given.
const NOTES: &str = r#"name=${0##*/}; echo "$name starts" >> "$1"
trap 'echo "$name ends" >> "$1"; exit 0' TERM; while :; do sleep 0.05; done"#;

#[test]
fn workloads_start_in_their_order_and_stop_in_reverse() {
    let scene = Scene::new();
    let order = scene.path("order");
    let environment = json!({ "ORDER": { "value": order.display().to_string() } });
    let plain = json!({ "environment": environment });
    let first = json!({ "environment": environment, "first": true });
    let manifest = json!({
        "main": workload("main", plain.clone()),
        "init": [workload("one", plain.clone()), workload("two", plain.clone())],
        "sidecars": [workload("beside", plain), workload("proxy", first.clone()), workload("mesh", first)],
    });
    let once = "sleep 0.2; echo \"${0##*/}\" >> \"$1\"";
    let scripts = [("main", NOTES), ("beside", NOTES), ("proxy", NOTES), ("mesh", NOTES), ("one", once), ("two", once)];
    scene.assign(&scene.release(manifest, &scripts), 1);
    let mut runner = scene.start();
    runner.until_status(200);
    until("six lines", || (fs::read_to_string(&order).ok()?.lines().count() == 6).then_some(()));
    runner.signal("TERM");
    assert_eq!(runner.wait(), 0);
    let text = fs::read_to_string(order).unwrap();
    let place =
        |line: &str| text.lines().position(|other| other == line).unwrap_or_else(|| panic!("{line} in\n{text}"));
    let (starts, ends) = (["one", "two", "main starts"], ["main ends", "mesh ends", "proxy ends"]);
    assert!(place("proxy starts") < place("one") && place("mesh starts") < place("one"), "{text}");
    assert!(starts.map(place).is_sorted() && ends.map(place).is_sorted(), "{text}");
    assert!(place("two") < place("beside starts") && place("beside ends") < place("mesh ends"), "{text}");
}

#[test]
fn an_init_workload_that_fails_keeps_the_main_one_from_starting() {
    let scene = Scene::new();
    let go = scene.path("go");
    let plain = json!({ "environment": { "ORDER": { "value": go.display().to_string() } } });
    let manifest = json!({ "main": workload("main", plain.clone()), "init": [workload("migrate", plain)] });
    scene.assign(&scene.release(manifest, &[("main", "echo up; exec sleep 600"), ("migrate", "[ -e \"$1\" ]")]), 1);
    let runner = scene.start();
    runner.until_log("migrate", "SK2623");
    assert_eq!(runner.log("main"), "");
    let reason =
        until("the reason", || scene.state().and_then(|state| state.reason).filter(|reason| reason.code == "SK2623"));
    assert!(reason.message.contains("`migrate`"), "{}", reason.message);
    fs::write(go, "").unwrap();
    runner.until_status(200);
}

#[test]
fn hooks_run_after_the_start_and_before_the_stop() {
    let scene = Scene::new();
    let order = scene.path("order");
    let path = order.display().to_string();
    let exec = |word: &str| json!({ "kind": "exec", "command": ["./note", word] });
    let manifest = manifest(json!({
        "environment": { "ORDER": { "value": path } },
        "hooks": { "after_start": exec("after"), "before_stop": exec("before") },
    }));
    let run = "trap 'echo term >> \"$ORDER\"; exit 0' TERM; while :; do sleep 0.05; done";
    scene.assign(&scene.release(manifest, &[("run", run), ("note", "echo \"$1\" >> \"$ORDER\"")]), 1);
    let mut runner = scene.start();
    runner.until_status(200);
    runner.signal("TERM");
    assert_eq!(runner.wait(), 0);
    assert_eq!(fs::read_to_string(order).unwrap(), "after\nbefore\nterm\n");
}

#[test]
fn a_hook_that_fails_starts_the_workload_again() {
    let scene = Scene::new();
    let hook = json!({ "after_start": { "kind": "http", "path": "/warm", "port": crate::scene::free_port() } });
    scene.assign(&scene.release(manifest(json!({ "hooks": hook })), &[("run", "exec sleep 600")]), 1);
    let runner = scene.start();
    runner.until_log("main", "SK2625");
    assert_eq!(runner.get("/healthz").0, 503);
}

fn job(retries: u32, timeout: Option<u32>, run: &str) -> Scene {
    let mut scene = Scene::new();
    scene.life.kind = "job".into();
    (scene.life.retries, scene.life.timeout_seconds, scene.life.grace_seconds) = (retries, timeout, 1);
    let beside = workload("beside", json!({ "environment": { "ORDER": { "value": "x" } } }));
    let mut manifest = manifest(json!({}));
    manifest["sidecars"] = json!([beside]);
    scene.assign(&scene.release(manifest, &[("run", run), ("beside", "exec sleep 600")]), 1);
    scene
}

#[test]
fn a_job_ends_with_its_main_workload() {
    let scene = job(0, None, "echo done");
    let mut runner = scene.start();
    assert_eq!(runner.wait(), 0);
    runner.until_log("main", "done");
    assert_eq!(scene.state().unwrap().phase, MemberPhase::Stopped);
}

#[test]
fn a_job_that_fails_is_tried_again_as_often_as_it_may() {
    let scene = job(1, None, "echo run; exit 4");
    let mut runner = scene.start();
    assert_eq!(runner.wait(), 8);
    assert!(runner.said().contains("each of 2 runs"));
    assert_eq!(runner.log("main").matches("\"run\"").count(), 2);
    let state = scene.state().unwrap();
    assert_eq!((state.phase, state.reason.unwrap().code.as_str()), (MemberPhase::Failing, "SK2624"));
}

#[test]
fn a_job_that_takes_too_long_is_ended() {
    let scene = job(0, Some(1), "exec sleep 600");
    let mut runner = scene.start();
    assert_eq!(runner.wait(), 8);
    assert!(runner.said().contains("took longer than 1 s"));
}

#[test]
fn a_job_that_is_told_to_stop_has_its_grace() {
    let mut scene = job(0, None, "trap 'sleep 0.3; echo finished; exit 0' TERM; echo up; while :; do sleep 0.05; done");
    scene.life.grace_seconds = 5;
    let mut runner = scene.start();
    runner.until_log("main", "up");
    runner.signal("TERM");
    assert_eq!(runner.wait(), 0);
    assert!(runner.log("main").contains("finished"), "{}", runner.log("main"));
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let scene = Scene::new();
    let mut manifest = manifest(json!({}));
    manifest["main"]["command"]["command"] = json!(["bin/server"]);
    scene.assign(&scene.release(manifest, &[("run", "")]), 1);
    let runner = scene.start();
    until("the reason", || runner.log("main").contains("bin/server").then_some(()));
    runner.until_log("main", "No such file");
    let other = Scene::new();
    other.assign(
        &other.release(
            crate::scene::manifest(json!({ "command": { "working_directory": "gone", "command": ["./run"] } })),
            &[("run", "")],
        ),
        1,
    );
    let runner = other.start();
    runner.until_log("main", "SK2622");
}
