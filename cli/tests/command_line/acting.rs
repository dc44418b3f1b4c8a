//! The commands that act, where nothing runs yet: what they refuse, and that refusing writes nothing.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

use crate::{Folder, recommended};

/// Every file below a folder with its bytes.
fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(bytes(&entry.path()));
        } else {
            found.insert(entry.path().display().to_string(), fs::read(entry.path()).unwrap());
        }
    }
    found
}

#[test]
fn what_is_refused_or_only_read_writes_nothing() {
    let folder = Folder::with_spec("web");
    let before = bytes(&folder.path(""));
    let commands: [&[&str]; 13] = [
        &["status"],
        &["deploy"],
        &["deploy", "--dry-run"],
        &["scale", "web", "3", "--dry-run"],
        &["restart", "--dry-run"],
        &["rollback", "--dry-run"],
        &["destroy", "web", "--dry-run"],
        &["approve", "nothing", "--dry-run"],
        &["saga", "list", "--all"],
        &["saga", "watch", "nothing"],
        &["saga", "plan", "canary", "web"],
        &["worker", "--once"],
        &["resume", "nothing", "--idempotency-key", "key"],
    ];
    for command in commands {
        folder.run(command);
        assert_eq!(bytes(&folder.path("")), before, "{command:?}");
    }
}

#[test]
fn a_deploy_needs_the_provider_and_says_how_to_get_it() {
    let envelope = Folder::with_spec("web").json(["deploy"]);
    assert_eq!((envelope["code"].as_str(), envelope["exit"].as_u64()), (Some("LOCAL_NOT_UP"), Some(7)));
    assert_eq!(envelope["findings"][0]["code"], "SK2501");
    assert!(recommended(&envelope).contains(&"skiff local up".to_owned()), "{envelope:#}");
}

#[test]
fn a_recommended_command_names_the_same_place() {
    let folder = Folder::with_spec("web");
    fs::rename(folder.path("skiff.yaml"), folder.path("shop.yaml")).unwrap();
    let envelope = folder.json(["deploy", "--spec", "shop.yaml", "--env", "prod", "--state", "elsewhere"]);
    let up = "skiff local up --spec shop.yaml --env prod --state elsewhere".to_owned();
    assert!(recommended(&envelope).contains(&up), "{envelope:#}");
}

#[test]
fn a_status_of_nothing_is_no_failure_and_counts_what_it_reads() {
    let envelope = Folder::with_spec("web").json(["status"]);
    assert_eq!((envelope["code"].as_str(), envelope["exit"].as_u64()), (Some("STANDING"), Some(0)));
    let fact = |name: &str| {
        let facts = envelope["facts"].as_array().unwrap();
        facts.iter().find(|fact| fact["name"] == name).and_then(|fact| fact["value"].as_str()).map(str::to_owned)
    };
    assert!(fact("objects_read").is_some_and(|number| number.parse::<u64>().unwrap() < 10));
    assert_eq!(envelope["data"]["ledger"], ".skiff");
    assert_eq!(envelope["data"]["services"][0]["service"], "web");
    assert_eq!(envelope["data"]["services"][0]["live"], Value::Null);
}

#[test]
fn a_number_of_members_that_cannot_be_says_which_can() {
    let folder = Folder::with_spec("web");
    let none = folder.json(["scale", "web", "0"]);
    assert!(none["summary"].as_str().unwrap().contains("1 to 4"), "{none:#}");
    let many = folder.json(["scale", "web", "5"]);
    assert!(many["summary"].as_str().unwrap().contains("`replicas.max`"), "{many:#}");
}

#[test]
fn one_of_several_services_must_be_named() {
    let folder = Folder::with_spec("stack");
    let envelope = folder.json(["restart"]);
    assert_eq!((envelope["code"].as_str(), envelope["exit"].as_u64()), (Some("USAGE"), Some(2)));
    assert!(envelope["summary"].as_str().unwrap().contains("name one"), "{envelope:#}");
    let envelope = folder.json(["deploy", "--release", "v1"]);
    assert_eq!((envelope["code"].as_str(), envelope["exit"].as_u64()), (Some("USAGE"), Some(2)));
}
