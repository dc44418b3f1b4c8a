//! From the start to the end of a member.

use std::{fs, net::TcpListener};

use serde_json::json;
use skiff_wire::MemberPhase;

use crate::scene::{Scene, free_port, manifest, marked, until};

const FOREVER: &str = "exec sleep 600";

#[test]
fn a_member_serves_what_was_verified_and_stops_when_it_is_told() {
    let mut scene = Scene::new();
    scene.ports.insert(8080, free_port());
    let port = scene.ports[&8080];
    let release = scene.release(
        manifest(json!({ "ports": { "main": 8080 }, "environment": { "GREETING": { "value": "hello $(SKIFF_SERVICE)" } } })),
        &[("run", "echo \"$GREETING on $PORT and $SKIFF_PORT_MAIN\"; trap 'echo leaving; exit 0' TERM; while :; do sleep 0.05; done")],
    );
    scene.assign(&release, 1);
    let mut runner = scene.start();
    runner.until_log("main", &format!("hello web on {port} and {port}"));
    assert!(runner.until_status(503).contains(&port.to_string()), "nothing answers on the port yet");
    let application = TcpListener::bind(("127.0.0.1", port)).unwrap();
    runner.until_status(200);
    let state = scene.until_phase(MemberPhase::Ready);
    assert_eq!((state.release, state.generation, state.sequence), (Some(release.0), 1, release.1));
    assert_eq!((state.root_version, state.restarts, state.reason), (1, 0, None));
    let metrics = runner.get("/metrics").1;
    for part in ["workload_up{workload=\"main\"} 1", "phase{phase=\"ready\"} 1", "verification_seconds 0.", "# EOF"] {
        assert!(metrics.contains(part), "{part} in {metrics}");
    }
    drop(application);
    runner.until_status(503);
    runner.signal("TERM");
    assert_eq!(runner.wait(), 0, "{}", runner.said());
    runner.until_log("main", "leaving");
    assert_eq!(scene.state().unwrap().phase, MemberPhase::Stopped);
    assert_eq!(marked(&scene.path("member")), [0; 0]);
}

#[test]
fn a_killed_runner_leaves_no_process_and_the_next_one_starts_anew() {
    let scene = Scene::new();
    // Three generations, one of them in a session of its own.
    let run = "sh -c 'sleep 600 & sleep 600' & setsid sleep 600 & exec sleep 600";
    scene.assign(&scene.release(manifest(json!({})), &[("run", run)]), 1);
    let mut runner = scene.start();
    runner.until_status(200);
    let folder = scene.path("member");
    until("all five processes", || (marked(&folder).len() >= 4).then_some(()));
    runner.signal("KILL");
    runner.wait();
    until("nothing to be left", || marked(&folder).is_empty().then_some(()));
    let next = scene.start();
    next.until_status(200);
}

#[test]
fn two_runners_of_one_member_do_not_run_at_once() {
    let mut scene = Scene::new();
    scene.assign(&scene.release(manifest(json!({})), &[("run", FOREVER)]), 1);
    let runner = scene.start();
    runner.until_status(200);
    scene.health_port = free_port();
    let mut second = scene.start();
    assert_eq!(second.wait(), 6);
    assert!(second.said().contains("SK2603"));
    runner.until_status(200);
}

#[test]
fn a_member_without_an_assignment_waits_for_one() {
    let scene = Scene::new();
    let runner = scene.start();
    let state = scene.until_phase(MemberPhase::Booting);
    until("the reason", || scene.state().unwrap().reason.filter(|reason| reason.code == "SK2609"));
    assert_eq!(state.release, None);
    assert_eq!(runner.get("/healthz").0, 503);
    scene.assign(&scene.release(manifest(json!({})), &[("run", FOREVER)]), 1);
    runner.until_status(200);
}

#[test]
fn a_workload_that_ends_is_started_again_after_pauses_and_then_the_member_fails() {
    let scene = Scene::new();
    scene.assign(&scene.release(manifest(json!({})), &[("run", "echo started; exit 3")]), 1);
    let runner = scene.start();
    let state = scene.until_phase(MemberPhase::Failing);
    let reason = state.reason.unwrap();
    assert_eq!(reason.code, "SK2620");
    assert!(reason.message.contains("ended with exit status 3"), "{}", reason.message);
    assert!(state.restarts >= 3);
    let log = runner.log("main");
    for pause in ["again in 1 s", "again in 2 s", "again in 4 s"] {
        assert!(log.contains(pause), "{pause} in {log}");
    }
    assert_eq!(runner.get("/healthz").0, 503);
}

#[test]
fn who_does_not_end_within_its_grace_is_killed_and_drains_before() {
    let mut scene = Scene::new();
    (scene.life.grace_seconds, scene.life.drain_seconds) = (1, 2);
    let run = "trap 'echo heard' TERM; echo up; while :; do sleep 0.05; done";
    scene.assign(&scene.release(manifest(json!({})), &[("run", run)]), 1);
    let mut runner = scene.start();
    runner.until_status(200);
    runner.until_log("main", "up");
    runner.signal("TERM");
    assert!(runner.until_status(503).contains("draining"));
    assert!(!runner.log("main").contains("heard"), "SIGTERM comes after the drain");
    assert_eq!(runner.wait(), 0);
    let log = runner.log("main");
    let order = ["SIGTERM", "heard", "SIGKILL"].map(|word| log.find(word).unwrap_or_else(|| panic!("{word} in {log}")));
    assert!(order.is_sorted(), "{log}");
}

#[test]
fn an_unpacked_bundle_that_was_changed_is_unpacked_again_before_the_next_start() {
    let scene = Scene::new();
    scene.assign(&scene.release(manifest(json!({})), &[("run", "echo the real one; exec sleep 600")]), 1);
    let runner = scene.start();
    runner.until_log("main", "the real one");
    let bundle = fs::read_dir(scene.path("member/bundles")).unwrap().next().unwrap().unwrap().path();
    fs::write(bundle.join("run"), "#!/bin/sh\necho another one; exec sleep 600\n").unwrap();
    let main = marked(&scene.path("member"));
    assert!(std::process::Command::new("kill").args(main.iter().map(u32::to_string)).status().unwrap().success());
    runner.until_log("runner", "SK2611");
    until("the second start", || (runner.log("main").matches("the real one").count() == 2).then_some(()));
    assert!(!runner.log("main").contains("another one"));
}
