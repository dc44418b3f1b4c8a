//! A release is made, found, repeated; what is not trusted is passed over.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use skiff_runtime::{
    ErrorKind,
    release::{self, NewRelease, codes, create, fetch_artifact, find, list, read_verified, rollback_release},
    state::{control::Next, layout},
    store::{Condition, Etag, Key, Object, Page, Store, StoreError, memory::MemoryStore},
    trust::{self, Purpose, edit, envelope, verify},
};
use skiff_wire::{ReleaseStatement, ServiceControl};

use crate::scene::{Scene, days, fails, key, wait, write};

#[test]
fn a_release_is_whole() {
    let scene = Scene::new();
    let made = scene.made("v1");
    wait(async {
        let (ledger, scope) = (&scene.ledger, scene.service());
        let found = read_verified(ledger, &scope, &made.id, &scene.root, Purpose::Assign { now: days(0), sequence: 0 });
        let found = found.await.unwrap();
        assert_eq!((found.id, found.signers), (made.id.clone(), vec!["ann".to_owned()]));
        let artifact = fetch_artifact(ledger, &found.predicate.artifacts["main"]).await.unwrap();
        assert!(artifact.bytes().starts_with(b"run\0"));
        let events = ledger.store.list("shop/prod/events/", None, 10).await.unwrap().keys;
        let event: Value = serde_json::from_slice(&ledger.store.get(&events[0]).await.unwrap().unwrap().body).unwrap();
        assert_eq!(
            (&event["kind"], &event["actor"], &event["audit"]),
            (&json!("release-created"), &json!("ann"), &json!(true))
        );
        assert_eq!(event["data"]["release"], made.id);
    });
}

#[test]
fn sequences_rise_whoever_counts() {
    let scene = Scene::new();
    let (first, second) = (scene.made("v1"), scene.made("v2"));
    assert_eq!((first.sequence, second.sequence), (1, 2));
    wait(async {
        let key = scene.service().control();
        let body = ServiceControl { sequence: 40, ..ServiceControl::default() };
        let next = Next { epoch: 1, holder: None, lease_until: None, body };
        scene.ledger.write(&key, None, next).await.unwrap();
    });
    assert_eq!(scene.made("v3").sequence, 41);
    let previous = wait(read_verified(&scene.ledger, &scene.service(), &scene.made("v4").id, &scene.root, boot()));
    let third = wait(find(&scene.ledger, &scene.service(), "v3", &scene.root)).unwrap();
    assert_eq!(previous.unwrap().predicate.previous, Some(third));
}

fn boot() -> Purpose {
    Purpose::Boot { sequence: 0 }
}

/// Whoever can write to the store, and cannot sign, can neither use the sequences up nor be listed as a release.
#[test]
fn forged_releases_count_for_nothing() {
    let scene = Scene::new();
    let made = scene.made("v1");
    let statement = |sequence: u64| {
        let body: Value = serde_json::from_slice(&made.envelope).unwrap();
        let payload =
            base64::Engine::decode(&base64::engine::general_purpose::STANDARD, body["payload"].as_str().unwrap());
        let mut statement: Value = serde_json::from_slice(&payload.unwrap()).unwrap();
        statement["predicate"]["sequence"] = json!(sequence);
        serde_json::to_vec(&statement).unwrap()
    };
    let put = |payload: &[u8], keys: &[trust::SigningKey]| {
        let envelope = envelope::sign(ReleaseStatement::PAYLOAD_TYPE, payload, keys).unwrap();
        let key = scene.service().release(&verify::digest(payload));
        wait(scene.ledger.store.put(&key, &envelope, &Condition::Absent)).unwrap();
    };
    put(&statement(500), &[key("stranger", 9)]);
    // Signed as it must be, and too far ahead to be ever assigned.
    put(&statement(9_000_000_000), &scene.keys);
    assert_eq!(scene.made("v2").sequence, 2);
    let listed = wait(list(&scene.ledger, &scene.service(), &scene.root)).unwrap();
    let refused: Vec<_> =
        listed.iter().filter_map(|one| one.release.as_ref().err()).map(|error| error.code().id).collect();
    assert_eq!((listed.len(), refused), (4, vec![trust::codes::UNTRUSTED_SIGNER.id]));
}

#[test]
fn a_release_under_another_name_is_refused() {
    let scene = Scene::new();
    let (first, second) = (scene.made("v1"), scene.made("v2"));
    wait(async {
        let key = scene.service().release(&first.id);
        let object = scene.ledger.store.get(&key).await.unwrap().unwrap();
        scene.ledger.store.put(&key, &second.envelope, &Condition::Matches(object.etag)).await.unwrap();
        let result = read_verified(&scene.ledger, &scene.service(), &first.id, &scene.root, boot()).await;
        fails(result, &trust::codes::WRONG_RELEASE, ErrorKind::VerificationFailed);
    });
}

#[test]
fn releases_are_found_by_what_people_know_of_them() {
    let scene = Scene::new();
    let (first, second) = (scene.made("v1"), scene.made("stable"));
    let third = scene.made("stable");
    let find = |word: &str| wait(find(&scene.ledger, &scene.service(), word, &scene.root));
    assert_eq!(find(&first.id).unwrap(), first.id);
    assert_eq!(find(&second.id[..12]).unwrap(), second.id);
    assert_eq!(find(&second.id[..12].to_uppercase()).unwrap(), second.id);
    assert_eq!(find("stable").unwrap(), third.id);
    for word in ["v9", "", "abc", "../../trust"] {
        fails(find(word), &codes::NO_RELEASE, ErrorKind::NotFound);
    }
}

#[test]
fn the_way_back_is_a_new_release_of_old_content() {
    let scene = Scene::new();
    let first = scene.made("v1");
    write(&scene.place.path().join("dist/run"), "#!/bin/sh\nexit 1\n", 0o755);
    let second = scene.made("v2");
    wait(async {
        let (ledger, scope) = (&scene.ledger, scene.service());
        let back = rollback_release(ledger, &scope, &first.id, days(90), None, &scene.keys).await.unwrap();
        assert!(back.sequence > second.sequence);
        let read = async |id: &str| read_verified(ledger, &scope, id, &scene.root, boot()).await.unwrap().predicate;
        let (old, new) = (read(&first.id).await, read(&back.id).await);
        assert_eq!((new.rollback_of, new.previous), (Some(first.id.clone()), Some(second.id)));
        assert_eq!((&new.artifacts, &new.manifest, &new.label), (&old.artifacts, &old.manifest, &old.label));
        // Without the bundle there is nothing to go back to.
        let sha256 = match &old.artifacts["main"] {
            skiff_wire::ReleaseArtifact::Bundle { sha256, .. } => sha256,
            other => panic!("{other:?}"),
        };
        let object = ledger.store.get(&layout::artifact(sha256)).await.unwrap().unwrap();
        ledger.store.delete(&layout::artifact(sha256), &object.etag).await.unwrap();
        let gone = rollback_release(ledger, &scope, &first.id, days(90), None, &scene.keys).await;
        fails(gone, &codes::NO_ARTIFACT, ErrorKind::NotFound);
        fails(fetch_artifact(ledger, &old.artifacts["main"]).await, &codes::NO_ARTIFACT, ErrorKind::NotFound);
    });
}

#[test]
fn a_changed_artifact_is_seen() {
    let scene = Scene::new();
    let made = scene.made("v1");
    wait(async {
        let found = read_verified(&scene.ledger, &scene.service(), &made.id, &scene.root, boot()).await.unwrap();
        let artifact = &found.predicate.artifacts["main"];
        let page = scene.ledger.store.list(layout::ARTIFACTS, None, 2).await.unwrap();
        let object = scene.ledger.store.get(&page.keys[0]).await.unwrap().unwrap();
        let changed = [&object.body[..], b"\0"].concat();
        scene.ledger.store.put(&page.keys[0], &changed, &Condition::Matches(object.etag)).await.unwrap();
        let result = fetch_artifact(&scene.ledger, artifact).await;
        fails(result, &trust::codes::WRONG_ARTIFACT, ErrorKind::VerificationFailed);
        // Made again, it is not silently taken for the right one either.
        let again = create(&scene.ledger, &scene.new_release(), &scene.keys).await;
        assert_eq!(again.unwrap_err().kind(), ErrorKind::Conflict);
    });
}

#[test]
fn a_revoked_release_does_not_come_back() {
    let mut scene = Scene::new();
    let made = scene.made("v1");
    let next = edit::revoke_release(&scene.root.root, &made.id, days(365)).unwrap();
    scene.publish(&next);
    let back = wait(rollback_release(&scene.ledger, &scene.service(), &made.id, days(90), None, &scene.keys));
    fails(back, &trust::codes::REVOKED, ErrorKind::VerificationFailed);
}

#[test]
fn the_same_content_is_stored_once() {
    let scene = Scene::new();
    scene.made("v1");
    scene.made("v2");
    let page = wait(scene.ledger.store.list(layout::ARTIFACTS, None, 10)).unwrap();
    assert_eq!(page.keys.len(), 1);
    let new: NewRelease = scene.new_release();
    assert_eq!(release::prepare(&new.manifest, &new.base).unwrap().artifacts.len(), 1);
}

/// A store in which a collection that began before takes every artifact away the moment that a release is there.
struct Collected(MemoryStore);

#[async_trait]
impl Store for Collected {
    async fn get(&self, key: &Key) -> Result<Option<Object>, StoreError> {
        self.0.get(key).await
    }

    async fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        let written = self.0.put(key, body, condition).await?;
        let name = key.as_str().rsplit('/').next().unwrap_or_default();
        if key.as_str().contains("/releases/") && name.matches('.').count() == 2 {
            for artifact in self.0.list(layout::ARTIFACTS, None, 10).await?.keys {
                let there = self.0.get(&artifact).await?.unwrap();
                self.0.delete(&artifact, &there.etag).await?;
            }
        }
        Ok(written)
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        self.0.list(prefix, after, limit).await
    }

    async fn delete(&self, key: &Key, version: &Etag) -> Result<(), StoreError> {
        self.0.delete(key, version).await
    }

    fn place(&self) -> String {
        self.0.place()
    }
}

#[test]
fn a_collection_at_the_same_time_takes_nothing_from_a_release() {
    let scene = Scene::on(Arc::new(Collected(MemoryStore::new())));
    let made = scene.made("v1");
    wait(async {
        let (ledger, scope) = (&scene.ledger, scene.service());
        let found = read_verified(ledger, &scope, &made.id, &scene.root, boot()).await.unwrap();
        fetch_artifact(ledger, &found.predicate.artifacts["main"]).await.unwrap();
        // The way back has no bytes to store again; it says so instead of naming what is not there.
        let back = rollback_release(ledger, &scope, &made.id, days(90), None, &scene.keys).await;
        fails(back, &codes::NO_ARTIFACT, ErrorKind::NotFound);
    });
}
