//! From a first spec to a plan that misses nothing, and how little a later change moves in the lock.

use serde_json::Value;

use crate::{
    Folder,
    lock::{AMI, DIGEST, with_registry},
    recommended,
};

/// Locks all that the plan still wants, with a value of the kind it wants; `skiff lock` finds the rest by itself.
fn lock_everything(folder: &Folder) {
    let plan = folder.json(["plan"])["data"].clone();
    let mut arguments = vec!["lock".to_owned()];
    for (name, input) in plan["inputs"].as_object().unwrap() {
        match input["kind"].as_str().unwrap() {
            "ami" => arguments.extend(["--ami".into(), format!("arm64={AMI}")]),
            "prefix-list" => arguments.extend(["--input".into(), format!("{name}=pl-01234567")]),
            "runner-digest" | "trust-root-digest" => arguments.extend(["--input".into(), format!("{name}={DIGEST}")]),
            kind => assert_eq!(kind, "rule-priority", "an input of a kind that the template did not have"),
        }
    }
    let run = folder.run(&arguments);
    assert_eq!(run.exit, 0, "{}", run.stderr);
}

/// The codes of the warnings in an envelope.
fn warnings(envelope: &Value) -> Vec<&str> {
    let findings = envelope["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] == "warning");
    findings.map(|finding| finding["code"].as_str().unwrap()).collect()
}

#[test]
fn a_locked_plan_misses_nothing() {
    let folder = with_registry("200 OK");
    let before = folder.json(["plan"]);
    assert!(before["data"]["inputs"].get("ami_arm64").is_some());
    assert_eq!(warnings(&before), ["SK0320"], "the tag");
    lock_everything(&folder);
    let after = folder.json(["plan"]);
    assert_eq!(after["data"]["inputs"], Value::Object(serde_json::Map::new()));
    assert_eq!((warnings(&after), recommended(&after)), (Vec::<&str>::new(), Vec::new()));
    assert_eq!(after["data"]["services"]["web"]["release"]["main"]["artifact"]["image"]["digest"], DIGEST);
    assert_eq!(folder.json(["lock", "--check"])["code"], "LOCK_CURRENT");
}

#[test]
fn a_new_route_is_one_new_line_of_the_lock() {
    let folder = with_registry("200 OK");
    lock_everything(&folder);
    let before = folder.read("skiff.lock");
    let routes = "routes:\n      - { path: /admin, tls: false }";
    folder.write("skiff.yaml", folder.read("skiff.yaml").replace("routes:", routes));
    let outdated = folder.json(["lock", "--check"]);
    assert_eq!((&outdated["exit"], &outdated["code"]), (&3.into(), &"LOCK_OUTDATED".into()));
    assert_eq!(folder.read("skiff.lock"), before, "a check writes nothing");
    assert_eq!(folder.json(["lock"])["code"], "LOCKED");
    let after = folder.read("skiff.lock");
    let added: Vec<_> = after.lines().filter(|line| !before.lines().any(|other| other == *line)).collect();
    let removed: Vec<_> = before.lines().filter(|line| !after.lines().any(|other| other == *line)).collect();
    assert_eq!(added.len(), 1, "{after}");
    assert!(added[0].trim_start().starts_with("web * prefix:/admin: "), "{added:?}");
    assert_eq!(removed, Vec::<&str>::new());
    assert_eq!(folder.json(["plan"])["data"]["inputs"], Value::Object(serde_json::Map::new()));
}

#[test]
fn a_spec_with_several_environments_is_locked_for_each() {
    let folder = Folder::empty();
    let spec = folder.run(["init", "web", "shop", "--dry-run"]).stdout;
    let staging = "environments:\n  staging:\n    account: \"444455556666\"\n    region: eu-west-1\n";
    folder.write("skiff.yaml", spec.replace("environments:\n", staging));
    let image = folder.json(["lock", "--check"])["data"]["unresolved"][0].as_str().unwrap().to_owned();
    let locked = folder.json(["lock", "--image", &format!("{image}={DIGEST}")]);
    let actions = recommended(&locked);
    let of = |environment: &str| actions.iter().filter(|line| line.contains(environment)).count();
    assert_eq!((of("--env prod"), of("--env prod") + of("--env staging")), (of("--env staging"), actions.len()));
    assert!(actions.contains(&"skiff lock --env staging --ami arm64=ami-…".into()), "{actions:?}");
    assert_eq!(folder.json(["lock", "--ami", &format!("arm64={AMI}"), "--input", "runner_digest=sha256:0"])["exit"], 2);
    let runner = format!("runner_digest={DIGEST}");
    assert_eq!(folder.json(["lock", "--env", "prod", "--input", &runner])["exit"], 0);
    let inputs = |environment: &str| folder.json(["plan", "--env", environment])["data"]["inputs"].clone();
    assert!(inputs("prod").get("runner_digest").is_none());
    assert!(inputs("staging").get("runner_digest").is_some());
}
