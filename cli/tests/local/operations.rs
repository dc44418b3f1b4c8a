//! What else moves a service: the same again, members, restarts, and its end by the word of a second person.

use std::{fs, net::TcpListener, process::Stdio};

use serde_json::{Value, json};

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
    assert_eq!(status["recommended_actions"][0]["argv"], json!(["skiff", "approve", operation]));
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

#[test]
fn a_deploy_with_a_key_that_dies_early_makes_one_release_and_one_operation() {
    let world = World::live();
    // From the writing of the release, over the record of the key, to the intent of the operation.
    for point in 2..=7 {
        let (version, key) = (format!("v{point}"), format!("key-{point}"));
        world.write_spec(&version);
        let arguments = ["deploy", "--label", &version, "--idempotency-key", &key];
        assert_eq!(world.dying(&point.to_string(), &arguments).exit, None, "point {point}");
        let deployed = world.done(&arguments);
        assert_eq!(deployed["code"], "DEPLOYED", "point {point}: {deployed:#}");
        assert_eq!(world.done(&arguments)["operation_id"], deployed["operation_id"], "point {point}");
        world.assert_live(&version, &format!("point {point}"));
        let releases = world.done(&["release", "list", "web"])["data"]["releases"].clone();
        let so_called = releases.as_array().unwrap().iter().filter(|release| release["label"] == version.as_str());
        assert_eq!(so_called.count(), 1, "point {point}: {releases:#}");
    }
}

#[test]
fn an_altered_release_is_refused_by_its_label_as_by_its_id() {
    let world = World::live();
    world.write_spec("v2");
    let created = world.done(&["release", "create", "--label", "v2"]);
    let id = created["data"]["release"]["id"].as_str().unwrap_or_else(|| panic!("{created:#}")).to_owned();
    assert_eq!(world.done(&["release", "show", "v2"])["data"]["id"], id.as_str());
    let path = world.path(&format!(".skiff/shop/default/services/web/releases/{id}.dsse.json"));
    let mut envelope: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let signature = envelope["signatures"][0]["sig"].as_str().unwrap().to_owned();
    envelope["signatures"][0]["sig"] = signature.chars().rev().skip(2).chain("==".chars()).collect::<String>().into();
    fs::write(&path, serde_json::to_vec(&envelope).unwrap()).unwrap();
    for word in [&*id, "v2"] {
        let refused = world.run(&["deploy", "--release", word]);
        assert_eq!(refused.exit, Some(10), "{word}: {refused:#?}");
    }
    assert_eq!(world.run(&["deploy", "--release", "v3"]).exit, Some(5));
    assert_eq!(ask(&world.address()).unwrap(), "v1");
}

#[test]
fn up_says_what_is_missing_before_anything_can_be_deployed() {
    let world = World::without_keys();
    let next = |arguments: &[&str]| world.done(arguments)["recommended_actions"][0]["argv"].clone();
    assert_eq!(next(&["local", "up", "--port", "0"]), json!(["skiff", "keys", "new", "me"]));
    world.done(&["keys", "new", "anna"]);
    assert_eq!(next(&["local", "up"]), json!(["skiff", "keys", "enroll", "anna"]));
    world.done(&["keys", "enroll", "anna"]);
    assert_eq!(next(&["local", "up"]), json!(["skiff", "deploy"]));
}
