//! Runners, workloads, the load balancer and the supervisor are killed under load, one after the other and in the middle of a
//! deploy.

use std::{
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use crate::{
    load::Load,
    standing::PATIENCE,
    world::{World, kill},
};

#[test]
fn a_killed_runner_takes_its_workload_along_and_another_member_comes() {
    let world = World::live();
    let load = Load::start(&world.address());
    for _ in 0..3 {
        kill(world.processes("runner --config")[0]);
        world.settle();
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
        world.settle();
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
        world.settle();
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
        let mut deploy = world.command(&["deploy", "--label", &version]).stdout(Stdio::null()).spawn().unwrap();
        let victim = ["runner --config", "local balance", "skiff demo", "runner --config"][round % 4];
        let begun = Instant::now();
        while deploy.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < PATIENCE * 3, "{}", world.logs());
            thread::sleep(Duration::from_millis(700));
            // Two members are what is there: while one is being replaced, the other one is needed. How long that takes is a
            // matter of the machine, so it is looked at and not guessed.
            if kills < 4 * (round - 1)
                && world.healthy() >= 2
                && let Some(pid) = world.processes(victim).last()
            {
                kill(*pid);
                kills += 1;
            }
        }
        if let Some(operation) = world.unfinished() {
            world.done(&["resume", &operation]);
        }
        world.settle();
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
    world.settle();
    assert_eq!(crate::load::ask(&world.address()).unwrap(), "v1", "what was live is live again");
}
