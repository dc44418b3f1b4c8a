//! A release beside the one that serves, with real processes: what is mirrored to it, what a rehearsal says of it, and that no
//! user notices.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    process::Child,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use skiff_runtime::{
    local::{LocalCloud, Programs},
    provider::Motion as _,
    state::layout::Scope,
};

use crate::world::World;

/// How long the shadow takes for each of its answers, all of which are failures.
const SLOW: Duration = Duration::from_millis(700);
/// Of a hundred idempotent requests, how many are mirrored.
const PERCENT: usize = 30;

/// A project whose first release serves.
fn live() -> World {
    let world = World::without_keys();
    write(&world, "v1", "");
    world.done(&["keys", "new", "me"]);
    world.done(&["keys", "enroll", "me"]);
    world.done(&["local", "up", "--port", "0"]);
    world.done(&["deploy", "--label", "v1"]);
    world
}

/// Writes the spec with a version, and with more variables of the service.
fn write(world: &World, version: &str, more: &str) {
    let spec = format!(
        r#"app: shop
account: "111122223333"
region: eu-west-1
alerts: {{ email: ops@example.com }}
permissions_boundary: arn:aws:iam::111122223333:policy/boundary
certificates: ["arn:aws:acm:eu-west-1:111122223333:certificate/1a2b3c4d-0001-4000-8000-000000000001"]
services:
  web:
    kind: web
    bundle: app
    command: [./service]
    port: 8080
    env: {{ VERSION: {version}{more} }}
    stop: {{ grace: 2s, drain: 1s }}
    rollout: {{ strategy: blue-green }}
    routes: [{{ path: / }}]
"#
    );
    fs::write(world.path("skiff.yaml"), spec).unwrap();
}

/// One request of a user: its whole answer, and how long that took.
fn ask(address: &str, method: &str, path: &str) -> (String, Duration) {
    let began = Instant::now();
    let mut stream = TcpStream::connect(address).unwrap();
    let body = if matches!(method, "POST" | "PUT" | "PATCH") { "content-length: 0\r\n" } else { "" };
    write!(stream, "{method} {path} HTTP/1.1\r\nHost: localhost\r\n{body}Connection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (answer, began.elapsed())
}

/// Whether the load balancer mirrors now.
fn mirrors(world: &World) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let programs = Programs::of(std::path::Path::new(env!("CARGO_BIN_EXE_skiff")));
    let cloud = LocalCloud::at(&world.path(".skiff"), programs);
    let read = runtime.block_on(cloud.shadow(&Scope::new("shop", "default").service("web")));
    read.is_ok_and(|read| read.effective.mirror_percent > 0)
}

/// The requests that the shadow has said it failed, which are all that it got: `GET /a`.
fn received(world: &World) -> Vec<String> {
    let mut lines = Vec::new();
    for member in fs::read_dir(world.path(".skiff/local/members")).unwrap().flatten() {
        let log = fs::read_to_string(member.path().join("logs/main.log")).unwrap_or_default();
        let texts = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let texts = texts.filter_map(|line| line["text"].as_str().map(str::to_owned));
        lines.extend(texts.filter_map(|text| text.strip_suffix(" 500").map(str::to_owned)));
    }
    lines
}

fn wait_for(what: &str, world: &World, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(90);
    while !holds() {
        assert!(Instant::now() < deadline, "{what} did not happen\n{}", world.logs());
        thread::sleep(Duration::from_millis(50));
    }
}

/// Ends a command that a failing test has left.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn mirrored_requests_are_idempotent_and_no_user_waits_for_them() {
    let world = live();
    let address = world.address();
    write(&world, "v2", &format!(", ERROR_RATE: 100%, LATENCY_MS: \"{}\"", SLOW.as_millis()));
    let percent = PERCENT.to_string();
    let tried = ["deploy", "--label", "v2", "--shadow", "--mirror", &percent, "--for", "30s"];
    let mut deploy = Running(world.command(&tried).stdout(std::process::Stdio::null()).spawn().unwrap());
    wait_for("mirroring", &world, || mirrors(&world));
    // Two of five change something, and are nobody else's business.
    let methods = ["GET", "POST", "HEAD", "DELETE", "OPTIONS"];
    let (mut idempotent, mut slow) = (0, 0);
    for number in 0..500 {
        let method = methods[number % methods.len()];
        let (answer, took) = ask(&address, method, &format!("/{number}"));
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("x-version: v1"), "{method}: {answer}");
        assert!(method == "HEAD" || answer.ends_with("hello from v1\n"), "{method}: {answer}");
        idempotent += usize::from(!matches!(method, "POST" | "DELETE"));
        slow += usize::from(took >= SLOW);
        thread::sleep(Duration::from_millis(8));
    }
    assert!(mirrors(&world), "the operation ended too soon for this machine");
    assert!(slow < 25, "{slow} of 500 users waited as long as the shadow takes");
    let expected = idempotent * PERCENT / 100;
    wait_for("the last mirrored request", &world, || received(&world).len() >= expected);
    assert_eq!(deploy.0.wait().unwrap().code(), Some(0), "a shadow that fails fails nobody without a gate");
    assert!(!mirrors(&world));
    for number in 0..100 {
        assert!(ask(&address, "GET", &format!("/after/{number}")).0.contains("x-version: v1"));
    }
    let received = received(&world);
    assert_eq!(received.len(), expected, "exactly {PERCENT} of each hundred, and none afterwards");
    let strange = received.iter().find(|one| !["GET", "HEAD", "OPTIONS"].iter().any(|method| one.starts_with(method)));
    assert_eq!(strange, None, "only what changes nothing is sent twice");
}

#[test]
fn a_rehearsal_tells_of_bodies_and_latencies_and_they_decide_when_asked() {
    let world = live();
    write(&world, "v2", ", LATENCY_MS: \"20\"");
    let trial = |more: &[&str]| {
        let begin = ["deploy", "web", "--shadow", "--label", "v2", "--request", "GET /a"];
        world.run(&[&begin[..], more].concat()).envelope
    };
    let told = trial(&["--rounds", "200"]);
    assert_eq!(told["code"], "SHADOWED", "{told:#}");
    let shown = world.done(&["saga", "show", told["operation_id"].as_str().unwrap()]);
    let steps = shown["data"]["steps"].as_array().unwrap();
    let seen = &steps.iter().find(|step| step["kind"] == "rehearse/1").unwrap()["output"];
    assert_eq!((&seen["bodies"]["compared"], &seen["bodies"]["differed"]), (&200.into(), &200.into()), "{seen:#}");
    assert_eq!((&seen["latency"]["verdict"], &seen["latency"]["dry_run"]), (&"fail".into(), &true.into()), "{seen:#}");
    let refused = trial(&["--rounds", "2", "--decide", "bodies"]);
    assert_eq!((&refused["code"], &refused["exit"]), (&"REHEARSAL_FAILED".into(), &8.into()), "{refused:#}");
    assert_eq!(trial(&["--rounds", "2", "--decide", "colour"])["code"], "USAGE");
    assert!(ask(&world.address(), "GET", "/").0.ends_with("hello from v1\n"));
}
