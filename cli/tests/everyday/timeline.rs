//! `skiff events`, `skiff audit` and `skiff logs`.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
};

use serde_json::json;

use crate::Project;

fn with_events(number: usize) -> Project {
    let project = Project::new();
    for index in 0..number {
        let run = project.fed(&["secret", "set", "smtp-password"], index.to_string().as_bytes());
        assert_eq!(run.exit, 0, "{run:?}");
    }
    project
}

#[test]
fn events_come_newest_last_page_by_page() {
    let project = with_events(5);
    let page = project.json(&["events", "--limit", "2"]);
    let versions = |page: &serde_json::Value| {
        let events = page["data"]["events"].as_array().unwrap();
        events.iter().map(|event| event["data"]["version"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((versions(&page), &page["facts"][0]), (vec![4, 5], &json!({ "name": "objects_read", "value": "2" })));
    let action = &page["recommended_actions"][0]["argv"];
    let words: Vec<_> = action.as_array().unwrap()[1..].iter().map(|word| word.as_str().unwrap()).collect();
    let older = project.json(&words);
    assert_eq!(versions(&older), [2, 3]);
    assert_eq!(versions(&project.json(&["events", "--since", "1h"])), [1, 2, 3, 4, 5]);
    assert_eq!(versions(&project.json(&["audit", "--since", "2099-01-01T00:00:00Z"])), Vec::<u64>::new());
}

#[test]
fn the_audit_names_who_it_was() {
    let project = with_events(1);
    let text = project.run(&["audit"]).stdout;
    assert!(text.contains(" (UTC)\n") && text.contains("secret-set") && text.contains('@'), "{text}");
    assert!(!project.run(&["events"]).stdout.contains('@'));
}

#[test]
fn nothing_to_show_is_no_failure() {
    let project = Project::new();
    for command in [&["events"][..], &["audit"], &["logs"], &["logs", "mailer", "--slot", "a"]] {
        let run = project.run(command);
        assert_eq!((run.exit, &*run.stdout), (0, ""), "{run:?}");
    }
}

#[test]
fn what_is_asked_for_wrongly_says_why() {
    let project = Project::new();
    let cases: [(&[&str], i32); 7] = [
        (&["events", "--since", "yesterday"], 2),
        (&["events", "--limit", "0"], 2),
        (&["events", "--before", "nowhere"], 2),
        (&["events", "--follow"], 2),
        (&["logs", "--follow"], 2),
        (&["logs", "nobody"], 5),
        (&["logs", "mailer", "--slot", "z"], 5),
    ];
    for (words, exit) in cases {
        assert_eq!(project.json(words)["exit"], exit, "{words:?}");
    }
}

#[test]
fn following_shows_what_is_added_and_ends_well_with_an_interrupt() {
    let project = with_events(1);
    let mut child = project.command(&["events", "--follow"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().ends_with("(UTC)"));
    assert!(lines.next().unwrap().unwrap().contains("version 1"));
    assert_eq!(project.fed(&["secret", "set", "smtp-password"], b"another").exit, 0);
    assert!(lines.next().unwrap().unwrap().contains("version 2"));
    let interrupt = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupt.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
