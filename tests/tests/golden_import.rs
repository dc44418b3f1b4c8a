//! Every input of `golden/import` still gives its spec, its findings, and its account of every leaf.

use skiff_tests::{
    checkout,
    expected::Expected,
    import_case::{self, FOLDER, codes_without_case},
    listed,
};

#[test]
fn every_import_is_the_reviewed_one() {
    let mut expected = Expected::new("golden_import");
    let names = import_case::names().expect("golden/import can be read");
    let mut problems: Vec<String> = names.iter().flat_map(|name| import_case::check(name, &mut expected)).collect();
    problems.extend(expected.settle());
    assert!(problems.is_empty(), "{}", listed(&problems));
}

#[test]
fn every_code_has_a_case() {
    let missing = codes_without_case().expect("golden/import can be read");
    assert!(missing.is_empty(), "codes without a case in golden/import: {missing:?}");
}

#[test]
fn nothing_lies_beside_the_cases() {
    let loose = checkout::walk(&checkout::root().join(FOLDER)).expect("golden/import can be read");
    let loose: Vec<_> = loose.iter().filter(|file| !file.contains('/')).collect();
    assert!(loose.is_empty(), "files that belong to no case: {loose:?}");
}
