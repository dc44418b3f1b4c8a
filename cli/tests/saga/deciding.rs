//! Operations of high risk wait for people.

use crate::stage::Stage;

/// A service that is live, with another person and an agent in the trust root.
fn peopled() -> Stage {
    let stage = Stage::live("{ strategy: blue-green }");
    for (name, kind, role) in [("anna", "human", "approval"), ("robot", "agent", "release")] {
        stage.done(&["keys", "new", name, "--kind", kind]);
        stage.done(&["keys", "enroll", name, "--role", role, "--key", "me"]);
    }
    stage
}

#[test]
fn two_people_must_agree_and_an_agent_never_counts() {
    let stage = peopled();
    let waits = stage.refused("APPROVAL_NEEDED", &["saga", "start", "destroy", "web", "--two-party"]);
    assert_eq!(waits["exit"], 9);
    let operation = waits["operation_id"].as_str().unwrap();
    let shown = stage.shown(operation);
    let step = shown["steps"].as_array().unwrap().iter().find(|step| step["approvals_needed"] == 2);
    assert!(step.is_some_and(|step| step["risk"] == "high"), "{shown:#}");

    let agent = stage.run(&["saga", "approve", operation, "--key", "robot"]);
    assert!(matches!(agent.exit, Some(4 | 10)), "an agent may ask, and never approve: {agent:#?}");
    let one = stage.done(&["saga", "approve", operation, "--key", "anna"]);
    assert_eq!((&one["code"], &one["data"]["missing"]), (&"APPROVED".into(), &1.into()), "{one:#}");
    assert_eq!(stage.shown(operation)["status"], "awaiting-approval", "one of two is not enough");
    let twice = stage.run(&["saga", "approve", operation, "--key", "anna"]);
    assert_ne!(twice.exit, Some(0), "nobody counts twice: {twice:#?}");
    stage.done(&["saga", "approve", operation, "--key", "me"]);
    let ended = stage.done(&["worker", "--once"]);
    assert_eq!(
        ended["data"]["driven"][0]["status"], "succeeded",
        "a worker goes on where people have agreed: {ended:#}"
    );
    assert_eq!(stage.done(&["status"])["data"]["services"][0]["destroyed"], true);
}

#[test]
fn what_waits_is_refused_with_a_reason() {
    let stage = peopled();
    let waits = stage.refused("APPROVAL_NEEDED", &["destroy", "web"]);
    let operation = waits["operation_id"].as_str().unwrap();
    stage.refused("NOTHING_WAITS", &["saga", "skip", operation, "--reason", "so", "--key", "me"]);
    let rejected = stage.done(&["saga", "reject", operation, "--reason", "not before Monday"]);
    assert_eq!(rejected["code"], "REJECTED");
    let ended = stage.done(&["saga", "compensate", operation]);
    assert_eq!(ended["code"], "TAKEN_BACK", "{ended:#}");
    let shown = stage.shown(operation);
    assert!(shown["reason"].as_str().unwrap().contains("not before Monday"), "{shown:#}");
    assert_eq!(stage.live_label(), "v1");
    stage.refused("NOTHING_WAITS", &["saga", "reject", operation, "--reason", "again"]);
}
