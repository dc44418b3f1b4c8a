//! The folder store on a disk that forgets: it is stopped at every step of some writes, in every way, and what was
//! acknowledged must be there, what was not must be whole or absent, and what was read must stay.

use std::{collections::BTreeMap, path::Path};

use super::{
    Folder, FolderStore,
    simulated::{Lies, SimulatedDisk},
};
use crate::store::{Condition, Key, StoreErrorKind};

/// One write: a key, and its new content, or `None` to delete it.
type Write = (&'static str, Option<&'static str>);

/// Every sort of write: into new folders, over an object, beside another, folder and file of one name both ways round.
const WRITES: &[Write] = &[
    ("shop/prod/control.json", Some("the first one, in folders that are new")),
    ("shop/prod/control.json", Some("the second one")),
    ("shop/prod/other.json", Some("a neighbour")),
    ("shop/prod/control.json/below", Some("a folder where a file is")),
    ("shop/prod/control.json", Some("the third one, aside")),
    ("shop/prod/moved", Some("to be moved aside")),
    ("shop/prod/moved", Some("to be moved aside, again")),
    ("shop/prod/moved/below", Some("what moves it")),
    ("shop/prod/moved", None),
    ("shop/prod", Some("a file where a folder is")),
    ("shop/prod/other.json", None),
    ("shop/prod", None),
    ("shop/prod/other.json", Some("again")),
];

/// What may be under each key; several while nobody knows.
type Possible = BTreeMap<&'static str, Vec<Option<String>>>;

fn open(disk: &SimulatedDisk) -> FolderStore {
    FolderStore::on("/ledger".into(), Box::new(disk.clone()), super::PATIENCE)
}

fn read(folder: &Folder, key: &str) -> Result<Option<String>, String> {
    let found = folder.get(&Key::parse(key).expect("a key")).map_err(|error| error.to_string())?;
    Ok(found.map(|object| String::from_utf8_lossy(&object.body).into_owned()))
}

fn write(folder: &Folder, (key, body): Write) -> Result<(), String> {
    let key = Key::parse(key).expect("a key");
    let seen = folder.get(&key).map_err(|error| error.to_string())?;
    let answer = match (body, seen) {
        (Some(body), None) => folder.put(&key, body.as_bytes(), &Condition::Absent).map(drop),
        (Some(body), Some(seen)) => folder.put(&key, body.as_bytes(), &Condition::Matches(seen.etag)).map(drop),
        (None, Some(seen)) => folder.delete(&key, &seen.etag),
        (None, None) => Ok(()),
    };
    answer.map_err(|error| error.to_string())
}

/// Writes until one fails; what is then possible under each key.
fn write_all(store: &FolderStore, writes: &[Write], possible: &mut Possible) -> usize {
    for (place, (key, body)) in writes.iter().enumerate() {
        let wanted = body.map(str::to_owned);
        match write(&store.folder, (key, *body)) {
            Ok(()) => possible.insert(key, vec![wanted]),
            Err(_) => {
                possible.entry(key).or_insert_with(|| vec![None]).push(wanted);
                return place;
            }
        };
    }
    writes.len()
}

fn check(store: &FolderStore, possible: &Possible, when: &str) -> Result<(), String> {
    for (key, allowed) in possible {
        let found = read(&store.folder, key).map_err(|error| format!("{when}: {error}"))?;
        if !allowed.contains(&found) {
            return Err(format!("{when}: `{key}` is {found:?}, and may be {allowed:?}"));
        }
    }
    Ok(())
}

/// Stops at every step: first by power failure, then by a kill with a power failure at any later time.
fn crash_everywhere(lies: Lies) -> Result<u64, String> {
    let whole = SimulatedDisk::lying(lies);
    write_all(&open(&whole), WRITES, &mut Possible::new());
    for step in 0..=whole.steps() {
        let disk = SimulatedDisk::lying(lies);
        disk.die_at(step);
        let mut possible = Possible::new();
        let reached = write_all(&open(&disk), WRITES, &mut possible);
        for left in disk.after_power_failure() {
            let store = open(&left);
            check(&store, &possible, &format!("power failed at step {step}"))?;
            let mut possible = possible.clone();
            match write_all(&store, WRITES, &mut possible) {
                all if all == WRITES.len() => check(&store, &possible, &format!("going on after step {step}"))?,
                stuck => return Err(format!("after a power failure at step {step} write {stuck} is refused for ever")),
            }
        }
        killed(&disk.after_kill(), &possible, reached, step)?;
    }
    Ok(whole.steps())
}

/// Another process goes on after a kill; then the power fails.
fn killed(disk: &SimulatedDisk, possible: &Possible, reached: usize, step: u64) -> Result<(), String> {
    let store = open(disk);
    check(&store, possible, &format!("killed at step {step}"))?;
    let mut possible = possible.clone();
    for (key, allowed) in &mut possible {
        *allowed = vec![read(&store.folder, key)?];
    }
    for left in disk.after_power_failure() {
        check(&open(&left), &possible, &format!("read after a kill at step {step}, then the power failed"))?;
    }
    let rest = WRITES.get(reached..).unwrap_or_default();
    if write_all(&store, rest, &mut possible) != rest.len() {
        return Err(format!("after a kill at step {step} a write is refused for ever"));
    }
    for left in disk.after_power_failure() {
        check(&open(&left), &possible, &format!("killed at step {step}, gone on, then the power failed"))?;
    }
    Ok(())
}

#[test]
fn what_was_acknowledged_survives_a_crash_at_every_step() {
    let steps = crash_everywhere(Lies::default()).expect("nothing is lost");
    assert!(steps > 60, "only {steps} steps were tried");
}

#[test]
fn a_store_that_does_not_sync_is_caught() {
    for lies in [
        Lies { files: true, ..Lies::default() },
        Lies { folders: true, ..Lies::default() },
        Lies { notes: true, ..Lies::default() },
    ] {
        let caught = crash_everywhere(lies);
        assert!(caught.is_err(), "{lies:?} was not noticed");
    }
}

#[test]
fn a_new_ledger_leaves_nothing_behind_but_its_objects() {
    let disk = SimulatedDisk::default();
    let store = open(&disk);
    assert_eq!(write_all(&store, WRITES, &mut Possible::new()), WRITES.len());
    let page = store.folder.list("", None, 100).expect("a page");
    let keys: Vec<&str> = page.keys.iter().map(Key::as_str).collect();
    let moved = "shop/prod/moved/below";
    assert_eq!(keys, ["shop/prod/control.json", "shop/prod/control.json/below", moved, "shop/prod/other.json"]);
    let own = super::disk::Disk::entries(&disk, Path::new("/ledger/+store")).expect("its own files");
    assert!(own.is_empty(), "left behind: {own:?}");
}

#[test]
fn a_full_disk_changes_nothing_and_is_left_as_it_was() {
    let disk = SimulatedDisk::default();
    let store = open(&disk);
    let (key, first) = (Key::parse("shop/x").expect("a key"), &Condition::Absent);
    let etag = store.folder.put(&key, b"one", first).expect("there is space");
    disk.fill(true);
    let refused = store.folder.put(&key, b"two", &Condition::Matches(etag.clone())).expect_err("no space");
    assert_eq!((refused.kind, refused.message.as_str()), (StoreErrorKind::Full, "could not write: no storage space"));
    assert_eq!(read(&store.folder, "shop/x"), Ok(Some("one".into())));
    let own = super::disk::Disk::entries(&disk, Path::new("/ledger/+store")).expect("its own files");
    assert!(own.is_empty(), "left behind: {own:?}");
    disk.fill(false);
    store.folder.put(&key, b"two", &Condition::Matches(etag)).expect("there is space again");
}
