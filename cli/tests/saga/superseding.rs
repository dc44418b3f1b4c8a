//! A rollout that is under way gives way to another one.

use crate::stage::Stage;

const SLOWLY: &str = "{ steps: [50, 100], bake: 20s }";

#[test]
fn a_newer_release_takes_the_place_of_one_that_is_under_way() {
    let stage = Stage::live(SLOWLY);
    stage.spec("v2", SLOWLY);
    let old = stage.detached("v2");
    let driver = stage.begun(&["resume", &old]);
    stage.until_baking(&old);
    stage.spec("v3", SLOWLY);
    let busy = stage.refused("SERVICE_BUSY", &["deploy", "web", "--label", "v3", "--at-once"]);
    let actions = busy["recommended_actions"].as_array().unwrap();
    assert!(actions.iter().any(|action| action["id"] == "supersede"), "{busy:#}");

    let done = stage.done(&["deploy", "web", "--label", "v3", "--at-once", "--supersede"]);
    assert_eq!(done["code"], "DEPLOYED", "{done:#}");
    assert_eq!(stage.live_label(), "v3");
    let new = done["operation_id"].as_str().unwrap();
    let shown = stage.shown(&old);
    assert_eq!(shown["status"], "compensated", "{shown:#}");
    assert!(shown["reason"].as_str().unwrap().contains(new), "it says what took its place: {shown:#}");
    let (answer, _) = driver.ended();
    assert_eq!((answer.exit, &answer.envelope["code"]), (Some(130), &"ABORTED".into()), "{answer:#?}");
}

#[test]
fn a_rollback_takes_the_place_of_a_rollout_that_is_under_way() {
    let stage = Stage::live(SLOWLY);
    stage.spec("v2", SLOWLY);
    stage.done(&["deploy", "web", "--label", "v2", "--at-once"]);
    stage.spec("v3", SLOWLY);
    let old = stage.detached("v3");
    let driver = stage.begun(&["resume", &old]);
    stage.until_baking(&old);

    let busy = stage.refused("SERVICE_BUSY", &["rollback", "web"]);
    assert!(busy["summary"].as_str().unwrap().contains("`--to`"), "what was before is not certain now: {busy:#}");
    stage.refused("USAGE", &["rollback", "web", "--supersede"]);
    let busy = stage.refused("SERVICE_BUSY", &["rollback", "web", "--to", "v1"]);
    let actions = busy["recommended_actions"].as_array().unwrap();
    let supersede = actions.iter().find(|action| action["id"] == "supersede").unwrap();
    let argv: Vec<&str> = supersede["argv"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    assert!(argv.starts_with(&["skiff", "rollback", "web", "--to"]) && argv.contains(&"--supersede"), "{argv:?}");

    let asked = ["rollback", "web", "--to", "v1", "--supersede", "--idempotency-key", "back"];
    let would = stage.done(&[&asked[..], &["--dry-run"]].concat());
    assert!(would["summary"].as_str().unwrap().contains(&old), "it says what would give way: {would:#}");
    assert_eq!(stage.shown(&old)["status"], "running", "a dry run asks nothing");
    let done = stage.done(&asked);
    assert_eq!(done["code"], "ROLLED_BACK", "{done:#}");
    assert_eq!((stage.live_label(), &stage.shown(&old)["status"]), ("v1".into(), &"compensated".into()));
    assert_eq!(driver.ended().0.envelope["code"], "ABORTED");

    let again = stage.done(&asked);
    assert_eq!(again["operation_id"], done["operation_id"], "the same key is the same operation: {again:#}");
    stage.refused("IDEMPOTENCY_KEY_REUSED", &["rollback", "web", "--to", "v2", "--idempotency-key", "back"]);
}

#[test]
fn a_worker_leaves_the_newer_one_alone_until_the_older_one_has_given_way() {
    let stage = Stage::live(SLOWLY);
    stage.spec("v2", SLOWLY);
    let old = stage.detached("v2");
    let _worker = stage.begun(&["worker", "--interval", "200ms"]);
    stage.until_baking(&old);
    stage.spec("v3", SLOWLY);
    let begun = stage.done(&["deploy", "web", "--label", "v3", "--at-once", "--supersede", "--detach"]);
    assert_eq!(begun["code"], "STARTED", "{begun:#}");
    let new = begun["operation_id"].as_str().unwrap();
    stage.until(new, "the newer one is done", |shown| shown["status"] == "succeeded");
    assert_eq!(stage.live_label(), "v3");
    assert_eq!(stage.shown(&old)["status"], "compensated");
}
