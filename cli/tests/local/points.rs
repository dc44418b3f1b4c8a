//! The runner and the load balancer are killed at every durable write and every provider call of a deploy and of a rollback,
//! and the runner at every durable write of its own.

use std::{collections::BTreeSet, fs, thread};

use crate::{
    load::{Load, Seen},
    world::{Answer, World},
};

/// How many worlds share the points of an operation; most of the time is waiting.
const WORLDS: u64 = 4;
/// How far apart the kills of one operation are; what was killed is back long before the next one.
const STRIDE: u64 = 8;
/// A runner has fewer writes than this from its start to its end; a test that reaches it is broken.
const FAR: u64 = 100;

/// What a part of a test has done, and what the load saw of it.
struct Tried {
    kills: u64,
    seen: Seen,
    released: BTreeSet<String>,
}

#[test]
fn runners_and_load_balancer_are_killed_at_each_point_of_a_deploy() {
    let kills = in_all_worlds(|world, first| {
        let mut kills = 0;
        for (number, victims) in orders(first).iter().enumerate() {
            let version = format!("v{}", 2 + number);
            world.write_spec(&version);
            kills += killing(world, victims, &["deploy", "--label", &version], &[0]);
            world.assert_live(&version, victims);
        }
        kills
    });
    println!("deploy: runners and load balancers killed {kills} times, at each point");
}

#[test]
fn runners_and_load_balancer_are_killed_at_each_point_of_a_rollback() {
    let kills = in_all_worlds(|world, first| {
        world.write_spec("v2");
        world.done(&["deploy", "--label", "v2"]);
        let (mut kills, mut live) = (0, "v2");
        for victims in orders(first) {
            live = if live == "v2" { "v1" } else { "v2" };
            kills += killing(world, &victims, &["rollback"], &[0]);
            world.assert_live(live, &victims);
        }
        kills
    });
    println!("rollback: runners and load balancers killed {kills} times, at each point");
}

#[test]
fn a_runner_that_dies_at_any_write_of_its_own_is_replaced() {
    let kills = in_all_worlds(|world, first| {
        let mut kills = 0;
        for point in (first..FAR).step_by(WORLDS as usize) {
            let text = if point % 3 == 0 { format!("{point}+") } else { point.to_string() };
            fs::write(world.path(".skiff/local/die-at"), &text).unwrap();
            // The runner that takes the order begins with the first deploy and ends with the second.
            for turn in ["begins", "ends"] {
                let version = format!("{turn}-{point}");
                world.write_spec(&version);
                world.done(&["deploy", "--label", &version]);
                world.settle();
                world.assert_live(&version, &format!("write {point}, as a member {turn}"));
            }
            let died = deaths(world);
            if died == kills {
                return kills;
            }
            kills = died;
        }
        panic!("{FAR} writes, and still a runner dies")
    });
    println!("runners died at {kills} writes of their own");
}

/// Runs a body in several worlds at once, each with a load that may lose what was in flight on what is killed.
fn in_all_worlds(body: impl Fn(&World, u64) -> u64 + Sync) -> u64 {
    let one = |first| {
        let world = World::live();
        let load = Load::start(&world.address());
        let kills = body(&world, first);
        world.settle();
        let tried = Tried { kills, seen: load.stop(), released: released(&world) };
        check(&tried, &world);
        kills
    };
    let kills = thread::scope(|scope| {
        let worlds: Vec<_> = (1..=WORLDS).map(|first| scope.spawn(move || one(first))).collect();
        worlds.into_iter().map(|world| world.join().unwrap()).sum()
    });
    assert!(kills >= 8, "{kills} kills are too few to say anything");
    kills
}

fn check(tried: &Tried, world: &World) {
    let Tried { kills, seen, released } = tried;
    println!("{kills} kills: {seen:?}");
    assert!(seen.failed <= kills * seen.in_flight, "{kills} kills: {seen:?}\n{}", world.logs());
    assert_eq!(seen.refused, 0, "the socket stays open: {seen:?}");
    assert!(seen.versions.is_subset(released), "served: {:?}, released: {released:?}", seen.versions);
    assert!(world.assert_all_verified() > 2);
    world.done(&["local", "down"]);
    assert_eq!(world.processes(""), Vec::<u32>::new(), "nothing is left over");
}

/// Who is killed at which points, for one world of four: a runner and, half way to the next one, the load balancer; then the
/// other way round. All worlds together have each of the points for each of the two.
pub(crate) fn orders(first: u64) -> [String; 2] {
    let other = first + STRIDE / 2;
    [(first, other), (other, first)]
        .map(|(runner, balancer)| format!("{runner}/{STRIDE}:runner,{balancer}/{STRIDE}:balancer"))
}

/// Runs an operation that kills others, see `SKIFF_KILL_AT`, and ends in one of these ways; gives how often it did.
pub(crate) fn killing(world: &World, victims: &str, arguments: &[&str], exits: &[i32]) -> u64 {
    let output = world.command(arguments).env("SKIFF_KILL_AT", victims).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let answer = Answer::of(&output);
    let ended = answer.exit.is_some_and(|exit| exits.contains(&exit));
    assert!(ended, "{victims}: {answer:#?}\n{said}\n{}", world.logs());
    let count = |words: &str| said.lines().filter(|line| line.starts_with(words)).count() as u64;
    assert_eq!(count("killed nobody"), 0, "{victims}: {said}");
    world.settle();
    count("killed ")
}

/// How many runners have taken an order to die and obeyed.
fn deaths(world: &World) -> u64 {
    let files = fs::read_dir(world.path(".skiff/local")).unwrap().flatten();
    files.filter(|file| file.file_name().to_string_lossy().starts_with("died-at.")).count() as u64
}

/// The labels of all signed releases.
pub(crate) fn released(world: &World) -> BTreeSet<String> {
    let list = world.done(&["release", "list", "web", "--limit", "1000"]);
    let releases = list["data"]["releases"].as_array().cloned().unwrap_or_default();
    releases.iter().filter_map(|release| release["label"].as_str().map(str::to_owned)).collect()
}
