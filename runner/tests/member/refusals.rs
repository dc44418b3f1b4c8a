//! What a member does not run: each refusal starts nothing, ends with 10, and is said in the member's document.

use std::fs;

use serde_json::{Value, json};
use skiff_runtime::{
    state::layout,
    store::Condition,
    trust::{codes, edit},
};
use skiff_wire::MemberPhase;

use crate::scene::{Scene, block_on, free_port, manifest, marked, until};

/// Ends with 10, says so, and nothing of the release has run.
fn refused(scene: &Scene, code: &str) {
    let mut runner = scene.start();
    assert_eq!(runner.wait(), 10, "{code}");
    let said = runner.said();
    assert!(said.contains(code), "{code} in {said}");
    let state = scene.state().unwrap();
    assert_eq!(state.phase, MemberPhase::Refused, "{code}");
    assert_eq!(state.reason.unwrap().code, code);
    // Whoever waits for the members of a release must know which one was refused.
    assert!(state.release.is_some() && state.generation == 1, "{code}");
    assert_eq!(scene.events("member-refused"), 1, "{code}");
    assert_eq!(runner.log("main"), "", "{code}");
    assert!(!scene.path("ran").exists() && marked(&scene.path("member")).is_empty());
}

fn assigned(scene: &Scene, more: Value) -> (String, u64) {
    let run = format!("touch {}; exec sleep 600", scene.path("ran").display());
    let release = scene.release(manifest(more), &[("run", &run)]);
    scene.assign(&release, 1);
    release
}

/// Replaces an object of the ledger behind its back.
fn replace(scene: &Scene, key: &skiff_runtime::store::Key, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let object = block_on(scene.ledger.store.get(key)).unwrap().unwrap();
    let condition = Condition::Matches(object.etag);
    block_on(scene.ledger.store.put(key, &change(object.body), &condition)).unwrap();
}

#[test]
fn an_artifact_with_other_bytes() {
    let scene = Scene::new();
    assigned(&scene, json!({}));
    let page = block_on(scene.ledger.store.list(layout::ARTIFACTS, None, 10)).unwrap();
    replace(&scene, &page.keys[0], |mut bytes| {
        bytes[600] ^= 1;
        bytes
    });
    refused(&scene, codes::WRONG_ARTIFACT.id);
}

#[test]
fn a_release_that_was_changed() {
    let scene = Scene::new();
    let release = assigned(&scene, json!({}));
    replace(&scene, &scene.service().release(&release.0), |bytes| {
        let text = String::from_utf8(bytes).unwrap();
        let mut envelope: Value = serde_json::from_str(&text).unwrap();
        let payload = envelope["payload"].as_str().unwrap().to_owned();
        // One letter of the base64 in the middle of the statement.
        let middle = payload.len() / 2;
        let letter = if &payload[middle..=middle] == "A" { "B" } else { "A" };
        envelope["payload"] = format!("{}{letter}{}", &payload[..middle], &payload[middle + 1..]).into();
        serde_json::to_vec(&envelope).unwrap()
    });
    refused(&scene, codes::BAD_SIGNATURE.id);
}

#[test]
fn a_release_of_another_service() {
    let scene = Scene::new();
    let run = format!("touch {}", scene.path("ran").display());
    let other = layout::Scope::new("shop", "test").service("billing");
    let release = scene.release_for(&other, manifest(json!({})), &[("run", &run)]);
    let envelope = block_on(scene.ledger.store.get(&other.release(&release.0))).unwrap().unwrap().body;
    block_on(scene.ledger.store.put(&scene.service().release(&release.0), &envelope, &Condition::Absent)).unwrap();
    scene.assign(&release, 1);
    refused(&scene, codes::WRONG_SERVICE.id);
}

#[test]
fn a_release_that_was_revoked() {
    let mut scene = Scene::new();
    let release = assigned(&scene, json!({}));
    scene.next_root(|root| edit::revoke_release(root, &release.0, root.expires).unwrap());
    refused(&scene, codes::REVOKED.id);
}

#[test]
fn a_root_that_is_not_the_pinned_one() {
    let mut scene = Scene::new();
    assigned(&scene, json!({}));
    scene.pin = format!("sha256:{}", "0".repeat(64));
    refused(&scene, codes::NOT_PINNED.id);
}

#[test]
fn a_lower_sequence_than_the_member_has_seen() {
    let scene = Scene::new();
    assigned(&scene, json!({}));
    fs::create_dir_all(scene.path("member")).unwrap();
    fs::write(scene.path("member/seen.json"), r#"{"root_version":1,"sequence":9}"#).unwrap();
    refused(&scene, codes::REPLAYED.id);
}

#[test]
fn a_root_that_was_rolled_back() {
    let scene = Scene::new();
    assigned(&scene, json!({}));
    fs::create_dir_all(scene.path("member")).unwrap();
    fs::write(scene.path("member/seen.json"), r#"{"root_version":2,"sequence":0}"#).unwrap();
    refused(&scene, codes::ROOT_ROLLED_BACK.id);
}

#[test]
fn a_protection_that_cannot_be_given() {
    let scene = Scene::new();
    assigned(&scene, json!({ "security": { "read_only": true } }));
    refused(&scene, "SK2616");
}

#[test]
fn a_memory_that_is_damaged() {
    let scene = Scene::new();
    assigned(&scene, json!({}));
    fs::create_dir_all(scene.path("member")).unwrap();
    fs::write(scene.path("member/seen.json"), "{").unwrap();
    let mut runner = scene.start();
    assert_eq!(runner.wait(), 10);
    let state = scene.state().unwrap();
    assert_eq!((state.phase, state.reason.unwrap().code.as_str()), (MemberPhase::Refused, "SK2604"));
    assert!(!scene.path("ran").exists());
}

#[test]
fn trouble_with_the_disk_is_no_refusal_of_the_release() {
    let scene = Scene::new();
    let run = format!("touch {}; exec sleep 600", scene.path("ran").display());
    let mut manifest = manifest(json!({}));
    manifest["volumes"] = json!({ "data": { "medium": "disk" } });
    scene.assign(&scene.release(manifest, &[("run", &run)]), 1);
    fs::create_dir_all(scene.path("member/volumes")).unwrap();
    fs::write(scene.path("member/volumes/data"), "in the way").unwrap();
    let mut runner = scene.start();
    assert_eq!(runner.wait(), 7, "{}", runner.said());
    let state = scene.state().unwrap();
    assert_eq!(state.phase, MemberPhase::Stopped, "another member may do better");
    assert_eq!((state.reason.unwrap().code.as_str(), scene.events("member-refused")), ("SK2614", 0));
    assert!(!scene.path("ran").exists() && marked(&scene.path("member")).is_empty());
}

#[test]
fn an_engine_that_is_starting_is_waited_for() {
    let scene = Scene::new();
    let (bin, asked) = (scene.path("bin"), scene.path("asked"));
    fs::create_dir_all(&bin).unwrap();
    // It refuses the first two questions, and whatever else is asked then.
    let script = format!(
        "#!/bin/sh\necho \"$1\" >> '{0}'\n[ \"$1\" = version ] && [ \"$(wc -l < '{0}')\" -ge 3 ]\n",
        asked.display()
    );
    let program = bin.join("podman");
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let digest = "a".repeat(64);
    let image = json!({ "image": { "reference": format!("example.test/web@sha256:{digest}"), "digest": format!("sha256:{digest}") } });
    let release = scene.release(json!({ "main": { "name": "main", "artifact": image, "command": {} } }), &[]);
    scene.assign(&release, 1);
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let runner = scene.start_in(&[("PATH", &path)]);
    until("the engine to be found", || {
        fs::read_to_string(&asked).is_ok_and(|asked| asked.starts_with("version\nversion\nversion\n")).then_some(())
    });
    until("the image to be asked for", || runner.log("main").contains("SK2622").then_some(()));
    assert_ne!(scene.state().unwrap().phase, MemberPhase::Refused);
}

#[test]
fn an_image_without_an_engine() {
    let scene = Scene::new();
    let digest = "a".repeat(64);
    let image = json!({ "image": { "reference": format!("example.test/web@sha256:{digest}"), "digest": format!("sha256:{digest}") } });
    let release = scene.release(json!({ "main": { "name": "main", "artifact": image, "command": {} } }), &[]);
    scene.assign(&release, 1);
    let mut runner = scene.start_in(&[("PATH", &scene.path("nothing").display().to_string())]);
    assert_eq!(runner.wait(), 10);
    assert_eq!(scene.state().unwrap().reason.unwrap().code, "SK2615");
}

#[test]
fn a_running_member_serves_on_when_another_is_refused() {
    let mut scene = Scene::new();
    let release = scene.release(manifest(json!({})), &[("run", "exec sleep 600")]);
    scene.assign(&release, 1);
    let runner = scene.start();
    runner.until_status(200);
    scene.next_root(|root| edit::revoke_release(root, &release.0, root.expires).unwrap());
    (scene.health_port, scene.member) = (free_port(), "second".into());
    let mut second = scene.start();
    assert_eq!(second.wait(), 10);
    runner.until_status(200);
}

#[test]
fn a_member_whose_port_was_taken_makes_room_for_one_with_another() {
    let mut scene = Scene::new();
    let release = scene.release(manifest(json!({})), &[("run", "exec sleep 600")]);
    scene.assign(&release, 1);
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    scene.ports.insert(8080, taken.local_addr().unwrap().port());
    let mut runner = scene.start();
    assert_eq!(runner.wait(), 6);
    assert!(runner.said().contains("SK2628"));
}

#[test]
fn a_member_whose_port_is_taken_while_it_starts_makes_room_too() {
    let mut scene = Scene::new();
    let port = free_port();
    scene.ports.insert(8080, port);
    let main = json!({ "ports": { "main": 8080 } });
    // It ends as a server does that cannot listen, and not before somebody has its port.
    let (began, taken) = (scene.path("began"), scene.path("taken"));
    let wait = format!("while [ ! -e '{}' ]; do sleep 0.05; done", taken.display());
    let script = format!("touch '{}'; {wait}; exit 1", began.display());
    let release = scene.release(manifest(main), &[("run", &script)]);
    scene.assign(&release, 1);
    let mut runner = scene.start();
    until("the workload to begin", || began.exists().then_some(()));
    let _listener = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    fs::write(taken, "").unwrap();
    assert_eq!(runner.wait(), 6);
    assert!(runner.said().contains("SK2628"));
}

#[test]
fn what_cannot_be_used_is_said_before_anything_starts() {
    let scene = Scene::new();
    let taken = std::net::TcpListener::bind(("127.0.0.1", scene.health_port)).unwrap();
    let mut runner = scene.start();
    assert_eq!(runner.wait(), 7);
    assert!(runner.said().contains("SK2605"));
    drop(taken);
    for (configuration, code, exit) in [
        ("{".to_owned(), "SK2601", 2),
        (scene.text(|document| document.schema = "skiff.dev/member/v9".into()), "SK2601", 2),
        (scene.text(|document| document.state_root = "s3://bucket/prefix".into()), "SK2602", 2),
        (scene.text(|document| document.local.as_mut().unwrap().folder = "/proc/nothing".into()), "SK2604", 7),
    ] {
        let mut runner = scene.start_with(&configuration);
        assert_eq!(runner.wait(), exit, "{configuration}");
        let said = runner.said();
        assert!(said.contains(code), "{code} in {said}");
    }
}
