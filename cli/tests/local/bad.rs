//! Bad days: what is missing, unreadable, full, taken, read-only, or of another time. Each has a clear error and its exit code,
//! and nothing is lost.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

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
    let world = World::live();
    world.write_spec("v2");
    let Some(read_only) = ReadOnly::make(&world.path(".skiff")) else {
        // Past the test harness, which keeps the output of passing tests to itself: a skip must be seen.
        let _ = writeln!(io::stderr(), "SKIPPED: no folder can be mounted read-only here");
        return;
    };
    let answer = world.run(&["deploy"]);
    drop(read_only);
    refused(&answer, 4, "ead-only");
    assert_eq!(crate::load::ask(&world.address()).unwrap(), "v1");
}

/// A folder that nobody may write, not even root: mounted over itself, read-only, in a way that a test may.
struct ReadOnly(PathBuf);

impl ReadOnly {
    /// `None` where this user may not mount anything.
    fn make(folder: &Path) -> Option<Self> {
        let path = folder.to_str().unwrap();
        mount(&["--bind", path, path]).then(|| {
            let mounted = Self(folder.to_owned());
            assert!(mount(&["-o", "remount,ro,bind", path]));
            mounted
        })
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

fn mount(arguments: &[&str]) -> bool {
    let status = Command::new("mount").args(arguments).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
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
