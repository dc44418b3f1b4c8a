//! What else moves a service: the same again, members, restarts, and its end by the word of a second person.

use std::{fs, net::TcpListener, process::Stdio};

use crate::{
    load::{Load, ask},
    world::{Answer, World},
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
    assert_eq!(world.processes("skiff demo").len(), 1);
    assert_eq!(world.done(&["scale", "web", "2"])["code"], "SCALED");
    let before = world.processes("skiff demo");
    assert_eq!(world.done(&["restart"])["code"], "RESTARTED");
    let after = world.processes("skiff demo");
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
    let status = world.done(&["status"]);
    let waiting = &status["data"]["services"][0]["waiting"][0];
    assert_eq!(
        (waiting["operation"].as_str(), waiting["status"].as_str()),
        (Some(&*operation), Some("awaiting-approval"))
    );
    assert_eq!(status["recommended_actions"][0]["argv"], serde_json::json!(["skiff", "approve", operation]));
    assert_eq!(world.done(&["approve", &operation, "--key", "me"])["code"], "APPROVED");
    assert_eq!(world.done(&["resume", &operation])["code"], "RESUMED");
    assert_eq!(world.processes("skiff demo"), Vec::<u32>::new());
    assert_eq!(world.done(&["status"])["data"]["services"][0]["destroyed"], true);
    assert_eq!(world.done(&["destroy", "web"])["code"], "ALREADY_DESTROYED");
}

#[test]
fn one_key_at_the_same_moment_is_one_deploy() {
    let world = World::live();
    world.write_spec("v2");
    let deploy = || world.command(&["deploy", "--label", "v2", "--idempotency-key", "key"]);
    let both = [deploy(), deploy()].map(|mut command| command.stdout(Stdio::piped()).spawn().unwrap());
    let answers = both.map(|child| Answer::of(&child.wait_with_output().unwrap()));
    let mut operations: Vec<_> =
        answers.iter().map(|answer| answer.envelope["operation_id"].as_str().unwrap().to_owned()).collect();
    operations.dedup();
    assert_eq!(operations.len(), 1, "{answers:#?}");
    // One is refused, or has taken over from the other.
    assert!(answers.iter().any(|answer| answer.exit == Some(0)), "{answers:#?}");
    assert!(answers.iter().all(|answer| matches!(answer.exit, Some(0 | 6))), "{answers:#?}");
    let live = &world.done(&["status"])["data"]["services"][0]["slots"];
    let deployed: Vec<_> = live.as_array().unwrap().iter().filter(|slot| slot["weight"] == 100).collect();
    assert_eq!((deployed.len(), deployed[0]["release"]["label"].as_str()), (1, Some("v2")));
    assert_eq!(ask(&world.address()).unwrap(), "v2");
}

#[test]
fn the_port_of_the_spec_is_used_unless_another_is_asked_for() {
    let world = World::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let spec = fs::read_to_string(world.path("skiff.yaml")).unwrap();
    fs::write(world.path("skiff.yaml"), format!("{spec}local: {{ port: {port} }}\n")).unwrap();
    let refused = world.run(&["local", "up"]);
    assert_eq!(
        (refused.exit, refused.envelope["findings"][0]["code"].as_str()),
        (Some(6), Some("SK2503")),
        "{refused:#?}"
    );
    assert!(refused.envelope["summary"].as_str().unwrap().contains(&port.to_string()), "{refused:#?}");
    assert_eq!(world.done(&["local", "up", "--port", "0"])["code"], "UP");
    assert_eq!(world.done(&["local", "up"])["code"], "UP_ALREADY");
    fs::write(world.path("skiff.yaml"), spec.replace("drain: 1s", "drain: 3s")).unwrap();
    let differs = world.run(&["deploy"]);
    assert_eq!(
        (differs.exit, differs.envelope["findings"][0]["code"].as_str()),
        (Some(6), Some("SK2511")),
        "{differs:#?}"
    );
}
