//! Every mistake of `golden/reject` still gets its code, its place and its words.

use skiff_tests::{
    checkout,
    expected::Expected,
    listed,
    reject_case::{self, FOLDER, codes_without_case},
    tidy::generated,
};

#[test]
fn every_mistake_is_said_as_reviewed() {
    let mut expected = Expected::new("golden_reject");
    let names = reject_case::names().expect("golden/reject can be read");
    let mut problems: Vec<String> = names.iter().flat_map(|name| reject_case::check(name, &mut expected)).collect();
    problems.extend(expected.settle());
    assert!(problems.is_empty(), "{}", listed(&problems));
}

#[test]
fn every_code_has_a_case() {
    let missing = codes_without_case().expect("golden/reject can be read");
    assert!(missing.is_empty(), "codes without a case in golden/reject: {missing:?}");
}

#[test]
fn every_code_has_a_manual() {
    let problems = generated::codes_are_well_declared();
    assert!(problems.is_empty(), "{}", listed(&problems));
}

#[test]
fn nothing_lies_beside_the_cases() {
    let loose = checkout::loose(FOLDER).expect("golden/reject can be read");
    assert!(loose.is_empty(), "files that belong to no case: {loose:?}");
}
