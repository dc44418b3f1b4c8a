//! Each thing that can be wrong is found under its own code, and names its document.

use skiff_runtime::{
    state::{layout, verify::verify},
    store::Key,
};
use skiff_wire::OperationControl;

use crate::shop::Shop;

/// The codes and keys of what is wrong.
async fn found(shop: &Shop) -> Vec<(&'static str, String)> {
    let examination = verify(&shop.ledger).await.expect("an examination");
    for finding in &examination.findings {
        assert!(!finding.hint.is_empty(), "{finding:?}");
        assert!(finding.message.contains('`'), "{finding:?}");
    }
    examination.findings.iter().map(|finding| (finding.code.id, finding.key.clone())).collect()
}

#[tokio::test]
async fn a_ledger_in_order_has_nothing_to_find() {
    let (shop, _) = Shop::in_order().await;
    assert_eq!(found(&shop).await, []);
    let examination = verify(&shop.ledger).await.expect("an examination");
    assert_eq!((examination.artifacts, examination.services, examination.operations, examination.events), (3, 1, 1, 1));
    assert_eq!(examination.objects, shop.keys().await.len() as u64);
}

#[tokio::test]
async fn what_cannot_be_read_is_named_whatever_it_is() {
    let (shop, releases) = Shop::in_order().await;
    let keys = shop.keys().await;
    for text in keys.iter().filter(|key| !key.starts_with("artifacts/")) {
        let key = Key::parse(text).expect("a key");
        let before = shop.ledger.store.get(&key).await.expect("a read").expect("it is there").body;
        shop.put(&key, &before[..before.len() / 2]).await;
        let found = found(&shop).await;
        assert!(found.contains(&("SK2020", text.clone())), "{text}: {found:?}");
        shop.put(&key, &before).await;
    }
    assert_eq!((found(&shop).await, releases.len()), (vec![], 3));
}

#[tokio::test]
async fn documents_of_a_newer_skiff_and_of_another_sort_are_told_apart() {
    let (shop, _) = Shop::in_order().await;
    let key = shop.scope.intent("op-1");
    shop.put(&key, br#"{"schema": "skiff.dev/operation-intent/v2"}"#).await;
    assert!(found(&shop).await.contains(&("SK2021", key.to_string())));
    shop.put(&key, br#"{"schema": "skiff.dev/event/v1"}"#).await;
    assert!(found(&shop).await.contains(&("SK2022", key.to_string())));
}

#[tokio::test]
async fn what_is_not_the_ledgers_is_a_warning() {
    let (shop, _) = Shop::in_order().await;
    shop.put(&Key::of(&["shop", "prod", "notes.txt"]), b"remember the milk").await;
    assert_eq!(found(&shop).await, [("SK2030", "shop/prod/notes.txt".to_owned())]);
}

#[tokio::test]
async fn a_gap_in_a_log_is_found() {
    let (shop, _) = Shop::in_order().await;
    let key = shop.scope.log("op-1", 2);
    shop.remove(&key).await;
    assert_eq!(found(&shop).await, [("SK2031", key.to_string())]);
}

#[tokio::test]
async fn a_log_that_does_not_add_up_is_found() {
    let (shop, _) = Shop::in_order().await;
    let twice = shop.scope.log("op-1", 6);
    shop.log("op-1", 6, serde_json::json!("finished")).await;
    assert_eq!(found(&shop).await, [("SK2205", twice.to_string())], "it ended before");
    shop.remove(&twice).await;
    let edited = shop.scope.log("op-1", 2);
    let text = shop.ledger.store.get(&edited).await.expect("a read").expect("it is there").body;
    let text = String::from_utf8(text).expect("text").replace("\"epoch\": 4", "\"epoch\": 3");
    shop.put(&edited, text.as_bytes()).await;
    assert_eq!(found(&shop).await, [("SK2205", edited.to_string())], "its driver was another one");
}

#[tokio::test]
async fn an_operation_without_intent_is_found() {
    let (shop, _) = Shop::in_order().await;
    let key = shop.scope.intent("op-1");
    shop.remove(&key).await;
    assert_eq!(found(&shop).await, [("SK2032", key.to_string())]);
}

#[tokio::test]
async fn a_release_that_is_named_and_not_there_is_found() {
    let (shop, releases) = Shop::in_order().await;
    shop.remove(&shop.web.release(&releases[2])).await;
    shop.remove(&shop.web.release(&releases[1])).await;
    let control = ("SK2033", shop.web.control().to_string());
    assert_eq!(found(&shop).await, [control.clone(), control]);
}

#[tokio::test]
async fn artifacts_that_differ_or_are_missing_are_found() {
    let (shop, releases) = Shop::in_order().await;
    let artifact = layout::artifact(&skiff_runtime::trust::verify::digest(b"bundle 3"));
    shop.put(&artifact, b"other bytes").await;
    assert_eq!(found(&shop).await, [("SK2034", artifact.to_string())]);
    shop.remove(&artifact).await;
    assert_eq!(found(&shop).await, [("SK2035", shop.web.release(&releases[2]).to_string())]);
}

#[tokio::test]
async fn a_key_that_stands_for_nothing_is_found() {
    let (shop, _) = Shop::in_order().await;
    let record = shop.scope.idempotency("op-1");
    let text = shop.ledger.store.get(&record).await.expect("a read").expect("it is there").body;
    let text = String::from_utf8(text).expect("text").replace("\"operation\": \"op-1\"", "\"operation\": \"op-2\"");
    shop.put(&record, text.as_bytes()).await;
    assert_eq!(found(&shop).await, [("SK2036", record.to_string())]);
}

#[tokio::test]
async fn a_document_in_another_place_is_found() {
    let (shop, releases) = Shop::in_order().await;
    let (from, to) = (shop.web.release(&releases[0]), shop.scope.service("api").release(&releases[0]));
    let body = shop.ledger.store.get(&from).await.expect("a read").expect("it is there").body;
    shop.put(&to, &body).await;
    assert_eq!(found(&shop).await, [("SK2037", to.to_string())]);
}

#[tokio::test]
async fn a_control_document_that_differs_from_its_log_is_found() {
    let (shop, _) = Shop::in_order().await;
    let key = shop.scope.operation("op-1");
    let differs = [("SK2038", key.to_string())];
    let control = |status: &str, entries: u64| -> OperationControl {
        let value = serde_json::json!({"status": status, "entries": entries, "step": 1});
        serde_json::from_value(value).expect("a control document")
    };
    shop.control(&key, control("running", 6)).await;
    assert_eq!(found(&shop).await, differs);
    shop.control(&key, control("running", 4)).await;
    assert_eq!(found(&shop).await, [], "one that lags behind is in order");
    shop.control(&key, control("running", 9)).await;
    assert_eq!(found(&shop).await, differs);
    shop.remove(&key).await;
    assert_eq!(found(&shop).await, differs);
}

#[tokio::test]
async fn a_missing_root_is_found() {
    let (shop, _) = Shop::in_order().await;
    shop.root(4).await;
    assert_eq!(found(&shop).await, [("SK2039", layout::root(2).to_string()), ("SK2039", layout::root(3).to_string())]);
}
