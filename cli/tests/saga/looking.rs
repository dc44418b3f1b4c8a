//! Operations are listed, shown and watched.

use rustix::process::Signal;
use serde_json::Value;

use crate::stage::Stage;

#[test]
fn what_is_left_to_a_worker_is_listed_shown_and_watched_to_its_end() {
    let stage = Stage::live("{ steps: [25, 100], bake: 2s }");
    stage.spec("v2", "{ steps: [25, 100], bake: 2s }");
    let operation = stage.detached("v2");
    assert_eq!(stage.live_label(), "v1", "nothing is done while nobody drives it");

    let listed = stage.done(&["saga", "list"]);
    let rows = listed["data"]["operations"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{listed:#}");
    assert_eq!((&rows[0]["operation"], &rows[0]["saga"]), (&operation.clone().into(), &"canary".into()));
    assert_eq!((&rows[0]["status"], &rows[0]["driven"]), (&"planned".into(), &false.into()));

    let watching = stage.begun(&["saga", "watch", &operation]);
    let worker = stage.begun(&["worker", "--once", "--name", "blue"]);
    let baking = stage.until_baking(&operation);
    assert_eq!(baking["driven"], true, "{baking:#}");
    assert!(baking["driver"].as_str().unwrap().starts_with("blue@"), "{baking:#}");
    let live = &baking["live"]["groups"];
    assert!(live["b"]["weight"].is_u64() && live["a"]["members"] == 2, "both slots are shown: {baking:#}");

    let (answer, _) = worker.ended();
    assert_eq!(answer.envelope["data"]["driven"][0]["status"], "succeeded", "{answer:#?}");
    let (answer, said) = watching.ended();
    assert_eq!((answer.exit, &answer.envelope["code"]), (Some(0), &"WATCHED".into()), "{answer:#?}");
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() > 3 && lines.iter().all(|line| line["operation"] == operation.as_str()), "{said}");

    it_is_over(&stage, &operation);
}

/// Each step of a finished canary is done, and nothing is open any more.
fn it_is_over(stage: &Stage, operation: &str) {
    let shown = stage.shown(operation);
    let steps = shown["steps"].as_array().unwrap();
    assert!(steps.iter().all(|step| step["progress"] == "done" && step["ended"].is_string()), "{shown:#}");
    let shift = steps.iter().find(|step| step["kind"] == "shift-traffic/1").unwrap();
    assert_eq!(shift["seen"], "weights read back: a 75, b 25");
    assert_eq!(stage.live_label(), "v2");
    assert_eq!(stage.done(&["saga", "list"])["data"]["operations"].as_array().unwrap().len(), 0);
    assert_eq!(stage.done(&["saga", "list", "--all"])["data"]["operations"].as_array().unwrap().len(), 2);
}

#[test]
fn looking_on_can_end_at_any_time() {
    let stage = Stage::live("{ strategy: blue-green }");
    stage.spec("v2", "{ strategy: blue-green }");
    let operation = stage.detached("v2");
    let mut watching = stage.begun(&["saga", "watch", &operation]);
    watching.until_said(&operation);
    watching.signal(Signal::INT);
    let (answer, _) = watching.ended();
    assert_eq!((answer.exit, &answer.envelope["code"]), (Some(0), &"STOPPED_WATCHING".into()), "{answer:#?}");
    let shown = stage.shown(&operation);
    assert_eq!((&shown["status"], &shown["entries"]), (&"planned".into(), &0.into()), "nothing was harmed: {shown:#}");
    stage.refused("NO_OPERATION", &["saga", "watch", "01976e2f-7c1a-7cc3-98c4-dc0c0c07398f"]);
}

#[test]
fn a_plan_has_a_digest_and_writes_nothing() {
    let stage = Stage::live("{ steps: [50, 100], bake: 5m }");
    stage.spec("v2", "{ steps: [50, 100], bake: 5m }");
    let planned = stage.done(&["saga", "plan", "canary", "web"]);
    let service = &planned["data"]["services"][0];
    assert_eq!((&service["saga"], &service["watched_seconds"]), (&"canary".into(), &600.into()), "{planned:#}");
    assert_eq!(service["plan"].as_str().unwrap().len(), 64);
    let at_once = stage.done(&["deploy", "--at-once", "--dry-run"]);
    let other = &at_once["data"]["services"][0];
    assert_eq!((&other["saga"], &other["watched_seconds"]), (&"deploy".into(), &0.into()));
    assert_ne!(other["plan"], service["plan"]);
    let drained = stage.done(&["saga", "plan", "drain", "web", "--instance", "i-1"]);
    assert_eq!(drained["code"], "WOULD_DRAIN");
    stage.refused("USAGE", &["saga", "plan", "traffic-cutover", "web"]);
    stage.refused("USAGE", &["saga", "plan", "canary", "web", "--steps", "50,25"]);
    // What would serve users is never taken for what would not, and the other way round.
    stage.refused("USAGE", &["saga", "plan", "deploy", "web", "--shadow"]);
    stage.refused("USAGE", &["saga", "plan", "shadow", "web", "--at-once"]);
    stage.refused("USAGE", &["saga", "plan", "canary", "web", "--request", "GET /"]);
    assert_eq!(stage.done(&["saga", "list"])["data"]["operations"].as_array().unwrap().len(), 0);
}
