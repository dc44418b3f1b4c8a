//! Gates judge a canary: a bad release is taken back, and one that nobody asks is held up until a person says.

use crate::{load::Load, stage::Stage};

#[test]
fn a_release_that_fails_requests_is_taken_back_and_the_reason_is_suggested() {
    let rollout = "{ steps: [50, 100], bake: 20s, gates: [{ metric: error-rate, limit: 2% }] }";
    let stage = Stage::live(rollout);
    stage.spec("v2, ERROR_RATE: 60%", rollout);
    let load = Load::start(&stage.address());
    let failed = stage.refused("GATE_FAILED", &["deploy", "web", "--label", "v2"]);
    load.stop();
    assert_eq!((&failed["exit"], &failed["findings"][0]["code"]), (&8.into(), &"SK2801".into()), "{failed:#}");
    let hypotheses = failed["hypotheses"].as_array().unwrap();
    assert!(
        hypotheses.iter().any(|belief| belief.as_str().unwrap().starts_with("errors rose only in slot `b`")),
        "{failed:#}"
    );
    let facts = failed["facts"].as_array().unwrap();
    assert!(facts.iter().any(|fact| fact["name"] == "gate_error-rate"), "{failed:#}");
    assert_eq!(failed["data"]["evidence"]["canary"], "b", "{failed:#}");
    assert_eq!(stage.live_label(), "v1");
    let shown = stage.shown(failed["operation_id"].as_str().unwrap());
    let baked = shown["steps"].as_array().unwrap().iter().find(|step| step["kind"] == "bake/1").unwrap();
    assert!(baked["seen"].as_str().unwrap().starts_with("error-rate fail: "), "{shown:#}");
}

#[test]
fn a_release_that_nobody_asks_is_held_up_until_a_person_says() {
    let rollout = "{ steps: [100], bake: 1s, gates: [{ metric: error-rate, limit: 2% }] }";
    let stage = Stage::live(rollout);
    for (name, kind, role) in [("anna", "human", "approval"), ("robot", "agent", "release")] {
        stage.done(&["keys", "new", name, "--kind", kind]);
        stage.done(&["keys", "enroll", name, "--role", role, "--key", "me"]);
    }
    stage.spec("v2", rollout);
    let held = stage.refused("CANARY_PAUSED", &["deploy", "web", "--label", "v2", "--key", "me"]);
    assert_eq!((&held["exit"], &held["findings"][0]["code"]), (&8.into(), &"SK2802".into()), "{held:#}");
    let operation = held["operation_id"].as_str().unwrap().to_owned();
    let ids: Vec<_> = held["recommended_actions"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
    assert!(["saga-retry", "saga-abort", "saga-skip"].iter().all(|id| ids.contains(&(*id).into())), "{held:#}");
    assert_eq!(stage.done(&["worker", "--once"])["data"]["driven"].as_array().unwrap().len(), 0, "nobody has answered");

    let again = stage.refused("CANARY_PAUSED", &["saga", "retry", &operation]);
    assert_eq!(again["operation_id"], operation.as_str(), "it is watched once more: {again:#}");
    let skip = |key| stage.run(&["saga", "skip", &operation, "--reason", "it is night", "--key", key]);
    let agent = skip("robot");
    assert!(matches!(agent.exit, Some(4 | 10)), "an agent never says so: {agent:#?}");
    let person = skip("anna");
    assert_eq!((person.exit, &person.envelope["code"]), (Some(0), &"SKIPPED".into()), "{person:#?}");
    let ended = stage.done(&["worker", "--once"]);
    assert_eq!(ended["data"]["driven"][0]["status"], "succeeded", "{ended:#}");
    assert_eq!(stage.live_label(), "v2");
    let shown = stage.shown(&operation);
    let baked = shown["steps"].as_array().unwrap().iter().find(|step| step["kind"] == "bake/1").unwrap();
    assert_eq!((&baked["progress"], &baked["skipped_by"]), (&"skipped".into(), &"anna".into()), "{shown:#}");
}
