//! What stands beside a rollout, with everything real: the old way of serving, the command that runs once, the test listener.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    dead_code,
    reason = "the whole crate is tests, and this one does not need all of a world"
)]

#[path = "../local/schema.rs"]
mod schema;
mod shadowing;
#[path = "../local/world.rs"]
mod world;

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use skiff_runtime::{
    local::{LocalCloud, Programs},
    provider::{Fence, LogQuery, Motion as _, RunPhase, RunView, Shadow, SlotAddress},
    state::layout::{Scope, ServiceScope},
};

use crate::world::{World, write_script};

/// A project whose service takes over from another one, and whose release runs a command before.
fn project(old: u16) -> World {
    let world = World::without_keys();
    let ran = world.path("ran");
    let script = format!("echo \"$1 for $VERSION\" >> '{}'; echo migrated", ran.display());
    write_script(&world.path("app/migrate"), &script);
    fs::write(world.path("skiff.yaml"), spec(old)).unwrap();
    world.done(&["keys", "new", "me"]);
    world.done(&["keys", "enroll", "me"]);
    world.done(&["local", "up", "--port", "0"]);
    world
}

fn spec(old: u16) -> String {
    format!(
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
    env: {{ VERSION: new }}
    stop: {{ grace: 2s, drain: 1s }}
    rollout: {{ before: [./migrate, up] }}
    routes: [{{ path: / }}]
    cutover: {{ from: {{ service: kubernetes/shop/web, port: 80 }} }}
local:
  services:
    web: {{ legacy: "127.0.0.1:{old}" }}
"#
    )
}

/// The provider, as an operation uses it.
fn cloud(project: &World) -> LocalCloud {
    LocalCloud::at(&project.path(".skiff"), Programs::of(Path::new(env!("CARGO_BIN_EXE_skiff"))))
}

/// A server that answers `old` to everything.
fn old() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 3\r\n\r\nold";
                matches!(stream.read(&mut [0; 4096]), Ok(1..)).then(|| stream.write_all(answer))
            });
        }
    });
    port
}

/// The status and body that an address answers.
fn ask(address: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

fn service() -> ServiceScope {
    Scope::new("shop", "default").service("web")
}

fn fence(token: &str) -> Fence {
    Fence { operation: "test".into(), epoch: 1_000, token: token.into() }
}

/// The slot that has members.
async fn live(cloud: &LocalCloud) -> SlotAddress {
    for letter in ["a", "b"] {
        let slot = SlotAddress { service: service(), slot: letter.into() };
        if cloud.capacity(&slot).await.unwrap().desired > 0 {
            return slot;
        }
    }
    panic!("no slot has members");
}

async fn ended(cloud: &LocalCloud, slot: &SlotAddress, token: &str) -> RunView {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(run) = cloud.before(slot, token).await.unwrap().filter(|run| run.phase != RunPhase::Running) {
            return run;
        }
        assert!(Instant::now() < deadline, "the command has not ended");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[test]
fn a_service_that_takes_over_runs_its_command_and_is_tried_while_the_old_way_serves() {
    let project = project(old());
    // The old way has all requests, and a deploy leaves it what it has.
    project.done(&["deploy", "--label", "one"]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let cloud = cloud(&project);
        let read = cloud.shadow(&service()).await.unwrap();
        let (users, tests) = (read.address.unwrap(), read.test_address.unwrap());
        assert_eq!(ask(&users), (200, "old".into()));
        assert_eq!(ask(&tests).0, 503);
        let weights = cloud.weights(&service()).await.unwrap().effective.by_slot;
        assert_eq!(weights["legacy"], 100, "{weights:?}");
        let slot = live(&cloud).await;
        let shadow = Shadow { slot: Some(slot.slot.clone()), mirror_percent: 0 };
        cloud.set_shadow(&service(), &shadow, &fence("shadow")).await.unwrap();
        assert_eq!(ask(&tests), (200, "hello from new\n".into()));
        assert_eq!(ask(&users), (200, "old".into()));
        // The command runs once, with the variables of the service, and only what was signed.
        for _ in 0..2 {
            cloud.run_before(&slot, &fence("before")).await.unwrap();
        }
        let run = ended(&cloud, &slot, "before").await;
        assert_eq!((run.phase, run.exit), (RunPhase::Succeeded, Some(0)), "{run:?}");
        let ran = fs::read_to_string(project.path("ran")).unwrap();
        assert!(ran.lines().count() >= 1 && ran.lines().all(|line| line == "up for new"), "{ran}");
        let query = LogQuery { instance: run.instance, limit: 100, ..LogQuery::default() };
        let logs = cloud.logs(&service(), &query).await.unwrap();
        assert_eq!(logs.lines.iter().filter(|line| line.text == "migrated").count(), 1, "{logs:?}");
    });
}
