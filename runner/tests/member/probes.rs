//! Probes of four kinds against real servers, and what they decide.

mod servers;

use std::{fs, sync::atomic::Ordering};

use serde_json::{Value, json};
use skiff_wire::MemberPhase;

use crate::scene::{Scene, manifest, until};
use servers::{Grpc, Http};

fn check(kind: &str, more: Value) -> Value {
    let mut check = json!({
        "kind": kind, "interval-seconds": 1, "timeout-seconds": 1, "failures": 1, "successes": 1,
    });
    for (key, value) in more.as_object().unwrap() {
        check[key] = value.clone();
    }
    let fields = check.as_object().unwrap().clone();
    fields.into_iter().map(|(key, value)| (key.replace('-', "_"), value)).collect()
}

/// A member with one probe as its readiness.
fn ready_by(readiness: Value) -> Scene {
    let scene = Scene::new();
    let manifest = manifest(json!({ "readiness": readiness }));
    scene.assign(&scene.release(manifest, &[("run", "exec sleep 600")]), 1);
    scene
}

#[test]
fn http_sends_its_headers_counts_redirects_as_well_and_says_what_came_instead() {
    let server = Http::start(false);
    let scene = ready_by(check(
        "http",
        json!({ "path": "/live?deep=1", "port": server.port, "headers": { "Host": "shop.test", "X-Probe": "yes" } }),
    ));
    server.status.store(500, Ordering::SeqCst);
    let runner = scene.start();
    until("the reason", || runner.get("/healthz").1.contains("answered 500").then_some(()));
    server.status.store(302, Ordering::SeqCst);
    runner.until_status(200);
    let request = server.last.lock().unwrap().clone();
    for part in ["GET /live?deep=1 HTTP/1.1", "host: shop.test", "x-probe: yes"] {
        assert!(request.to_lowercase().contains(&part.to_lowercase()), "{part} in {request}");
    }
    server.status.store(404, Ordering::SeqCst);
    let state = scene.until_phase(MemberPhase::Unready);
    let reason = state.reason.unwrap();
    assert!(reason.code == "SK2626" && reason.message.contains("answered 404"), "{reason:?}");
    assert!(runner.get("/metrics").1.contains(r#"probe="readiness",result="failure""#));
}

#[test]
fn https_needs_no_certificate_that_anybody_vouches_for() {
    let server = Http::start(true);
    let scene = ready_by(check("http", json!({ "path": "/", "port": server.port, "scheme": "https" })));
    scene.start().until_status(200);
}

#[test]
fn tcp_needs_somebody_who_accepts() {
    let scene = ready_by(check("tcp", json!({ "port": crate::scene::free_port() })));
    let runner = scene.start();
    until("the reason", || runner.get("/healthz").1.contains("nothing answers").then_some(()));
    let server = Http::start(false);
    let scene = ready_by(check("tcp", json!({ "port": server.port })));
    scene.start().until_status(200);
}

#[test]
fn grpc_asks_the_health_service() {
    let server = Grpc::start();
    let scene = ready_by(check("grpc", json!({ "path": "shop.Cart", "port": server.port })));
    server.status.store(2, Ordering::SeqCst);
    let runner = scene.start();
    until("the reason", || runner.get("/healthz").1.contains("not serving").then_some(()));
    server.status.store(1, Ordering::SeqCst);
    runner.until_status(200);
    let asked = server.last.lock().unwrap().clone();
    assert_eq!(asked, ("/grpc.health.v1.Health/Check".to_owned(), b"\0\0\0\0\x0b\x0a\x09shop.Cart".to_vec()));
}

#[test]
fn exec_runs_where_the_workload_runs_with_its_variables() {
    let scene = Scene::new();
    let file = scene.path("ready");
    let readiness = check("exec", json!({ "command": ["./probe", "$(FILE)", "$$(FILE)"] }));
    let manifest = manifest(json!({
        "readiness": readiness,
        "environment": { "FILE": { "value": file.display().to_string() } },
    }));
    let probe = "[ \"$2\" = '$(FILE)' ] && [ \"$1\" = \"$FILE\" ] && [ -e \"$1\" ]";
    scene.assign(&scene.release(manifest, &[("run", "exec sleep 600"), ("probe", probe)]), 1);
    let runner = scene.start();
    until("the reason", || runner.get("/healthz").1.contains("its command ended with exit status 1").then_some(()));
    fs::write(file, "").unwrap();
    runner.until_status(200);
}

#[test]
fn a_workload_that_does_not_live_is_started_again() {
    let scene = Scene::new();
    let sick = scene.path("sick");
    let liveness = check("exec", json!({ "command": ["./alive", sick.display().to_string()], "failures": 2 }));
    let run = "trap 'exit 0' TERM; echo up; while :; do sleep 0.05; done";
    let manifest = manifest(json!({ "liveness": liveness }));
    scene.assign(&scene.release(manifest, &[("run", run), ("alive", "[ ! -e \"$1\" ]")]), 1);
    let runner = scene.start();
    runner.until_status(200);
    fs::write(&sick, "").unwrap();
    runner.until_log("main", "SK2621");
    fs::remove_file(&sick).unwrap();
    until("the second start", || (runner.log("main").matches("\"up\"").count() == 2).then_some(()));
    runner.until_status(200);
    assert_eq!(until("the count", || scene.state().filter(|state| state.restarts > 0)).restarts, 1);
    assert!(runner.get("/metrics").1.contains(r#"workload_restarts_total{workload="main"} 1"#));
}

#[test]
fn readiness_and_liveness_wait_for_the_startup_probe() {
    let scene = Scene::new();
    let started = scene.path("started");
    let startup = check("exec", json!({ "command": ["./there", started.display().to_string()], "failures": 600 }));
    let liveness = check("exec", json!({ "command": ["./there", started.display().to_string()] }));
    let manifest = manifest(json!({ "startup": startup, "liveness": liveness }));
    scene.assign(&scene.release(manifest, &[("run", "exec sleep 600"), ("there", "[ -e \"$1\" ]")]), 1);
    let runner = scene.start();
    until("the reason", || runner.get("/healthz").1.contains("has not started").then_some(()));
    std::thread::sleep(std::time::Duration::from_millis(1500));
    assert_eq!(scene.state().unwrap().restarts, 0, "liveness was not looked at");
    fs::write(started, "").unwrap();
    runner.until_status(200);
}
