//! A change of the spec changes the Terraform where the spec changed, and nowhere else.

use std::collections::BTreeSet;

use skiff_tests::{listed, mutations::MUTATIONS, tree_case};

#[test]
fn a_change_of_the_spec_is_seen_where_it_was_made() {
    let mut problems = Vec::new();
    for mutation in MUTATIONS {
        let (case, file) = mutation.applied().unwrap_or_else(|problem| panic!("{problem}"));
        let before = tree_case::tree(&case).unwrap_or_else(|problem| panic!("{problem}"));
        let after =
            tree_case::of(&file, None, &case.lock).unwrap_or_else(|problem| panic!("{}: {problem}", mutation.what));
        let changed = tree_case::changed(&before, &after).unwrap_or_else(|problem| panic!("{problem}"));
        let wanted: BTreeSet<String> = mutation.changed.iter().map(|address| (*address).to_owned()).collect();
        if changed != wanted {
            problems.push(format!("{}: changed {changed:#?}, wanted {wanted:#?}", mutation.what));
        }
    }
    assert!(problems.is_empty(), "{}", listed(&problems));
}
