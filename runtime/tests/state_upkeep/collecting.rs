//! What nothing needs any more goes, and nothing else.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use skiff_runtime::{
    state::{
        collect::{Wanted, collect},
        layout,
        place::aside,
        repair::repair,
        verify::verify,
    },
    store::{Condition, Etag, Key, Object, Page, Store, StoreError, memory::MemoryStore},
    trust::verify::digest,
};
use skiff_wire::OperationIntent;

use crate::shop::Shop;

fn keep(keep: usize) -> Wanted {
    Wanted { keep, ..Wanted::default() }
}

#[tokio::test]
async fn releases_in_use_stay_and_the_others_go_with_what_is_theirs() {
    let shop = Shop::empty();
    let mut releases = Vec::new();
    for sequence in 1..=16 {
        // Every second release shares its bundle with the one before.
        releases.push(shop.release(sequence, format!("bundle {}", sequence / 2).as_bytes()).await);
    }
    // 14 is live, 2 was; 15 and 16 are new; of 4 an operation is not done.
    shop.live(&releases[13], 14, &[&releases[1]]).await;
    open_operation(&shop, &releases[3]).await;
    let planned = collect(&shop.ledger, &Wanted { dry_run: true, ..keep(3) }).await.expect("a plan");
    let before = shop.keys().await;
    let done = collect(&shop.ledger, &keep(3)).await.expect("a collection");
    assert_eq!((&planned.releases, &planned.artifacts), (&done.releases, &done.artifacts));
    assert_eq!(planned.artifact_bytes, done.artifact_bytes);
    let mut gone: Vec<String> =
        [1, 3, 5, 6, 7, 8, 9, 10, 11].map(|sequence| shop.web.release(&releases[sequence - 1]).to_string()).into();
    gone.sort();
    assert_eq!(done.releases, gone);
    assert_eq!(done.attestations.len(), 9);
    // 0 and 3, 4 and 5 have no release any more; 1 belongs to 2, 2 to 4, 6 to 12, 7 and 8 to those after.
    let mut artifacts: Vec<String> = [0, 3, 4, 5].map(|number| bundle(number).to_string()).into();
    artifacts.sort();
    assert_eq!(sorted(&done.artifacts), artifacts);
    let reasons: Vec<_> = [13, 1, 3, 14, 11].map(|place| done.kept[shop.web.release(&releases[place]).as_str()]).into();
    assert_eq!(
        reasons,
        ["assigned", "can be rolled back to", "in an open operation", "not assigned yet", "among the newest"]
    );
    assert_eq!(shop.keys().await.len(), before.len() - done.removed());
    assert_eq!(verify(&shop.ledger).await.expect("an examination").findings, []);
    assert_eq!(collect(&shop.ledger, &keep(3)).await.expect("nothing more").removed(), 0);
}

fn sorted(texts: &[String]) -> Vec<String> {
    let mut texts = texts.to_vec();
    texts.sort();
    texts
}

fn bundle(number: u32) -> Key {
    layout::artifact(&digest(format!("bundle {number}").as_bytes()))
}

async fn open_operation(shop: &Shop, release: &str) {
    shop.operation("op-9", "running").await;
    let key = shop.scope.intent("op-9");
    let intent: OperationIntent = shop.read(&key).await;
    let intent = OperationIntent { parameters: serde_json::json!({"deploy": {"release": release}}), ..intent };
    shop.put(&key, &serde_json::to_vec(&intent).expect("JSON")).await;
    // It has one step to go.
    shop.remove(&shop.scope.log("op-9", 5)).await;
    let body = serde_json::json!({"status": "running", "entries": 5, "step": 1});
    let body: skiff_wire::OperationControl = serde_json::from_value(body).expect("a control document");
    shop.control(&shop.scope.operation("op-9"), body).await;
}

#[tokio::test]
async fn nothing_goes_from_a_ledger_that_is_not_in_order() {
    let (shop, releases) = Shop::in_order().await;
    shop.live(&releases[2], 3, &[]).await;
    shop.put(&shop.scope.service("api").control(), b"{ cut o").await;
    let before = shop.keys().await;
    let refused = collect(&shop.ledger, &keep(0)).await.expect_err("it is not in order");
    assert_eq!(refused.code().id, "SK2040");
    assert!(refused.message().contains("`shop/prod/services/api/control.json`"), "{}", refused.message());
    assert_eq!(shop.keys().await, before);
}

#[tokio::test]
async fn old_events_and_members_go_when_it_is_asked() {
    let (shop, _) = Shop::in_order().await;
    let old = layout::Scope::new("shop", "prod").event("2026-01-02T23:59:59Z".parse().expect("a time"), "old");
    let event = shop.keys().await.into_iter().find(|key| key.contains("/events/")).expect("an event");
    let body =
        shop.ledger.store.get(&Key::parse(&event).expect("a key")).await.expect("a read").expect("it is there").body;
    shop.put(&old, &body).await;
    shop.member("i-0", 1, "2026-01-01T00:00:00Z").await;
    shop.member("i-2", 1, "2026-11-21T00:00:00Z").await;
    assert_eq!(collect(&shop.ledger, &Wanted::default()).await.expect("nothing").removed(), 0);
    let at = |text: &str| Some(text.parse().expect("a time"));
    let almost = Wanted { events_before: at("2026-01-02T23:59:59Z"), ..Wanted::default() };
    assert_eq!(collect(&shop.ledger, &almost).await.expect("nothing").removed(), 0);
    let wanted = Wanted {
        events_before: at("2026-01-03T00:00:00Z"),
        members_before: at("2026-11-20T12:00:00Z"),
        ..Wanted::default()
    };
    let done = collect(&shop.ledger, &wanted).await.expect("a collection");
    assert_eq!(done.events, [old.to_string()]);
    assert_eq!(done.members, [shop.web.member("i-0").to_string()], "who runs what is assigned stays");
}

/// A store that does something of its own right after an artifact went away.
struct Meddled {
    inner: MemoryStore,
    envelope: Mutex<Option<(Key, Vec<u8>)>>,
    dies: Mutex<bool>,
}

#[async_trait]
impl Store for Meddled {
    async fn get(&self, key: &Key) -> Result<Option<Object>, StoreError> {
        self.inner.get(key).await
    }

    async fn put(&self, key: &Key, body: &[u8], condition: &Condition) -> Result<Etag, StoreError> {
        self.inner.put(key, body, condition).await
    }

    async fn list(&self, prefix: &str, after: Option<&Key>, limit: usize) -> Result<Page, StoreError> {
        self.inner.list(prefix, after, limit).await
    }

    async fn delete(&self, key: &Key, version: &Etag) -> Result<(), StoreError> {
        self.inner.delete(key, version).await?;
        if key.as_str().starts_with(layout::ARTIFACTS) {
            let late = self.envelope.lock().expect("a lock").take();
            if let Some((key, body)) = late {
                self.inner.put(&key, &body, &Condition::Absent).await?;
            }
            if *self.dies.lock().expect("a lock") {
                let kind = skiff_runtime::store::StoreErrorKind::Unavailable;
                return Err(StoreError { kind, key: key.to_string(), message: "the process was killed".into() });
            }
        }
        Ok(())
    }

    fn place(&self) -> String {
        "meddled".into()
    }
}

/// A ledger in which a release that needs a spare artifact is written while gc removes it.
async fn race(dies: bool) -> (Shop, Arc<Meddled>, String) {
    let store = Arc::new(Meddled { inner: MemoryStore::new(), envelope: Mutex::default(), dies: Mutex::new(dies) });
    let shop = Shop::on(Arc::clone(&store) as Arc<dyn Store>);
    let live = shop.release(1, b"bundle of the live one").await;
    shop.live(&live, 1, &[]).await;
    let late = shop.release(2, b"bundle of a late one").await;
    let key = shop.web.release(&late);
    let body = shop.ledger.store.get(&key).await.expect("a read").expect("it is there").body;
    shop.remove(&key).await;
    *store.envelope.lock().expect("a lock") = Some((key, body));
    (shop, store, late)
}

#[tokio::test]
async fn a_release_that_comes_meanwhile_gets_its_artifact_back() {
    let (shop, _, late) = race(false).await;
    let done = collect(&shop.ledger, &Wanted::default()).await.expect("a collection");
    let artifact = layout::artifact(&digest(b"bundle of a late one"));
    assert_eq!((done.artifacts.len(), done.restored), (0, vec![artifact.to_string()]));
    assert!(shop.keys().await.contains(&shop.web.release(&late).to_string()));
    assert_eq!(verify(&shop.ledger).await.expect("an examination").findings, []);
    assert_eq!(shop.ledger.store.get(&aside(&artifact)).await, Ok(None));
}

#[tokio::test]
async fn who_is_killed_in_between_has_lost_nothing() {
    for by_repair in [true, false] {
        let (shop, store, late) = race(true).await;
        collect(&shop.ledger, &Wanted::default()).await.expect_err("it was killed");
        *store.dies.lock().expect("a lock") = false;
        let findings = verify(&shop.ledger).await.expect("an examination").findings;
        assert_eq!(findings.iter().map(|finding| finding.code.id).collect::<Vec<_>>(), ["SK2035"]);
        if by_repair {
            let done = repair(&shop.ledger, false).await.expect("a repair");
            assert_eq!((done.mended.len(), done.left.len()), (1, 0));
        } else {
            collect(&shop.ledger, &Wanted::default()).await.expect("a collection");
        }
        assert_eq!(verify(&shop.ledger).await.expect("an examination").findings, []);
        assert!(shop.keys().await.contains(&shop.web.release(&late).to_string()));
    }
}
