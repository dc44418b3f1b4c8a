//! Without the ledger: a member starts again from what it verified before, and from nothing else.

use std::fs;

use serde_json::json;
use skiff_runtime::trust::edit;
use skiff_wire::MemberPhase;

use crate::scene::{Scene, manifest, until};

const RUN: &str = "echo up; exec sleep 600";

/// Runs a member once, stops it, and takes the ledger away.
fn served_once(scene: &Scene) -> (String, u64) {
    let release = scene.release(manifest(json!({})), &[("run", RUN)]);
    scene.assign(&release, 1);
    let mut runner = scene.start();
    runner.until_status(200);
    runner.signal("TERM");
    assert_eq!(runner.wait(), 0);
    fs::rename(scene.path("state"), scene.path("away")).unwrap();
    release
}

fn give_back(scene: &Scene) {
    // What the member wanted to say meanwhile has made the folder again.
    let _ = fs::remove_dir_all(scene.path("state"));
    fs::rename(scene.path("away"), scene.path("state")).unwrap();
}

#[test]
fn a_member_starts_from_what_it_kept_and_goes_on_when_the_ledger_is_back() {
    let scene = Scene::new();
    served_once(&scene);
    let runner = scene.start();
    runner.until_status(200);
    runner.until_log("runner", "SK2607");
    runner.until_log("runner", "SK2627");
    give_back(&scene);
    runner.until_log("runner", "the assignment still holds");
    runner.until_status(200);
    scene.until_phase(MemberPhase::Ready);
}

#[test]
fn a_kept_release_that_was_revoked_meanwhile_leaves_as_soon_as_that_can_be_known() {
    let mut scene = Scene::new();
    let release = served_once(&scene);
    fs::rename(scene.path("away"), scene.path("state")).unwrap();
    scene.next_root(|root| edit::revoke_release(root, &release.0, root.expires).unwrap());
    fs::rename(scene.path("state"), scene.path("away")).unwrap();
    let mut runner = scene.start();
    runner.until_status(200);
    give_back(&scene);
    assert_eq!(runner.wait(), 10);
    assert_eq!(scene.state().unwrap().phase, MemberPhase::Refused);
}

#[test]
fn a_slot_that_was_assigned_anew_meanwhile_makes_the_member_leave() {
    let scene = Scene::new();
    let release = served_once(&scene);
    fs::rename(scene.path("away"), scene.path("state")).unwrap();
    scene.assign(&release, 2);
    fs::rename(scene.path("state"), scene.path("away")).unwrap();
    let mut runner = scene.start();
    runner.until_status(200);
    give_back(&scene);
    assert_eq!(runner.wait(), 6);
    assert!(runner.said().contains("SK2606"));
}

#[test]
fn what_was_kept_is_verified_again() {
    let scene = Scene::new();
    served_once(&scene);
    let artifacts = scene.path("member/kept");
    let mut changed = 0;
    for path in scene.contains("member/kept", b"echo up") {
        let mut bytes = fs::read(&path).unwrap();
        let at = bytes.windows(7).position(|window| window == b"echo up").unwrap();
        bytes[at..at + 7].copy_from_slice(b"echo no");
        fs::write(&path, bytes).unwrap();
        changed += 1;
    }
    assert!(changed > 0, "nothing is kept in {}", artifacts.display());
    let mut runner = scene.start();
    assert!([7, 10].contains(&runner.wait()) || runner.log("main").matches("up").count() == 1);
    assert!(!runner.log("main").contains("no"));
}

#[test]
fn without_a_ledger_and_without_anything_kept_a_member_waits() {
    let scene = Scene::new();
    let release = scene.release(manifest(json!({})), &[("run", RUN)]);
    scene.assign(&release, 1);
    fs::rename(scene.path("state"), scene.path("away")).unwrap();
    let runner = scene.start();
    until("the member to be up", || (runner.get("/healthz").0 == 503).then_some(()));
    runner.until_log("runner", "SK2608");
    assert_eq!(runner.get("/healthz").0, 503);
    give_back(&scene);
    runner.until_status(200);
}
