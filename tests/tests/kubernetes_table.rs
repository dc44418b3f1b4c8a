//! The importer's table has a row for every field of the API, and no other; every row's home is a key of `skiff.yaml`.

use skiff_tests::{kubernetes_table, listed, seam};

#[test]
fn every_field_of_the_api_has_a_row() {
    let gaps = kubernetes_table::gaps();
    assert!(gaps.is_empty(), "{}", listed(&gaps));
}

#[test]
fn every_row_is_a_field_of_the_api() {
    let dead = kubernetes_table::dead_rows();
    assert!(dead.is_empty(), "{}", listed(&dead));
}

#[test]
fn every_home_is_a_key_of_the_spec() {
    let lost = kubernetes_table::lost_homes(&seam::spec_schema().unwrap_or_default());
    assert!(lost.is_empty(), "{}", listed(&lost));
}
