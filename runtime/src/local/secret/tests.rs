//! Secrets: kept, listed without their values, and refused whenever something about them was changed.

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use serde_json::{Value, json};

use super::{codes::*, key::key_file_among, *};

struct Machine {
    folder: tempfile::TempDir,
    store: SecretStore,
    world: World,
    shop: Scope,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SecretStore::open(folder.path().join("state/secrets"), folder.path().join("config/local.key"));
        Self { store, folder, world: World::real(), shop: Scope::new("shop", "prod") }
    }

    fn with_secret() -> Self {
        let machine = Self::new();
        machine.store.set(&machine.world, &machine.shop, "api-key", b"open sesame").unwrap();
        machine
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("state/secrets/shop/prod/api-key.json")
    }

    fn edit(&self, change: impl Fn(&mut Value)) {
        let mut document: Value = serde_json::from_slice(&fs::read(self.file()).unwrap()).unwrap();
        change(&mut document);
        fs::write(self.file(), document.to_string()).unwrap();
    }

    fn refusal(&self) -> (&'static str, ErrorKind) {
        let error = self.store.get(&self.shop, "api-key").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("sesame"));
        assert!(error.advice().is_some());
        (error.code().id, error.kind())
    }
}

#[test]
fn a_value_is_read_back_and_nothing_on_the_disk_shows_it() {
    let machine = Machine::with_secret();
    assert_eq!(*machine.store.get(&machine.shop, "api-key").unwrap(), b"open sesame");
    let text = fs::read_to_string(machine.file()).unwrap();
    assert!(!text.contains("sesame") && !text.contains(&encode(b"open sesame")), "{text}");
    assert!(!format!("{:?}", machine.store).contains("key_file"));
}

#[test]
fn versions_rise_and_nonces_differ() {
    let machine = Machine::with_secret();
    let first: Value = serde_json::from_slice(&fs::read(machine.file()).unwrap()).unwrap();
    let entry = machine.store.set(&machine.world, &machine.shop, "api-key", b"open sesame").unwrap();
    let second: Value = serde_json::from_slice(&fs::read(machine.file()).unwrap()).unwrap();
    assert_eq!((entry.version, &second["version"]), (2, &json!(2)));
    assert_ne!((&first["nonce"], &first["sealed"]), (&second["nonce"], &second["sealed"]));
    assert_eq!(machine.store.list(&machine.shop).unwrap(), [entry]);
    assert_eq!(machine.store.list(&Scope::new("shop", "staging")).unwrap(), []);
}

#[test]
fn the_key_is_private_and_outside_of_the_state() {
    let machine = Machine::with_secret();
    let key = machine.store.key_file();
    assert_eq!(fs::metadata(key).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!key.starts_with(machine.folder.path().join("state")));
    assert_eq!(fs::read_dir(key.parent().unwrap()).unwrap().count(), 1, "no other file is left");
    fs::set_permissions(key, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(machine.refusal(), (SECRET_KEY_UNSAFE.id, ErrorKind::NotAuthorised));
    let set = machine.store.set(&machine.world, &machine.shop, "other", b"value");
    assert_eq!(set.unwrap_err().code().id, SECRET_KEY_UNSAFE.id);
}

#[test]
fn another_key_or_none_opens_nothing() {
    let machine = Machine::with_secret();
    fs::write(machine.store.key_file(), "not a key").unwrap();
    assert_eq!(machine.refusal(), (SECRET_KEY_UNSAFE.id, ErrorKind::Invalid));
    fs::remove_file(machine.store.key_file()).unwrap();
    assert_eq!(machine.refusal(), (SECRET_KEY_MISSING.id, ErrorKind::NotFound));
    machine.store.set(&machine.world, &machine.shop, "other", b"value").unwrap();
    assert_eq!(machine.refusal(), (SECRET_WRONG_KEY.id, ErrorKind::VerificationFailed));
    machine.store.set(&machine.world, &machine.shop, "api-key", b"new value").unwrap();
    assert_eq!(*machine.store.get(&machine.shop, "api-key").unwrap(), b"new value");
}

#[test]
fn whatever_was_changed_is_refused() {
    let flip = |document: &mut Value, field: &str| {
        let text = document[field].as_str().unwrap();
        let other = if text.starts_with('A') { "B" } else { "A" };
        document[field] = json!(format!("{other}{}", &text[1..]));
    };
    let changes: [&dyn Fn(&mut Value); 6] = [
        &|document| flip(document, "sealed"),
        &|document| flip(document, "nonce"),
        &|document| document["version"] = json!(7),
        &|document| document["set_at"] = json!("2020-01-01T00:00:00Z"),
        &|document| document["nonce"] = json!("AAAA"),
        &|document| document["sealed"] = json!("no base64!"),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let machine = Machine::with_secret();
        machine.edit(change);
        assert_eq!(machine.refusal(), (SECRET_TAMPERED.id, ErrorKind::VerificationFailed), "change {index}");
    }
}

#[test]
fn a_secret_cannot_take_the_place_of_another() {
    let machine = Machine::with_secret();
    machine.store.set(&machine.world, &machine.shop, "other", b"meant for another").unwrap();
    fs::copy(machine.file().with_file_name("other.json"), machine.file()).unwrap();
    assert_eq!(machine.refusal(), (SECRET_SWAPPED.id, ErrorKind::VerificationFailed));
    // A liar in the document itself is found by the authentication.
    machine.edit(|document| document["name"] = json!("api-key"));
    assert_eq!(machine.refusal(), (SECRET_TAMPERED.id, ErrorKind::VerificationFailed));
    let staging = Scope::new("shop", "staging");
    machine.store.set(&machine.world, &staging, "api-key", b"of staging").unwrap();
    fs::copy(machine.folder.path().join("state/secrets/shop/staging/api-key.json"), machine.file()).unwrap();
    assert_eq!(machine.refusal(), (SECRET_SWAPPED.id, ErrorKind::VerificationFailed));
}

#[test]
fn what_is_no_secret_is_named() {
    let machine = Machine::with_secret();
    machine.edit(|document| document["schema"] = json!("skiff.dev/local-secret/v2"));
    assert_eq!(machine.refusal(), (SECRET_UNREADABLE.id, ErrorKind::Invalid));
    fs::write(machine.file(), "{").unwrap();
    assert_eq!(machine.refusal(), (SECRET_UNREADABLE.id, ErrorKind::Invalid));
    assert_eq!(machine.store.list(&machine.shop).unwrap_err().code().id, SECRET_UNREADABLE.id);
    fs::remove_file(machine.file()).unwrap();
    assert_eq!(machine.refusal(), (SECRET_MISSING.id, ErrorKind::NotFound));
    fs::create_dir(machine.file()).unwrap();
    assert_eq!(machine.refusal().0, SECRET_FOLDER.id);
}

#[test]
fn names_and_values_are_those_that_secrets_manager_takes() {
    let machine = Machine::new();
    let set = |name: &str, value: &[u8]| machine.store.set(&machine.world, &machine.shop, name, value);
    for name in ["", "a b", "../up", "a//b", "/a", "a/.", "ä", &"n".repeat(81)] {
        assert_eq!(set(name, b"value").unwrap_err().code().id, SECRET_UNFIT.id, "{name}");
    }
    for name in ["a/b.c", "A_+=.@-9", &"=".repeat(80)] {
        set(name, b"value").unwrap();
        assert_eq!(*machine.store.get(&machine.shop, name).unwrap(), b"value");
    }
    assert_eq!(set("empty", b"").unwrap_err().kind(), ErrorKind::Usage);
    assert_eq!(set("large", &vec![0; MOST_BYTES + 1]).unwrap_err().kind(), ErrorKind::Usage);
    set("large", &vec![0; MOST_BYTES]).unwrap();
}

#[test]
fn references_of_a_manifest_have_a_name_here() {
    let arn = |rest: &str| json!(format!("arn:aws:{rest}"));
    let manager = |name: &str| arn(&format!("secretsmanager:eu-west-1:111122223333:secret:{name}"));
    assert_eq!(local_name(&json!({"resource": "api.secret.token", "attribute": "Id"})).as_deref(), Some("token"));
    assert_eq!(local_name(&manager("team/legacy-GhIjKl")).as_deref(), Some("team/legacy"));
    assert_eq!(local_name(&manager("legacy-key")).as_deref(), Some("legacy-key"));
    assert_eq!(local_name(&arn("ssm:eu-west-1:111122223333:parameter/shop/flags")).as_deref(), Some("shop/flags"));
    assert_eq!(local_name(&json!({"resource": "db.database.instance", "attribute": "Arn"})), None);
    assert_eq!(local_name(&arn("s3:::bucket")), None);
}

#[test]
fn the_key_lies_in_the_configuration_folder() {
    let at = |configuration: Option<&str>, home: Option<&str>| {
        key_file_among(configuration.map(Into::into), home.map(Into::into)).map(|path| path.display().to_string())
    };
    assert_eq!(at(Some("/c"), Some("/h")).as_deref(), Some("/c/skiff/local.key"));
    assert_eq!(at(Some("relative"), Some("/h")).as_deref(), Some("/h/.config/skiff/local.key"));
    assert_eq!(at(Some(""), None), None);
}

#[test]
fn setting_at_the_same_time_loses_no_version() {
    let machine = Machine::new();
    let set = || machine.store.set(&machine.world, &machine.shop, "token", b"value").unwrap().version;
    let versions: BTreeSet<u64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(set)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(versions, (1..=8).collect());
    assert_eq!(*machine.store.get(&machine.shop, "token").unwrap(), b"value");
}
