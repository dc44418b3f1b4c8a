//! Canaries, shadow deploys and cutovers with real processes: the command line is killed again and again on the way, runners and
//! the load balancer at every point, while requests come in.
//!
//! One operation is killed many times: whoever takes it up dies a few effects later, before one of them or right after it. The
//! worlds begin at different effects, so that together they die at nearly all of them.

use std::{
    collections::BTreeSet,
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::Stdio,
    thread,
};

use serde_json::Value;

use crate::{
    load::{Load, ask},
    points::{killing, orders, released},
    world::{World, kill},
};

/// After how many effects each driver of a world dies, and whether before or after the last of them. The first five belong to
/// taking the operation up, and a step's start and its effect need three more; fewer than nine would get nowhere.
const LIVES: [&str; 4] = ["9+", "10", "11+", "13"];
/// More drivers than any of these operations needs.
const FAR: usize = 60;

/// What the load may lose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loss {
    /// Nothing: whoever dies serves nobody.
    None,
    /// What was in flight on what is killed.
    InFlight,
}

const CANARY: &str = "{ steps: [50, 100], bake: 1s }";

#[test]
fn a_canary_whose_drivers_die_again_and_again_comes_to_its_end() {
    let deaths = in_worlds(Loss::None, None, |world, life| {
        world.write_rollout("v2", CANARY, None);
        let deaths = relay(world, life, &["deploy", "--label", "v2"]);
        world.assert_live("v2", life);
        deaths
    });
    println!("canary: drivers died {deaths} times, no request failed");
}

#[test]
fn a_canary_that_is_taken_back_by_dying_drivers_leaves_what_was() {
    let deaths = in_worlds(Loss::None, None, |world, life| {
        world.write_rollout("v2", "{ steps: [50, 100], bake: 60s }", None);
        let operation = started(world, &["deploy", "--label", "v2", "--detach"]);
        // Until it is watched, with half of the requests; then somebody asks to take it back.
        let mut driver = world.command(&["saga", "resume", &operation]).stdout(Stdio::null()).spawn().unwrap();
        world.until("half of the requests", || weight(world, "b") == 50);
        driver.kill().unwrap();
        driver.wait().unwrap();
        world.done(&["saga", "abort", &operation, "--detach"]);
        let deaths = relay(world, life, &["saga", "compensate", &operation]);
        world.assert_live("v1", life);
        deaths
    });
    println!("canary on its way back: drivers died {deaths} times, no request failed");
}

#[test]
fn a_shadow_deploy_whose_drivers_die_leaves_no_trace() {
    let deaths = in_worlds(Loss::None, None, |world, life| {
        world.write_rollout("v2", CANARY, None);
        let shadow = ["deploy", "--label", "v2", "--shadow", "--request", "GET /", "--rounds", "3"];
        let deaths = relay(world, life, &shadow);
        world.assert_live("v1", life);
        deaths
    });
    println!("shadow: drivers died {deaths} times, no request failed");
}

#[test]
fn a_cutover_whose_drivers_die_moves_all_or_gives_all_back() {
    let deaths = in_worlds(Loss::None, Some(&old_way()), |world, life| {
        assert_eq!(weight(world, "legacy"), 100, "the old way has everything at first");
        let cutover = |steps| ["saga", "start", "traffic-cutover", "web", "--steps", steps, "--bake", "0s"];
        let there = relay(world, life, &cutover("25,100"));
        assert_eq!((weight(world, "a"), weight(world, "legacy")), (100, 0), "{life}");
        let back = relay(world, life, &cutover("40,0"));
        assert_eq!((weight(world, "a"), weight(world, "legacy")), (0, 100), "{life}");
        there + back
    });
    println!("cutover, there and back: drivers died {deaths} times, no request failed");
}

#[test]
fn runners_and_load_balancer_are_killed_at_each_point_of_a_canary() {
    let kills = in_worlds(Loss::InFlight, None, |world, life| {
        let mut kills = 0;
        for (number, victims) in orders_of(life).iter().enumerate() {
            let version = format!("v{}", 2 + number);
            // Two members at each share, so that one is left when a runner is killed.
            world.write_rollout(&version, "{ steps: [100], bake: 1s }", None);
            kills += killing(world, victims, &["deploy", "--label", &version], &[0]);
            world.assert_live(&version, victims);
        }
        kills
    });
    println!("canary: runners and load balancers killed {kills} times");
}

/// A rehearsal whose server is killed may say no, and whatever it says leaves nothing behind.
#[test]
fn runners_and_load_balancer_are_killed_at_each_point_of_a_shadow_deploy() {
    let kills = in_worlds(Loss::InFlight, None, |world, life| {
        let mut kills = 0;
        for (number, victims) in orders_of(life).iter().enumerate() {
            let version = format!("v{}", 2 + number);
            world.write_rollout(&version, CANARY, None);
            let shadow = ["deploy", "--label", &version, "--shadow", "--request", "GET /", "--rounds", "3"];
            kills += killing(world, victims, &shadow, &[0, 8]);
            world.assert_live("v1", victims);
            forget_kills(world);
        }
        kills
    });
    println!("shadow: runners and load balancers killed {kills} times");
}

#[test]
fn runners_and_load_balancer_are_killed_at_each_point_of_a_cutover() {
    let kills = in_worlds(Loss::InFlight, Some(&old_way()), |world, life| {
        let mut kills = 0;
        for victims in orders_of(life) {
            for (steps, here) in [("25,100", 100), ("40,0", 0)] {
                let cutover = ["saga", "start", "traffic-cutover", "web", "--steps", steps, "--bake", "0s"];
                kills += killing(world, &victims, &cutover, &[0]);
                assert_eq!((weight(world, "a"), weight(world, "legacy")), (here, 100 - here), "{steps}, {victims}");
                forget_kills(world);
            }
        }
        kills
    });
    println!("cutover, there and back: runners and load balancers killed {kills} times");
}

/// A supervisor waits longer each time that a member of one slot has ended; a new one knows nothing of earlier times.
fn forget_kills(world: &World) {
    kill(world.processes("local supervise")[0]);
    world.done(&["local", "up"]);
}

/// Who is killed where in the world of this life.
fn orders_of(life: &str) -> [String; 2] {
    orders(1 + LIVES.iter().position(|known| *known == life).unwrap() as u64)
}

/// Runs a body in one world for each way of dying, each under a load that may lose what was in flight on what is killed; gives
/// the sum of what they give.
fn in_worlds(loss: Loss, old: Option<&str>, body: impl Fn(&World, &str) -> u64 + Sync) -> u64 {
    let one = |life: &str| {
        let world = World::new();
        world.write_rollout("v1", CANARY, old);
        world.done(&["local", "up", "--port", "0"]);
        world.done(&["deploy", "--label", "v1"]);
        let load = Load::start(&world.address());
        let count = body(&world, life);
        let seen = load.stop();
        let tolerated = if loss == Loss::InFlight { count * seen.in_flight } else { 0 };
        assert!(seen.failed <= tolerated, "{life}: {seen:?}\n{}", world.logs());
        assert_eq!(seen.refused, 0, "the socket stays open: {life}: {seen:?}");
        let known: BTreeSet<String> = ["legacy".to_owned()].into_iter().chain(released(&world)).collect();
        assert!(seen.versions.is_subset(&known), "served {:?}, released {known:?}", seen.versions);
        assert!(seen.requests > 50, "{seen:?}");
        world.assert_all_verified();
        count
    };
    let count = thread::scope(|scope| {
        let worlds: Vec<_> = LIVES.iter().map(|life| scope.spawn(move || one(life))).collect();
        worlds.into_iter().map(|world| world.join().unwrap()).sum()
    });
    assert!(count >= 4, "{count} deaths are too few to say anything");
    count
}

/// Runs a command whose drivers die one after the other, until one comes to the end; gives how many died.
fn relay(world: &World, life: &str, arguments: &[&str]) -> u64 {
    let mut answer = world.dying(life, arguments);
    let mut recorded = arguments.contains(&"compensate");
    for deaths in 0..FAR {
        if answer.exit.is_some() {
            assert!(matches!(answer.exit, Some(0 | 130)), "{life}: {answer:#?}\n{}", world.logs());
            return deaths as u64;
        }
        answer = match open(world) {
            Some(operation) => {
                recorded = true;
                world.dying(life, &["saga", "resume", &operation])
            }
            // It died behind the end.
            None if recorded => return deaths as u64 + 1,
            None => world.dying(life, arguments),
        };
    }
    panic!("{FAR} drivers, and still it does not end: {answer:#?}\n{}", world.logs())
}

/// The operation that is not finished.
fn open(world: &World) -> Option<String> {
    let list = world.done(&["saga", "list"]);
    let operations = list["data"]["operations"].as_array().cloned().unwrap_or_default();
    operations.first().and_then(|operation| operation["operation"].as_str().map(str::to_owned))
}

fn started(world: &World, arguments: &[&str]) -> String {
    let envelope = world.done(arguments);
    envelope["operation_id"].as_str().unwrap_or_else(|| panic!("{envelope:#}")).to_owned()
}

/// The weight of a group, as the load balancer has it.
fn weight(world: &World, group: &str) -> u64 {
    let status: Value = world.done(&["status", "--direct"]);
    let effective = &status["data"]["services"][0]["direct"]["weights"]["effective"]["by_slot"];
    effective[group].as_u64().unwrap_or_else(|| panic!("no weight of `{group}`: {status:#}"))
}

/// A server that is no member of anything; gives its address. It ends with the test.
fn old_way() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    assert_eq!(ask(&address).unwrap(), "legacy");
    address
}

fn answer(mut stream: TcpStream) {
    let mut request = [0; 4096];
    if matches!(stream.read(&mut request), Ok(1..)) {
        let _ =
            stream.write_all(b"HTTP/1.1 200 OK\r\nx-version: legacy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    }
}

impl World {
    /// Writes the spec with a version, a way to roll it out, and an old way of serving where there is one.
    fn write_rollout(&self, version: &str, rollout: &str, old: Option<&str>) {
        self.write_spec(version);
        let path = self.path("skiff.yaml");
        let text = fs::read_to_string(&path).unwrap();
        let line = text.lines().find(|line| line.trim_start().starts_with("rollout:")).unwrap().to_owned();
        let cutover = "    cutover: { from: { service: kubernetes/shop/web, port: 80 } }";
        let (from, local) = match old {
            Some(old) => {
                (format!("\n{cutover}"), format!("local: {{ services: {{ web: {{ legacy: \"{old}\" }} }} }}\n"))
            }
            None => (String::new(), String::new()),
        };
        let text = text.replace(&line, &format!("    rollout: {rollout}{from}"));
        fs::write(&path, format!("{text}{local}")).unwrap();
    }
}
