//! The command line is killed at every durable write and every provider call of a deploy and of a rollback.

use crate::{load::Load, world::World};

/// More points than any of these operations has; a test that reaches it is broken.
const FAR: u32 = 400;

#[test]
fn a_deploy_that_is_killed_at_any_point_goes_on_where_it_was() {
    let world = World::live();
    let load = Load::start(&world.address());
    let mut release = 1;
    let mut points = 0;
    for (point, suffix) in points_and_sides() {
        release += 1;
        let version = format!("v{release}");
        world.write_spec(&version);
        let died = world.dying(&format!("{point}{suffix}"), &["deploy", "--label", &version]);
        if died.exit.is_some() {
            assert_eq!(died.exit, Some(0), "{died:#?}");
            break;
        }
        points += 1;
        finish(&world, &["deploy", "--label", &version]);
        assert_live(&world, &version, point);
    }
    let seen = load.stop();
    assert!(points > 10, "a deploy has more than {points} points");
    assert_eq!(seen.failed, 0, "{seen:?}");
    println!("deploy: killed at {points} points, {} requests, {} failed", seen.requests, seen.failed);
}

#[test]
fn a_rollback_that_is_killed_at_any_point_goes_on_where_it_was() {
    let world = World::live();
    world.write_spec("v2");
    world.done(&["deploy", "--label", "v2"]);
    let load = Load::start(&world.address());
    let mut points = 0;
    let mut live = "v2";
    for (point, suffix) in points_and_sides() {
        let wanted = if live == "v2" { "v1" } else { "v2" };
        let died = world.dying(&format!("{point}{suffix}"), &["rollback"]);
        if died.exit.is_some() {
            assert_eq!(died.exit, Some(0), "{died:#?}");
            break;
        }
        points += 1;
        // The same command again would go back once more if the first had been done, so what is unfinished is resumed.
        match unfinished(&world) {
            Some(operation) => drop(world.done(&["resume", &operation])),
            None if version_served(&world) == live => drop(world.done(&["rollback"])),
            None => {}
        }
        assert_live(&world, wanted, point);
        live = wanted;
    }
    let seen = load.stop();
    assert!(points > 10, "a rollback has more than {points} points");
    assert_eq!(seen.failed, 0, "{seen:?}");
    println!("rollback: killed at {points} points, {} requests, {} failed", seen.requests, seen.failed);
}

/// Every point before it happens, and every third also right after it.
fn points_and_sides() -> impl Iterator<Item = (u32, &'static str)> {
    (1..FAR).flat_map(|point| {
        let after = (point % 3 == 0).then_some((point, "+"));
        [Some((point, "")), after].into_iter().flatten()
    })
}

/// Goes on as a person would: with what status names, else with the same command.
fn finish(world: &World, arguments: &[&str]) {
    match unfinished(world) {
        Some(operation) => drop(world.done(&["resume", &operation])),
        None => drop(world.done(arguments)),
    }
}

fn unfinished(world: &World) -> Option<String> {
    let status = world.done(&["status"]);
    let actions = status["recommended_actions"].as_array().cloned().unwrap_or_default();
    let resume = actions.iter().find(|action| action["argv"][1] == "resume");
    resume.and_then(|action| action["argv"][2].as_str().map(str::to_owned))
}

/// The release is live, every member runs it, the other slot is empty, and nothing is left over.
fn assert_live(world: &World, version: &str, point: u32) {
    let status = world.done(&["status", "--direct"]);
    assert_eq!(version_served(world), version, "point {point}: {status:#}");
    let services = world.processes("service demo").len();
    assert_eq!(services, 2, "point {point}: {services} workloads run: {status:#}\n{}", world.logs());
    let findings = status["findings"].as_array().map_or(0, Vec::len);
    assert_eq!(findings, 0, "point {point}: {status:#}");
    assert_eq!(unfinished(world), None, "point {point}");
}

/// What one request says is served.
fn version_served(world: &World) -> String {
    crate::load::ask(&world.address()).unwrap_or_else(|error| panic!("{error}"))
}
