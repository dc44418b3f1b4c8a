//! Bad days: what is missing, unreadable, full, taken, read-only, or of another time. Each has a clear error and its exit code,
//! and nothing is lost.

use std::{collections::BTreeMap, fs, net::TcpListener, os::unix::fs::PermissionsExt as _, path::Path};

use crate::world::{Answer, World};

#[test]
fn a_missing_bundle_is_named() {
    let world = World::new();
    world.done(&["local", "up", "--port", "0"]);
    fs::rename(world.path("app"), world.path("elsewhere")).unwrap();
    let before = ledger(&world);
    let answer = world.run(&["deploy"]);
    refused(&answer, 5, "app");
    assert_eq!(ledger(&world), before, "nothing was written");
}

#[test]
fn an_unreadable_key_is_named() {
    let world = World::new();
    world.done(&["local", "up", "--port", "0"]);
    fs::write(
        world.path("keys/me.pem"),
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    )
    .unwrap();
    let answer = world.run(&["deploy"]);
    refused(&answer, 12, "me");
}

#[test]
fn a_wrong_passphrase_is_said_and_not_shown() {
    let world = World::new();
    world.done(&["local", "up", "--port", "0"]);
    let output = world.command(&["deploy"]).env("SKIFF_PASSPHRASE", "not the right one").output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(4), "{text}");
    assert!(!text.contains("not the right one"), "{text}");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let world = World::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let answer = world.run(&["local", "up", "--port", &port]);
    refused(&answer, 6, &port);
    assert_eq!(world.processes("local supervise"), Vec::<u32>::new(), "nothing is left behind");
}

#[test]
fn a_state_folder_that_is_no_folder_is_named() {
    let world = World::new();
    fs::write(world.path("file"), "").unwrap();
    let answer = world.run(&["status", "--state", "file"]);
    assert!(matches!(answer.exit, Some(2 | 4 | 12)), "{answer:#?}");
    assert!(answer.envelope["summary"].as_str().unwrap().contains("file"), "{answer:#?}");
}

#[test]
fn a_state_folder_that_cannot_be_written_changes_nothing() {
    if rustix::process::geteuid().is_root() {
        // Root may write everywhere, so a file system that refuses has to be a full one: see the next test.
        return;
    }
    let world = World::live();
    set_modes(&world.path(".skiff"), 0o555, 0o444);
    world.write_spec("v2");
    let answer = world.run(&["deploy"]);
    set_modes(&world.path(".skiff"), 0o755, 0o644);
    refused(&answer, 4, ".skiff");
    assert_eq!(crate::load::ask(&world.address()).unwrap(), "v1");
}

#[test]
fn state_of_a_newer_skiff_is_left_alone() {
    let world = World::live();
    let control = world.path(".skiff/shop/default/services/web/control.json");
    let newer = fs::read_to_string(&control).unwrap().replace("service-control/v1", "service-control/v2");
    fs::write(&control, &newer).unwrap();
    world.write_spec("v2");
    let answer = world.run(&["deploy"]);
    refused(&answer, 12, "newer");
    assert_eq!(fs::read_to_string(&control).unwrap(), newer);
    assert_eq!(crate::load::ask(&world.address()).unwrap(), "v1", "the running release serves on");
}

#[test]
fn no_file_holds_a_key_or_a_passphrase() {
    let world = World::live();
    for (path, bytes) in files(world.path("").as_path()) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("a passphrase for tests"), "{path}");
        assert!(!text.contains("BEGIN PRIVATE KEY"), "{path}");
    }
}

fn refused(answer: &Answer, exit: i32, names: &str) {
    assert_eq!(answer.exit, Some(exit), "{answer:#?}");
    let summary = answer.envelope["summary"].as_str().unwrap_or_default();
    assert!(summary.contains(names), "{answer:#?}");
    assert_eq!(answer.envelope["ok"], false);
}

/// What the ledger holds, without the local cloud beside it.
fn ledger(world: &World) -> BTreeMap<String, Vec<u8>> {
    files(&world.path(".skiff")).into_iter().filter(|(path, _)| !path.contains("/local/")).collect()
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(kind) if kind.is_file() && entry.metadata().is_ok_and(|data| data.len() < 1 << 20) => {
                    found.insert(path.display().to_string(), fs::read(&path).unwrap_or_default());
                }
                _ => {}
            }
        }
    }
    found
}

fn set_modes(folder: &Path, folders: u32, files: u32) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            set_modes(&entry.path(), folders, files);
        } else {
            fs::set_permissions(entry.path(), fs::Permissions::from_mode(files)).unwrap();
        }
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(folders)).unwrap();
}
