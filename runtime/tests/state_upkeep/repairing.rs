//! What follows from the rest is mended; evidence is kept; what does not follow is left.

use skiff_runtime::{
    state::{repair::repair, verify::verify},
    store::Key,
};
use skiff_wire::{Control, OperationControl, OperationStatus};

use crate::shop::Shop;

#[tokio::test]
async fn a_control_document_is_made_again_from_its_log() {
    let (shop, _) = Shop::in_order().await;
    let key = shop.scope.operation("op-1");
    for broken in [Some(&b"{ cut o"[..]), Some(br#"{"epoch": 9, "revision": 70}"#), None] {
        match broken {
            Some(bytes) => shop.put(&key, bytes).await,
            None => shop.remove(&key).await,
        }
        let planned = repair(&shop.ledger, true).await.expect("a plan");
        assert_eq!((planned.mended.len(), planned.left.len()), (1, 0));
        assert_ne!(verify(&shop.ledger).await.expect("an examination").findings, [], "a dry run mends nothing");
        let done = repair(&shop.ledger, false).await.expect("a repair");
        assert_eq!(done.mended[0].action, "made again from 6 log entries");
        let control: Control<OperationControl> = shop.read(&key).await;
        assert_eq!((control.body.status, control.body.entries), (OperationStatus::Succeeded, 6));
        assert!(control.epoch >= 4 && control.holder.is_none(), "the epoch of the log at least: {control:?}");
        if broken.is_some_and(|bytes| bytes.len() > 10) {
            assert_eq!((control.epoch, control.revision), (9, 71), "never lower than what can still be read");
        }
        let kept = done.mended[0].kept.as_ref().map(|kept| Key::parse(kept).expect("a key"));
        assert_eq!(kept.is_some(), broken.is_some());
        if let (Some(kept), Some(bytes)) = (kept, broken) {
            assert!(kept.as_str().starts_with("quarantine/shop/prod/operations/op-1/control.json/"), "{kept}");
            assert_eq!(shop.ledger.store.get(&kept).await.expect("a read").expect("the evidence").body, bytes);
        }
        assert_eq!(verify(&shop.ledger).await.expect("an examination").findings, []);
    }
}

#[tokio::test]
async fn a_members_document_is_put_aside() {
    let (shop, _) = Shop::in_order().await;
    let key = shop.web.member("i-1");
    shop.put(&key, b"").await;
    let done = repair(&shop.ledger, false).await.expect("a repair");
    assert_eq!((done.mended.len(), done.left.len()), (1, 0));
    assert_eq!(shop.ledger.store.get(&key).await, Ok(None));
    let kept = Key::parse(done.mended[0].kept.as_ref().expect("the evidence")).expect("a key");
    assert_eq!(shop.ledger.store.get(&kept).await.expect("a read").expect("it is there").body, b"");
    assert_eq!(repair(&shop.ledger, false).await.expect("nothing more").mended, []);
}

#[tokio::test]
async fn what_does_not_follow_is_left_as_it_is() {
    let (shop, releases) = Shop::in_order().await;
    for key in [shop.web.control(), shop.web.release(&releases[0]), shop.scope.log("op-1", 3)] {
        shop.put(&key, b"{ cut o").await;
    }
    // A newer Skiff's document is not broken.
    shop.put(&shop.scope.operation("op-1"), br#"{"schema": "skiff.dev/operation-control/v2"}"#).await;
    let before = shop.keys().await;
    let done = repair(&shop.ledger, false).await.expect("a repair");
    assert_eq!((done.mended.as_slice(), done.left.len()), (&[][..], 4), "{:?}", done.left);
    assert_eq!(shop.keys().await, before);
}

#[tokio::test]
async fn the_intent_of_another_operation_mends_nothing() {
    let (shop, _) = Shop::in_order().await;
    let intent = shop.ledger.store.get(&shop.scope.intent("op-1")).await.expect("a read").expect("it is there").body;
    shop.put(&shop.scope.intent("op-2"), &intent).await;
    shop.put(&shop.scope.operation("op-2"), b"{ cut o").await;
    let done = repair(&shop.ledger, false).await.expect("a repair");
    assert_eq!((done.mended.len(), done.left.len()), (0, 2));
}

#[tokio::test]
async fn a_log_that_does_not_add_up_is_not_made_into_a_control_document() {
    let (shop, _) = Shop::in_order().await;
    shop.log("op-1", 6, serde_json::json!("finished")).await;
    shop.remove(&shop.scope.operation("op-1")).await;
    let done = repair(&shop.ledger, false).await.expect("a repair");
    assert_eq!((done.mended.len(), done.left.len()), (0, 1));
}
