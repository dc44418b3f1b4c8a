//! Bytes that are no document are refused with the key and the reason, and trouble of the store keeps its meaning.

use std::{fs, os::unix::fs::PermissionsExt as _, sync::Arc};

use skiff_runtime::{
    ErrorKind,
    state::{Ledger, document::LARGEST_DOCUMENT, layout::Scope},
    store::{Condition, Key, Store as _, StoreErrorKind, folder::FolderStore, memory::MemoryStore},
    world::World,
};
use skiff_wire::{IdempotencyRecord, LedgerEvent};

fn record(key: &str) -> IdempotencyRecord {
    IdempotencyRecord {
        schema: IdempotencyRecord::SCHEMA.into(),
        key: key.into(),
        arguments: "0".repeat(64),
        operation: "018f".into(),
        entries: None,
    }
}

async fn refusal(body: &[u8]) -> (&'static str, String) {
    let store = Arc::new(MemoryStore::new());
    let key = Scope::new("shop", "prod").idempotency("k");
    store.put(&key, body, &Condition::Absent).await.expect("it is written");
    let refused = Ledger::new(store, World::real()).get::<LedgerEvent>(&key).await.expect_err("no event");
    assert_eq!(refused.kind(), ErrorKind::Invalid);
    (refused.code().id, refused.message().to_owned())
}

#[tokio::test]
async fn what_is_malformed_says_where() {
    for (body, words) in [
        ("", "EOF while parsing"),
        ("{", "line 1 column 1"),
        ("[]", "it has no `schema`"),
        (r#"{"schema": 1}"#, "it has no `schema`"),
        (r#"{"schema": "skiff.dev/event/v1"}"#, "missing field `id`"),
        (r#"{"schema": "skiff.dev/event/v1", "schema": "skiff.dev/event/v1"}"#, "the key `schema` is there twice"),
        (r#"{"schema": "skiff.dev/event/v1"} {}"#, "trailing characters"),
        (r#"{"schema": "skiff.dev/event/v1", "surprise": 1}"#, "unknown field `surprise`"),
    ] {
        let (code, message) = refusal(body.as_bytes()).await;
        assert_eq!(code, "SK2020", "{body}");
        assert!(message.starts_with("`shop/prod/idempotency/k.json` cannot be read: "), "{message}");
        assert!(message.contains(words), "{message}");
    }
    assert_eq!(refusal(b"\xff").await.0, "SK2020");
    assert_eq!(refusal(&vec![b' '; LARGEST_DOCUMENT + 1]).await.0, "SK2023");
}

#[tokio::test]
async fn a_document_that_is_too_large_is_not_written() {
    let ledger = Ledger::new(Arc::new(MemoryStore::new()), World::real());
    let key = Key::of(&["k"]);
    let refused = ledger.put_once(&key, &record(&"k".repeat(LARGEST_DOCUMENT))).await.expect_err("too large");
    assert_eq!(refused.code().id, "SK2023");
    assert_eq!(ledger.store.get(&key).await, Ok(None));
}

#[tokio::test]
async fn what_is_written_once_stays() {
    let ledger = Ledger::new(Arc::new(MemoryStore::new()), World::real());
    let key = Key::of(&["k"]);
    for _ in 0..2 {
        ledger.put_once(&key, &record("one")).await.expect("the same again is done already");
    }
    let refused = ledger.put_once(&key, &record("two")).await.expect_err("another one");
    assert_eq!((refused.code().id, refused.kind()), ("SK2027", ErrorKind::Conflict));
    assert_eq!(ledger.get(&key).await, Ok(Some(record("one"))));
}

#[test]
fn what_cannot_be_a_key_is_refused_in_words() {
    for text in ["", "a b", "../x", "a//b", &"x".repeat(201), "ä"] {
        let refused = Key::given("idempotency key", text).expect_err(text);
        assert_eq!((refused.code().id, refused.kind()), ("SK2001", ErrorKind::Usage));
    }
    assert!(Key::given("idempotency key", "deploy-2026.1_x").is_ok());
    let scope = Scope::new("shop", "prod");
    assert_ne!(scope.idempotency("a b"), scope.idempotency("a-b"));
    assert_ne!(scope.idempotency(&"x".repeat(300)), scope.idempotency(&"x".repeat(301)));
    assert!(Key::parse(scope.idempotency(&"ü/".repeat(300)).as_str()).is_some());
}

#[tokio::test]
async fn a_folder_that_may_not_be_written_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("ledger");
    let ledger = Ledger::new(Arc::new(FolderStore::open(&root).expect("a store")), World::real());
    ledger.put_once(&Key::of(&["k"]), &record("one")).await.expect("it is written");
    fs::set_permissions(&root, fs::Permissions::from_mode(0o555)).expect("read-only");
    let answer = ledger.put_once(&Key::of(&["a", "new", "folder"]), &record("two")).await;
    fs::set_permissions(&root, fs::Permissions::from_mode(0o755)).expect("writable again");
    // The superuser is let through, and then there is nothing to see.
    if let Err(refused) = answer {
        assert_eq!((refused.code().id, refused.kind()), ("SK2004", ErrorKind::NotAuthorised));
    }
    assert_eq!(ledger.get(&Key::of(&["k"])).await, Ok(Some(record("one"))));
}

#[tokio::test]
async fn a_link_below_the_root_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).expect("a folder");
    fs::write(elsewhere.join("x"), "foreign").expect("a file");
    let root = folder.path().join("ledger");
    let store = FolderStore::open(&root).expect("a store");
    store.put(&Key::of(&["own"]), b"own", &Condition::Absent).await.expect("it is written");
    std::os::unix::fs::symlink(&elsewhere, root.join("out")).expect("a link to a folder");
    std::os::unix::fs::symlink(elsewhere.join("x"), root.join("leaf")).expect("a link to a file");
    for key in [Key::of(&["out", "x"]), Key::of(&["leaf"])] {
        let read = store.get(&key).await.expect_err("a link");
        assert_eq!(read.kind, StoreErrorKind::Damaged, "{read}");
        let written = store.put(&key, b"mine", &Condition::Absent).await.expect_err("a link");
        assert_eq!(written.kind, StoreErrorKind::Damaged, "{written}");
    }
    assert_eq!(store.list("", None, 10).await.expect_err("a link").kind, StoreErrorKind::Damaged);
    assert_eq!(fs::read(elsewhere.join("x")).expect("the file"), b"foreign");
    let refused = Ledger::new(Arc::new(store), World::real()).get::<LedgerEvent>(&Key::of(&["leaf"])).await;
    assert_eq!(refused.expect_err("a link").code().id, "SK2008");
}

#[tokio::test]
async fn a_file_where_the_folder_should_be_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "x").expect("a file");
    assert_eq!(FolderStore::open(&file).expect_err("no folder").kind, StoreErrorKind::Unavailable);
    assert_eq!(FolderStore::open(&file.join("below")).expect_err("no folder").kind, StoreErrorKind::Unavailable);
}
