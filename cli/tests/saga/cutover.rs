//! Requests move from the old way of serving to the service, and back.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use serde_json::Value;

use crate::stage::Stage;

/// An old way of serving: it answers every request, until the test process ends.
fn old_way() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            thread::spawn(move || {
                let mut request = [0; 4096];
                let _ = connection.read(&mut request);
                let _ = connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nold");
            });
        }
    });
    address
}

fn weight(stage: &Stage, group: &str) -> u64 {
    let status = stage.done(&["status", "--direct"]);
    let weights: &Value = &status["data"]["services"][0]["direct"]["weights"]["effective"]["by_slot"];
    weights[group].as_u64().unwrap_or_else(|| panic!("no weight of `{group}`: {status:#}"))
}

#[test]
fn the_old_way_gets_its_requests_back_and_is_retired_only_with_an_approval() {
    let stage = Stage::taking_over(&old_way());
    assert_eq!((weight(&stage, "legacy"), weight(&stage, "a")), (100, 0), "a deploy leaves the old way alone");

    let begun = stage.done(&["saga", "start", "traffic-cutover", "web", "--steps", "50", "--bake", "60s", "--detach"]);
    let operation = begun["operation_id"].as_str().unwrap();
    let driver = stage.begun(&["resume", operation]);
    let baking = stage.until_baking(operation);
    assert_eq!(baking["live"]["groups"]["legacy"]["weight"], 50, "{baking:#}");
    stage.done(&["saga", "abort", operation]);
    assert_eq!(driver.ended().0.envelope["code"], "ABORTED");
    assert_eq!(weight(&stage, "legacy"), 100);

    let waits = stage.refused(
        "APPROVAL_NEEDED",
        &["saga", "start", "traffic-cutover", "web", "--steps", "50,100", "--bake", "1s", "--retire"],
    );
    let operation = waits["operation_id"].as_str().unwrap();
    assert_eq!((weight(&stage, "legacy"), weight(&stage, "a")), (0, 100));
    stage.done(&["saga", "approve", operation, "--key", "me"]);
    let done = stage.done(&["saga", "resume", operation]);
    assert_eq!(done["code"], "RESUMED", "{done:#}");
    let shown = stage.shown(operation);
    let retired = shown["steps"].as_array().unwrap().iter().find(|step| step["kind"] == "retire-legacy/1").unwrap();
    assert_eq!(retired["approved_by"][0], "me", "{shown:#}");
    stage.refused("USAGE", &["saga", "plan", "traffic-cutover", "web", "--steps", "50", "--retire"]);
}

#[test]
fn a_member_is_drained_and_another_takes_its_place() {
    let stage = Stage::live("{ strategy: blue-green }");
    let members = |stage: &Stage| -> Vec<String> {
        let status = stage.done(&["status"]);
        let slots = status["data"]["services"][0]["slots"].as_array().unwrap();
        let members = slots.iter().flat_map(|slot| slot["members"].as_array().unwrap().clone());
        members.map(|member| member["instance"].as_str().unwrap().to_owned()).collect()
    };
    let before = members(&stage);
    let drained = stage.done(&["saga", "start", "drain", "web", "--instance", &before[0]]);
    assert_eq!(drained["code"], "DRAINED", "{drained:#}");
    let after = members(&stage);
    assert!(after.len() == 2 && !after.contains(&before[0]) && after.contains(&before[1]), "{before:?} {after:?}");
    let unknown = stage.refused("NO_SUCH_MEMBER", &["saga", "start", "drain", "web", "--instance", "i-none"]);
    assert_eq!((&unknown["exit"], &unknown["findings"][0]["code"]), (&5.into(), &"SK2311".into()), "{unknown:#}");
}
