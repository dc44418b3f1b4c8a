//! Sixteen processes increment one document of a folder, two hundred times each, and nothing is lost.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a broken assumption ends a test")]

use std::{
    env,
    path::Path,
    process::{Child, Command},
    sync::Arc,
};

use skiff_runtime::{
    state::{Ledger, control::Next, layout::Scope},
    store::{Key, folder::FolderStore},
    world::World,
};
use skiff_wire::ServiceControl;

/// The folder of the ledger, for a process that this test has started.
const FOLDER: &str = "SKIFF_TEST_INCREMENT_IN";
const PROCESSES: u64 = 16;
const INCREMENTS: u64 = 200;

fn ledger(folder: &Path) -> Ledger {
    Ledger::new(Arc::new(FolderStore::open(folder).expect("a store")), World::real())
}

fn document() -> Key {
    Scope::new("shop", "prod").service("web").control()
}

async fn increment(folder: &Path) {
    let (ledger, document) = (ledger(folder), document());
    for _ in 0..INCREMENTS {
        let counted = ledger.update::<ServiceControl>(&document, |control| {
            let mut next = control.map_or_else(
                || Next { epoch: 1, holder: None, lease_until: None, body: ServiceControl::default() },
                Next::of,
            );
            next.body.sequence += 1;
            Ok(Some(next))
        });
        counted.await.expect("an increment that is acknowledged");
    }
}

/// What a started process does; nothing when it was not started by the test below.
#[tokio::test]
async fn one_process_increments() {
    if let Some(folder) = env::var_os(FOLDER) {
        increment(Path::new(&folder)).await;
    }
}

#[tokio::test]
async fn sixteen_processes_lose_no_increment() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = |_| -> Child {
        Command::new(env::current_exe().expect("this test"))
            .args(["--exact", "one_process_increments", "--quiet"])
            .env(FOLDER, folder.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("a process")
    };
    let processes: Vec<Child> = (0..PROCESSES).map(start).collect();
    for mut process in processes {
        assert!(process.wait().expect("its end").success(), "a process has failed");
    }
    let counted = ledger(folder.path()).read::<ServiceControl>(&document()).await.expect("a document");
    let control = counted.expect("the document is there").control;
    let all = PROCESSES * INCREMENTS;
    assert_eq!((control.body.sequence, control.revision), (all, all));
}
