//! `skiff quickstart`: the whole walk, with real processes, and nothing left behind.

use std::{
    fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::Project;

/// Processes whose environment or command line names a folder.
fn processes_of(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        let place = fs::read_link(entry.path().join("cwd")).unwrap_or_default();
        if line.contains(folder) || place.to_string_lossy().contains(folder) {
            found.push(line);
        }
    }
    found
}

#[test]
fn the_walk_ends_well_and_leaves_nothing() {
    let project = Project::new();
    let folder = project.path("walk");
    let begun = Instant::now();
    let envelope = project.json(&["quickstart", "--dir", "walk"]);
    assert_eq!((&envelope["exit"], &envelope["code"]), (&json!(0), &json!("WALKED")), "{envelope:#}");
    assert!(begun.elapsed() < Duration::from_secs(120), "{:?}", begun.elapsed());
    let loads = envelope["data"]["loads"].as_array().unwrap();
    assert_eq!(loads.len(), 2);
    for load in loads {
        assert_eq!(load["failed"], 0, "{load}");
        assert!(load["versions"]["v1"].as_u64() > Some(0) && load["versions"]["v2"].as_u64() > Some(0), "{load}");
    }
    let versions: Vec<_> = envelope["data"]["stages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|stage| stage["argv"][0] == "curl")
        .map(|stage| stage["result"]["version"].clone())
        .collect();
    assert_eq!(versions, ["v1", "v2", "v1"]);
    assert!(!folder.exists());
    assert_eq!(processes_of(&folder.display().to_string()), Vec::<String>::new());
}

#[test]
fn an_interrupted_walk_cleans_up() {
    let project = Project::new();
    let folder = project.path("walk");
    let mut child = project.command(&["quickstart", "--dir", "walk"]).stdout(Stdio::null()).spawn().unwrap();
    // Until the local provider is up, so that there is something to end.
    let deadline = Instant::now() + Duration::from_secs(60);
    while !folder.join(".skiff/local/cloud/up.json").exists() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(50));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(!folder.exists());
    assert_eq!(processes_of(&folder.display().to_string()), Vec::<String>::new());
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let project = Project::new();
    assert_eq!(project.json(&["quickstart", "--dir", "bundle/.."])["exit"], 6);
    assert!(project.path("skiff.yaml").exists());
}
