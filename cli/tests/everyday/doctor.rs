//! `skiff doctor`: each thing that can be wrong is seen, and what to do about it is said.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt as _};

use serde_json::{Value, json};

use crate::Project;

fn codes(envelope: &Value) -> Vec<String> {
    let findings = envelope["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

fn check<'a>(envelope: &'a Value, name: &str) -> &'a Value {
    envelope["data"]["checks"].as_array().unwrap().iter().find(|check| check["check"] == name).unwrap()
}

#[test]
fn the_store_is_raced_for_and_left_as_it_was() {
    let project = Project::new();
    let envelope = project.json(&["doctor", "--races", "5"]);
    assert_eq!(check(&envelope, "store")["verdict"], "ok");
    assert_eq!(check(&envelope, "store")["summary"], "30 of 30 racing updates kept, by 4 tasks and 2 processes");
    let left: Vec<_> = project.state().into_iter().filter(|(_, bytes)| !bytes.is_empty()).collect();
    assert_eq!(left, [], "no probe is left");
}

#[test]
fn missing_keys_and_secrets_are_found() {
    let envelope = Project::new().json(&["doctor", "--races", "1"]);
    assert_eq!((&envelope["exit"], &envelope["ok"]), (&json!(3), &json!(true)));
    let codes = codes(&envelope);
    assert!(codes.contains(&"SK2745".into()) && codes.contains(&"SK2530".into()), "{codes:?}");
    let actions = envelope["recommended_actions"].to_string();
    assert!(actions.contains("new-key") && actions.contains("set-smtp-password"), "{actions}");
}

#[test]
fn a_key_that_others_may_read_is_found() {
    let project = Project::new();
    fs::write(project.path("passphrase"), "correct horse battery staple\n").unwrap();
    let run = project.json(&["keys", "new", "me", "--passphrase-file", "passphrase"]);
    assert_eq!(run["exit"], 0, "{run}");
    let file = project.path("config/skiff/keys/me.pem");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let codes = codes(&project.json(&["doctor", "--races", "1"]));
    assert!(codes.contains(&"SK2744".into()) && codes.contains(&"SK2745".into()), "{codes:?}");
}

#[test]
fn a_clock_that_was_set_back_is_found() {
    let project = Project::new();
    assert_eq!(project.fed(&["secret", "set", "smtp-password"], b"x").exit, 0);
    let events = project.state().into_iter().find(|(path, _)| path.to_string_lossy().contains("/events/"));
    let (path, bytes) = events.unwrap();
    let mut event: Value =
        serde_json::from_slice(&bytes[bytes.iter().position(|byte| *byte == b'{').unwrap()..]).unwrap();
    event["at"] = json!("2099-01-01T00:00:00Z");
    fs::write(
        &path,
        [&bytes[..bytes.iter().position(|byte| *byte == b'{').unwrap()], event.to_string().as_bytes()].concat(),
    )
    .unwrap();
    let codes = codes(&project.json(&["doctor", "--races", "1"]));
    assert!(codes.contains(&"SK2742".into()), "{codes:?}");
}

#[test]
fn a_port_that_somebody_has_is_found() {
    let Ok(_taken) = TcpListener::bind(("127.0.0.1", 8080)) else {
        // Somebody else has it, which serves as well.
        let codes = codes(&Project::new().json(&["doctor", "--races", "1"]));
        return assert!(codes.contains(&"SK2748".into()), "{codes:?}");
    };
    let codes = codes(&Project::new().json(&["doctor", "--races", "1"]));
    assert!(codes.contains(&"SK2748".into()), "{codes:?}");
}

#[test]
fn a_check_that_cannot_be_made_stops_no_other() {
    let project = Project::new();
    fs::write(project.path("state"), "a file, no folder").unwrap();
    let run = project.json(&["doctor", "--races", "1", "--state", "state"]);
    assert!([3, 4, 2, 12].contains(&run["exit"].as_i64().unwrap()), "{run}");
    fs::create_dir(project.path("config")).unwrap();
    fs::create_dir(project.path("config/skiff")).unwrap();
    fs::write(project.path("config/skiff/keys"), "no folder either").unwrap();
    let envelope = project.json(&["doctor", "--races", "1"]);
    assert_eq!(check(&envelope, "keys")["verdict"], "attention", "{envelope}");
    assert_eq!(check(&envelope, "store")["verdict"], "ok", "{envelope}");
}
