//! The Terraform of every golden case reads back, does not depend on the order of keys, and is the reviewed one where a
//! tree is committed.

use std::fs;

use skiff_compiler::source::SourceFile;
use skiff_tests::{checkout, expected::Expected, listed, plan_case, plan_case::PlanCase, shuffle, tree_case};

#[test]
fn every_committed_tree_is_the_reviewed_one() {
    let mut expected = Expected::new("golden_terraform");
    let root = checkout::root().join(tree_case::FOLDER);
    let cases = checkout::folders(&root).expect("golden/terraform can be read");
    assert!(cases.len() > 2, "{} trees are committed", cases.len());
    for name in cases {
        let case = PlanCase::read(&format!("{}/{name}", plan_case::FOLDER)).expect("a case of golden/plan");
        let tree = tree_case::tree(&case).unwrap_or_else(|problem| panic!("{problem}"));
        let folder = format!("{}/{name}", tree_case::FOLDER);
        for file in checkout::walk(&root.join(&name)).expect("the tree can be read") {
            if !tree.files.contains_key(&file) {
                expected.orphan(format!("{folder}/{file}"));
            }
        }
        for (path, text) in tree.files {
            expected.file(format!("{folder}/{path}"), text);
        }
    }
    let problems = expected.settle();
    assert!(problems.is_empty(), "{}", listed(&problems));
}

#[test]
fn every_tree_reads_back_whatever_the_order_of_keys() {
    for name in plan_case::names().expect("golden/plan can be read") {
        let case = PlanCase::read(&format!("{}/{name}", plan_case::FOLDER)).expect("a case");
        let tree = tree_case::tree(&case).unwrap_or_else(|problem| panic!("{problem}"));
        tree_case::blocks(&tree).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        let text = shuffle::shuffled(&case.file, 7).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        let file = SourceFile { name: case.file.name.clone(), text };
        let mut shuffled = tree_case::of(&file, case.environment.as_deref(), &case.lock)
            .unwrap_or_else(|problem| panic!("{name} shuffled: {problem}"));
        // The sidecar names lines, and those are where the keys are.
        let sidecar = skiff_emitters::terraform::ORIGINS_FILE;
        let mut files = tree.files;
        files.remove(sidecar);
        shuffled.files.remove(sidecar);
        assert_eq!(files, shuffled.files, "{name}");
    }
}

#[test]
fn nothing_lies_beside_the_trees() {
    let names = plan_case::names().expect("golden/plan can be read");
    let root = checkout::root().join(tree_case::FOLDER);
    for entry in fs::read_dir(root).expect("golden/terraform can be read") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        assert!(names.contains(&name), "golden/terraform/{name} is of no case");
    }
}
