//! Runners, workloads, the load balancer and the supervisor are killed under load, one after the other and in the middle of a
//! deploy.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{
    load::Load,
    world::{World, kill},
};

/// A bound for waiting, not a measure: these machines are shared.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_killed_runner_takes_its_workload_along_and_another_member_comes() {
    let world = World::live();
    let load = Load::start(&world.address());
    for _ in 0..3 {
        kill(world.processes("runner --config")[0]);
        settle(&world);
    }
    let seen = load.stop();
    assert!(seen.failed <= 3 * seen.in_flight, "{seen:?}");
    assert!(seen.requests > 100, "{seen:?}");
}

#[test]
fn a_killed_load_balancer_loses_what_was_in_flight_and_no_more() {
    let world = World::live();
    let address = world.address();
    let load = Load::start(&address);
    for _ in 0..3 {
        kill(world.processes("local balance")[0]);
        settle(&world);
    }
    let seen = load.stop();
    assert!(seen.failed <= 3 * seen.in_flight, "{seen:?}");
    assert_eq!(seen.refused, 0, "the socket stays open: {seen:?}");
    assert_eq!(world.address(), address);
}

#[test]
fn a_killed_supervisor_is_replaced_and_nobody_notices() {
    let world = World::live();
    let load = Load::start(&world.address());
    let before = world.processes("skiff demo");
    for _ in 0..3 {
        kill(world.processes("local supervise")[0]);
        world.done(&["local", "up"]);
        settle(&world);
    }
    let seen = load.stop();
    assert_eq!(seen.failed, 0, "{seen:?}");
    assert_eq!(world.processes("skiff demo"), before, "members are adopted, not started again");
}

#[test]
fn a_deploy_goes_on_while_everything_else_is_killed() {
    let world = World::live();
    let load = Load::start(&world.address());
    let mut kills = 0;
    for round in 2..6 {
        let version = format!("v{round}");
        world.write_spec(&version);
        let mut deploy = world.command(&["deploy", "--label", &version]).spawn().unwrap();
        let victim = ["runner --config", "local balance", "skiff demo", "runner --config"][round % 4];
        let begun = Instant::now();
        while deploy.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < PATIENCE * 3, "{}", world.logs());
            thread::sleep(Duration::from_millis(700));
            // Two members are what is there: while one is being replaced, the other one is needed. How long that takes is a
            // matter of the machine, so it is looked at and not guessed.
            if kills < 4 * (round - 1)
                && healthy(&world) >= 2
                && let Some(pid) = world.processes(victim).last()
            {
                kill(*pid);
                kills += 1;
            }
        }
        if let Some(operation) = world.done(&["status"])["recommended_actions"]
            .as_array()
            .and_then(|actions| actions.iter().find(|action| action["argv"][1] == "resume"))
            .and_then(|action| action["argv"][2].as_str())
        {
            world.done(&["resume", operation]);
        }
        settle(&world);
    }
    let seen = load.stop();
    assert!(seen.failed <= kills as u64 * seen.in_flight, "{kills} kills: {seen:?}");
    assert!(kills >= 4, "{kills} kills are too few to say anything");
    println!("{kills} kills during four deploys: {seen:?}");
}

#[test]
fn down_ends_exactly_what_up_has_started() {
    let world = World::live();
    let other = World::live();
    let (mine, theirs) = (world.processes(""), other.processes(""));
    assert!(mine.len() >= 6, "supervisor, load balancer, two runners and their workloads: {mine:?}");
    world.done(&["local", "down"]);
    assert_eq!(world.processes(""), Vec::<u32>::new());
    assert_eq!(other.processes(""), theirs);
    world.done(&["local", "up", "--port", "0"]);
    settle(&world);
    assert_eq!(crate::load::ask(&world.address()).unwrap(), "v1", "what was live is live again");
}

/// Waits until two members serve again, as the load balancer sees them.
fn settle(world: &World) {
    let begun = Instant::now();
    while healthy(world) != 2 || world.processes("skiff demo").len() != 2 {
        assert!(begun.elapsed() < PATIENCE, "{}", world.logs());
        thread::sleep(Duration::from_millis(100));
    }
}

/// How many members get requests, of whatever slot has weight in the load balancer itself; the fewest, when more than one has.
fn healthy(world: &World) -> usize {
    let status = world.done(&["status", "--direct"]);
    let service = &status["data"]["services"][0];
    let effective = &service["direct"]["weights"]["effective"]["by_slot"];
    let slots = service["slots"].as_array().cloned().unwrap_or_default();
    let weighted = slots.iter().filter(|slot| {
        let letter = slot["slot"].as_str().unwrap_or_default();
        effective[letter].as_u64().is_some_and(|weight| weight > 0)
    });
    let healthy = |slot: &serde_json::Value| {
        let members = slot["members"].as_array().cloned().unwrap_or_default();
        members.iter().filter(|member| member["provider"]["target_health"] == "healthy").count()
    };
    weighted.map(healthy).min().unwrap_or_default()
}
