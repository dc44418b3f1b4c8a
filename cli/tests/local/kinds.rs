//! Jobs and stateful services beside a web service: brought in, replaced, brought back, run.

use std::fs;

use serde_json::{Value, json};

use crate::world::{World, write_script};

/// A web service, a job, and a store whose one member keeps a journal on its volume.
fn world() -> World {
    let world = World::new();
    let spec = fs::read_to_string(world.path("skiff.yaml")).unwrap();
    let more = r#"
  report:
    kind: job
    bundle: job
    command: [./job]
    schedule: "0 3 * * *"
    timeout: 1m
  store:
    kind: stateful
    bundle: store
    command: [./store]
    port: 7000
    volume: { size: 1Gi, path: /data }
    health: { readiness: { tcp: "7000" } }
    stop: { grace: 2s, drain: 1s }
"#;
    fs::write(world.path("skiff.yaml"), spec.trim_end().to_owned() + more).unwrap();
    write_job(&world, "echo the first report");
    write_store(&world, "v1");
    world.done(&["local", "up", "--port", "0"]);
    world
}

fn write_job(world: &World, line: &str) {
    write_script(&world.path("job/job"), line);
}

fn write_store(world: &World, version: &str) {
    let executable = env!("CARGO_BIN_EXE_skiff");
    let text = format!("echo {version} >> \"$SKIFF_ROOT/data/journal\"\nVERSION={version} exec '{executable}' demo");
    write_script(&world.path("store/store"), &text);
}

fn service<'a>(status: &'a Value, name: &str) -> &'a Value {
    let services = status["data"]["services"].as_array().unwrap();
    services.iter().find(|service| service["service"] == name).unwrap_or_else(|| panic!("no {name}: {status:#}"))
}

/// The lines of the journal of the store: one for each start of its workload.
fn journal(world: &World) -> Vec<String> {
    let text = fs::read_to_string(world.path(".skiff/local/volumes/shop.default.store/journal")).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn said(world: &World, service: &str) -> Vec<String> {
    let logs = world.done(&["logs", service]);
    let lines = logs["data"]["lines"].as_array().cloned().unwrap_or_default();
    let own = lines.iter().filter(|line| line["stream"] == "stdout");
    own.filter_map(|line| line["text"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_store_keeps_its_volume_through_releases_and_has_one_member() {
    let world = world();
    world.done(&["deploy", "--label", "v1"]);
    assert_eq!(journal(&world), ["v1"]);
    write_store(&world, "v2");
    let again = world.done(&["deploy", "--label", "v2"]);
    let deployed: Vec<&str> = again["data"]["services"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| !one["operation"].is_null())
        .map(|one| one["service"].as_str().unwrap())
        .collect();
    assert!(deployed.contains(&"store"), "{again:#}");
    assert_eq!(journal(&world), ["v1", "v2"]);
    let status = world.done(&["status", "--direct"]);
    let members = service(&status, "store")["slots"][0]["members"].as_array().unwrap().len();
    assert_eq!((members, status["findings"].as_array().map_or(0, Vec::len)), (1, 0), "{status:#}");
    assert_eq!(world.done(&["rollback", "store"])["code"], "ROLLED_BACK");
    assert_eq!(journal(&world), ["v1", "v2", "v1"]);
    assert_eq!(world.done(&["restart", "store"])["code"], "RESTARTED");
    assert_eq!(journal(&world), ["v1", "v2", "v1", "v1"]);
    assert_eq!(world.processes("skiff demo").len(), 3, "two of the web service, one store");
    world.done(&["local", "down"]);
    world.done(&["local", "up", "--port", "0"]);
    world.until("the store to come back", || journal(&world).len() == 5);
}

#[test]
fn a_job_runs_when_it_is_asked_to_and_takes_the_release_of_that_moment() {
    let world = world();
    let early = world.run(&["local", "run", "report"]);
    assert_eq!((early.exit, early.envelope["code"].as_str()), (Some(5), Some("NOT_FOUND")));
    world.done(&["deploy", "report", "--label", "v1"]);
    let status = world.done(&["status"]);
    assert_eq!(service(&status, "report")["slots"][0]["members"], json!([]), "{status:#}");
    assert_eq!(world.done(&["local", "run", "report", "--dry-run"])["code"], "WOULD_RUN");
    assert_eq!(said(&world, "report"), Vec::<String>::new());
    assert_eq!(world.done(&["local", "run", "report"])["code"], "JOB_DONE");
    assert_eq!(said(&world, "report"), ["the first report"]);
    write_job(&world, "echo the second report");
    world.done(&["deploy", "report", "--label", "v2"]);
    world.done(&["local", "run", "report"]);
    assert_eq!(world.done(&["rollback", "report"])["code"], "ROLLED_BACK");
    world.done(&["local", "run", "report"]);
    assert_eq!(said(&world, "report"), ["the first report", "the second report", "the first report"]);
    write_job(&world, "echo no money; exit 3");
    world.done(&["deploy", "report", "--label", "v3"]);
    let failed = world.run(&["local", "run", "report"]);
    assert_eq!((failed.exit, failed.envelope["code"].as_str()), (Some(8), Some("JOB_FAILED")), "{failed:#?}");
    assert_eq!(world.processes(""), world.processes("local"), "only the supervisor and the load balancer are left");
    for (words, kind) in [(&["scale", "report", "1"][..], "job"), (&["local", "run", "web"][..], "`web`")] {
        let refused = world.run(words);
        assert_eq!((refused.exit, refused.envelope["code"].as_str()), (Some(2), Some("USAGE")), "{refused:#?}");
        assert!(refused.envelope["summary"].as_str().unwrap().contains(kind), "{refused:#?}");
    }
}

#[test]
fn a_job_that_runs_is_left_alone_and_ends_with_the_provider() {
    let world = world();
    write_job(&world, "echo begins; exec sleep 600");
    world.done(&["deploy", "report"]);
    let mut run = world.command(&["local", "run", "report"]).spawn().unwrap();
    world.until("the job to begin", || said(&world, "report") == ["begins"]);
    let second = world.run(&["local", "run", "report"]);
    assert_eq!((second.exit, second.envelope["code"].as_str()), (Some(6), Some("ALREADY_RUNNING")));
    run.kill().unwrap();
    run.wait().unwrap();
    assert_eq!(world.processes("sleep 600").len(), 1, "whoever stops the command stops no run");
    world.done(&["local", "down"]);
    assert_eq!(world.processes(""), Vec::<u32>::new());
}
