//! Every document of every version that was ever written can be read.

use std::{fs, path::Path, sync::Arc};

use serde::de::DeserializeOwned;
use skiff_runtime::{
    ErrorKind,
    state::{
        Ledger,
        document::{Document, Upgrade},
    },
    store::{Condition, Key, Store as _, memory::MemoryStore},
    world::World,
};
use skiff_wire::{
    Control, IdempotencyRecord, LedgerEvent, LogEntry, MemberState, OperationControl, OperationIntent, ServiceControl,
    ShapeRecord,
};

async fn read<D: Document>(text: &[u8]) -> Result<D, skiff_runtime::Error> {
    let store = Arc::new(MemoryStore::new());
    let key = Key::of(&["shop", "prod", "document.json"]);
    store.put(&key, text, &Condition::Absent).await.expect("it is written");
    let document = Ledger::new(store, World::real()).get::<D>(&key).await?;
    Ok(document.expect("it is there"))
}

async fn fixture<D: Document + PartialEq + std::fmt::Debug + DeserializeOwned>(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/state");
    let mut versions: Vec<_> =
        fs::read_dir(&folder).expect("fixtures").map(|entry| entry.expect("an entry").path()).collect();
    versions.sort();
    let files: Vec<_> = versions.iter().map(|version| version.join(name)).filter(|file| file.exists()).collect();
    assert!(!files.is_empty(), "there is no fixture `{name}`");
    for file in files {
        let text = fs::read(&file).expect("a fixture");
        let document: D = read(&text).await.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let again = serde_json::to_value(&document).expect("JSON");
        assert_eq!(again["schema"], D::SCHEMA, "{}", file.display());
        if file.parent().is_some_and(|folder| folder == versions[versions.len() - 1]) {
            let written: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
            assert_eq!(again, written, "{}: something is lost", file.display());
        }
    }
}

#[tokio::test]
async fn every_version_of_every_document_is_read() {
    fixture::<Control<ServiceControl>>("service-control.json").await;
    fixture::<Control<MemberState>>("member-state.json").await;
    fixture::<Control<OperationControl>>("operation-control.json").await;
    fixture::<OperationIntent>("operation-intent.json").await;
    fixture::<LogEntry>("operation-log.json").await;
    fixture::<IdempotencyRecord>("idempotency.json").await;
    fixture::<LedgerEvent>("event.json").await;
    fixture::<Control<ShapeRecord>>("shape-record.json").await;
}

/// A document that has had two versions before.
#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Third {
    schema: String,
    names: Vec<String>,
    count: usize,
}

impl Document for Third {
    const SCHEMA: &'static str = "skiff.dev/third/v3";
    const UPGRADES: &'static [Upgrade] = &[
        // Version 1 had one name.
        |mut value| {
            let name = value["name"].take();
            let object = value.as_object_mut().ok_or("it is no object")?;
            object.remove("name");
            object.insert("names".into(), serde_json::json!([name]));
            Ok(value)
        },
        // Version 2 had no count.
        |mut value| {
            let names = value["names"].as_array().ok_or("its `names` are no list")?;
            value["count"] = names.len().into();
            Ok(value)
        },
    ];
}

#[tokio::test]
async fn an_older_document_is_upgraded_step_by_step() {
    let third = Third { schema: Third::SCHEMA.into(), names: vec!["a".into()], count: 1 };
    for text in [
        r#"{"schema": "skiff.dev/third/v1", "name": "a"}"#,
        r#"{"schema": "skiff.dev/third/v2", "names": ["a"]}"#,
        r#"{"schema": "skiff.dev/third/v3", "names": ["a"], "count": 1}"#,
    ] {
        assert_eq!(read::<Third>(text.as_bytes()).await.expect(text), third);
    }
    let refused = read::<Third>(br#"{"schema": "skiff.dev/third/v2", "names": 1}"#).await.expect_err("no list");
    assert_eq!((refused.code().id, refused.kind()), ("SK2020", ErrorKind::Invalid));
}

#[tokio::test]
async fn a_newer_or_another_document_is_refused() {
    for (schema, code, words) in [
        ("skiff.dev/third/v4", "SK2021", "was written by a newer Skiff: it is `skiff.dev/third/v4`"),
        ("skiff.dev/third/v0", "SK2022", "is a `skiff.dev/third/v0` document"),
        ("skiff.dev/third/v18446744073709551615", "SK2021", "newer"),
        ("skiff.dev/event/v1", "SK2022", "and a `skiff.dev/third/v3` document belongs there"),
        ("third", "SK2022", "is a `third` document"),
    ] {
        let text = format!(r#"{{"schema": "{schema}", "names": [], "count": 0}}"#);
        let refused = read::<Third>(text.as_bytes()).await.expect_err(schema);
        assert_eq!((refused.code().id, refused.kind()), (code, ErrorKind::Invalid), "{schema}");
        assert!(refused.message().starts_with("`shop/prod/document.json`"), "{}", refused.message());
        assert!(refused.message().contains(words), "{}", refused.message());
        assert!(refused.advice().is_some(), "{schema}");
    }
}
