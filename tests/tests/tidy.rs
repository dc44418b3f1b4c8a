//! The house is in order; see `tidy` for each rule's reason.

use skiff_tests::{
    Problems, checkout, listed,
    tidy::{codes, generated, manifest, source, text},
};

fn assert_none(problems: Result<Problems, String>) {
    let problems = problems.unwrap_or_else(|problem| vec![problem]);
    assert!(problems.is_empty(), "{}", listed(&problems));
}

#[test]
fn every_file_begins_with_its_purpose() {
    assert_none(source::begins_with_its_purpose());
}

#[test]
fn every_file_is_short() {
    assert_none(source::is_short());
}

#[test]
fn every_module_has_a_name_that_says_something() {
    assert_none(source::has_a_name_that_says_something());
}

#[test]
fn nothing_is_left_for_later() {
    assert_none(source::is_finished());
}

#[test]
fn every_code_is_raised_by_a_test() {
    assert_none(codes::each_is_raised_by_a_test());
}

#[test]
fn every_crate_inherits_the_lints() {
    assert_none(manifest::inherits_lints());
}

#[test]
fn every_dependency_has_a_reason() {
    assert_none(manifest::explains_dependencies());
}

#[test]
fn every_package_comes_from_crates_io() {
    assert_none(manifest::comes_from_crates_io());
}

#[test]
fn no_text_names_a_machine_or_a_registry() {
    assert_none(text::names_no_machine());
}

#[test]
fn every_file_is_text() {
    assert_none(text::no_binaries());
}

#[test]
fn every_link_leads_somewhere() {
    assert_none(text::links_resolve());
}

#[test]
fn every_data_file_has_a_source() {
    assert_none(text::data_has_a_source());
}

#[test]
fn what_is_generated_is_fresh() {
    assert_none(generated::is_fresh());
}

#[test]
fn the_papers_are_there() {
    for paper in ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"] {
        assert!(checkout::text(paper).is_ok_and(|text| !text.trim().is_empty()), "{paper} is missing or empty");
    }
}
