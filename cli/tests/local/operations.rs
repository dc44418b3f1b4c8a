//! What else moves a service: the same again, members, restarts, and its end by the word of a second person.

use crate::{
    load::{Load, ask},
    world::World,
};

#[test]
fn the_same_again_is_the_same_operation_or_none() {
    let world = World::live();
    let again = world.done(&["deploy", "--label", "v1"]);
    assert_eq!((again["code"].as_str(), again.get("operation_id")), (Some("ALREADY_LIVE"), None));
    world.write_spec("v2");
    let first = world.done(&["deploy", "--label", "v2", "--idempotency-key", "key"]);
    let second = world.done(&["deploy", "--label", "v2", "--idempotency-key", "key"]);
    assert_eq!(first["operation_id"], second["operation_id"]);
    for other in [&["deploy", "--label", "v3"][..], &["scale", "web", "1"][..]] {
        let answer = world.run(&[other, &["--idempotency-key", "key"]].concat());
        assert_eq!((answer.exit, answer.envelope["code"].as_str()), (Some(2), Some("IDEMPOTENCY_KEY_REUSED")));
    }
    assert_eq!(ask(&world.address()).unwrap(), "v2");
}

#[test]
fn members_change_and_are_replaced_while_requests_are_served() {
    let world = World::live();
    let load = Load::start(&world.address());
    assert_eq!(world.done(&["scale", "web", "1"])["code"], "SCALED");
    assert_eq!(world.processes("service demo").len(), 1);
    assert_eq!(world.done(&["scale", "web", "2"])["code"], "SCALED");
    let before = world.processes("service demo");
    assert_eq!(world.done(&["restart"])["code"], "RESTARTED");
    let after = world.processes("service demo");
    assert!(after.len() == 2 && after.iter().all(|pid| !before.contains(pid)), "{before:?} {after:?}");
    assert_eq!(load.stop().failed, 0);
}

#[test]
fn a_service_ends_when_somebody_has_approved() {
    let world = World::live();
    let asked = world.run(&["destroy", "web"]);
    assert_eq!((asked.exit, asked.envelope["code"].as_str()), (Some(9), Some("APPROVAL_NEEDED")));
    let operation = asked.envelope["operation_id"].as_str().unwrap().to_owned();
    assert_eq!(ask(&world.address()).unwrap(), "v1", "nothing happens before that");
    assert_eq!(world.done(&["approve", &operation, "--key", "me"])["code"], "APPROVED");
    assert_eq!(world.done(&["resume", &operation])["code"], "RESUMED");
    assert_eq!(world.processes("service demo"), Vec::<u32>::new());
    assert_eq!(world.done(&["status"])["data"]["services"][0]["destroyed"], true);
    assert_eq!(world.done(&["destroy", "web"])["code"], "ALREADY_DESTROYED");
}
