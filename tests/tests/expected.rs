//! The golden machinery itself: what differs is found, blessing repairs it.

use std::fs;

use skiff_tests::expected::{Expected, first_differences};

fn sample() -> Expected {
    let mut expected = Expected::new("golden_plan");
    expected.file("case/plan.json", "one\ntwo\nthree\n");
    expected.orphan("case/left-over.json");
    expected
}

#[test]
fn missing_stale_and_orphan_files_are_problems() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("case")).unwrap();
    let missing = sample().compare(root.path());
    assert!(missing[0].contains("case/plan.json: missing") && missing[0].contains("SKIFF_BLESS=1"), "{missing:?}");
    assert!(missing[1].contains("case/left-over.json: orphan"), "{missing:?}");

    fs::write(root.path().join("case/plan.json"), "one\n2\nthree\n").unwrap();
    let stale = sample().compare(root.path());
    assert!(stale[0].contains("stale") && stale[0].contains("-2\n+two\n"), "{stale:?}");
}

#[test]
fn blessing_writes_and_removes() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("case")).unwrap();
    fs::write(root.path().join("case/left-over.json"), "old").unwrap();
    assert!(sample().bless(root.path()).is_empty());
    assert_eq!(fs::read_to_string(root.path().join("case/plan.json")).unwrap(), "one\ntwo\nthree\n");
    assert!(!root.path().join("case/left-over.json").exists());
}

#[test]
fn a_long_diff_is_cut_and_counted() {
    let produced: String = (0..500).map(|line| format!("{line}\n")).collect();
    let text = first_differences("", &produced);
    assert!(text.lines().count() < 50 && text.contains("more lines of diff"), "{text}");
}
