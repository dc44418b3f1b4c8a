//! A release is tried beside what serves.

use std::fs;

use crate::stage::Stage;

const AT_ONCE: &str = "{ strategy: blue-green }";

#[test]
fn a_release_is_tried_with_requests_and_leaves_nothing_behind() {
    let stage = Stage::live(AT_ONCE);
    stage.spec("v2", AT_ONCE);
    let requests = stage.path("requests.jsonl");
    fs::write(&requests, "{\"path\": \"/\"}\n{\"method\": \"HEAD\", \"path\": \"/healthz\"}\n").unwrap();
    let file = requests.to_str().unwrap();
    let tried = stage.done(&["deploy", "web", "--shadow", "--requests", file, "--request", "GET /a", "--rounds", "2"]);
    assert_eq!(tried["code"], "SHADOWED", "{tried:#}");
    assert_eq!(stage.live_label(), "v1");
    let shown = stage.shown(tried["operation_id"].as_str().unwrap());
    let rehearsed = shown["steps"].as_array().unwrap().iter().find(|step| step["kind"] == "rehearse/1").unwrap();
    assert_eq!(rehearsed["output"]["sent"], 6, "{shown:#}");
    let status = stage.done(&["status", "--direct"]);
    let slots = status["data"]["services"][0]["slots"].as_array().unwrap();
    let others: Vec<_> = slots.iter().filter(|slot| slot["slot"] != "a").collect();
    assert!(others.iter().all(|slot| slot["members"].as_array().unwrap().is_empty()), "{status:#}");
    stage.refused("USAGE", &["deploy", "web", "--request", "GET /"]);
    stage.refused("USAGE", &["deploy", "web", "--shadow", "--request", "POST /buy"]);
}

#[test]
fn a_release_that_answers_in_another_way_is_refused() {
    let stage = Stage::live(AT_ONCE);
    stage.spec("v2, ERROR_RATE: 100%", AT_ONCE);
    let failed =
        stage.refused("REHEARSAL_FAILED", &["deploy", "web", "--shadow", "--request", "GET /", "--rounds", "5"]);
    assert_eq!(failed["exit"], 8, "{failed:#}");
    assert!(
        failed["hypotheses"][0]
            .as_str()
            .unwrap()
            .starts_with("the new release fails requests that the live one answers"),
        "{failed:#}"
    );
    assert_eq!(failed["data"]["evidence"]["rehearsal"]["failed"], 5, "{failed:#}");
    assert_eq!(stage.live_label(), "v1");
}
