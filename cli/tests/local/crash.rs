//! The command line is killed at every durable write and every provider call of a deploy and of a rollback, before it happens
//! and, at every third, right after it.

use std::thread;

use crate::{
    load::Load,
    world::{Answer, World},
};

/// How many worlds share the points of an operation; most of the time is waiting.
const WORLDS: u32 = 4;
/// More points than any of these operations has; a test that reaches it is broken.
const FAR: u32 = 400;

#[test]
fn a_deploy_that_is_killed_at_any_point_goes_on_where_it_was() {
    let points = in_all_worlds(|world, first| {
        let mut release = 1;
        kill_at_each_point(first, |point, text| {
            release += 1;
            let version = format!("v{release}");
            world.write_spec(&version);
            let arguments = ["deploy", "--label", &version];
            let died = world.dying(text, &arguments);
            if died.exit.is_none() {
                // Goes on as a person would: with what status names, else with the same command.
                match world.unfinished() {
                    Some(operation) => world.done(&["resume", &operation]),
                    None => world.done(&arguments),
                };
                world.assert_live(&version, &format!("point {point}"));
            }
            died
        })
    });
    println!("deploy: killed at {points} points, no request failed");
}

#[test]
fn a_rollback_that_is_killed_at_any_point_goes_on_where_it_was() {
    let points = in_all_worlds(|world, first| {
        world.write_spec("v2");
        world.done(&["deploy", "--label", "v2"]);
        let mut live = "v2";
        kill_at_each_point(first, |point, text| {
            let wanted = if live == "v2" { "v1" } else { "v2" };
            let died = world.dying(text, &["rollback"]);
            if died.exit.is_none() {
                // The same command again would go back once more if the first one was done, so look first.
                match world.unfinished() {
                    Some(operation) => drop(world.done(&["resume", &operation])),
                    None if world.version() == live => drop(world.done(&["rollback"])),
                    None => {}
                }
                world.assert_live(wanted, &format!("point {point}"));
                live = wanted;
            }
            died
        })
    });
    println!("rollback: killed at {points} points, no request failed");
}

/// Runs a body in several worlds at once, each with a load that must not see a failure; gives the sum of what they give.
fn in_all_worlds(body: impl Fn(&World, u32) -> u32 + Sync) -> u32 {
    let one = |first| {
        let world = World::live();
        let load = Load::start(&world.address());
        let points = body(&world, first);
        let seen = load.stop();
        assert_eq!(seen.failed, 0, "{seen:?}\n{}", world.logs());
        assert!(seen.requests > 100, "{seen:?}");
        points
    };
    let points = thread::scope(|scope| {
        let worlds: Vec<_> = (1..=WORLDS).map(|first| scope.spawn(move || one(first))).collect();
        worlds.into_iter().map(|world| world.join().unwrap()).sum()
    });
    assert!(points > 20, "there are more than {points} points");
    points
}

/// Kills at every [`WORLDS`]th point from the first one on until a run gets through; gives how often it killed.
fn kill_at_each_point(first: u32, mut kill: impl FnMut(u32, &str) -> Answer) -> u32 {
    let mut killed = 0;
    for point in (first..FAR).step_by(WORLDS as usize) {
        let after = (point % 3 == 0).then(|| format!("{point}+"));
        for text in [Some(point.to_string()), after].into_iter().flatten() {
            let died = kill(point, &text);
            if died.exit.is_some() {
                assert_eq!(died.exit, Some(0), "{died:#?}");
                return killed;
            }
            killed += 1;
        }
    }
    panic!("{FAR} points, and still no run gets through");
}
