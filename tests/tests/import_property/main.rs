//! Generated objects of the Kubernetes API: whatever it allows is imported with a complete account.
//!
//! `objects` makes them from what the importer knows of the API, `typed` proves that they are objects of the API by reading
//! them into its types and back, `values` has what stands in their fields.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "what a test stands on is there, or the test says what is missing"
)]

mod objects;
mod typed;
mod values;

use std::collections::BTreeSet;

use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::Value as Json;
use skiff_importers::{
    import::{Import, Input},
    kube::{
        codes::general::{UNKNOWN_FIELD, WRONG_TYPE},
        read,
    },
};
use skiff_tests::{Problems, kubernetes_compile, kubernetes_documents, kubernetes_import, listed};

/// Everything that is wrong with the import of some objects that the API allows.
fn problems(objects: &[Json]) -> Problems {
    let inputs: Vec<Input> =
        objects.iter().enumerate().map(|(number, object)| kubernetes_documents::input(number, object)).collect();
    match kubernetes_import::import(&inputs) {
        Ok(import) => {
            let mut problems = kubernetes_import::problems(&inputs, &import);
            problems.extend(misjudged(&import));
            if kubernetes_import::is_clean(&import) && !import.spec.services.is_empty() {
                problems.extend(kubernetes_compile::problems(&import));
            }
            problems
        }
        Err(problem) => vec![problem],
    }
}

/// Fields of the API that the importer says the API has not.
fn misjudged(import: &Import) -> impl Iterator<Item = String> {
    let found = import.account.findings.iter().filter(|found| [&UNKNOWN_FIELD, &WRONG_TYPE].contains(&found.code));
    found.map(|found| format!("{} is {} of the API: {}", found.path, found.code.name, found.reason))
}

fn assert_none(problems: &Problems) -> Result<(), TestCaseError> {
    if problems.is_empty() { Ok(()) } else { Err(TestCaseError::fail(listed(problems))) }
}

/// A generator that has forgotten most of the API would make every other test here say nothing.
#[test]
fn what_is_generated_reaches_most_of_the_api() {
    let mut runner = TestRunner::deterministic();
    let strategy = objects::object();
    let mut fields = BTreeSet::new();
    for number in 0..1_000 {
        let object = strategy.new_tree(&mut runner).expect("the generator rejects nothing").current();
        let input = kubernetes_documents::input(number, &object);
        for manifest in read::read(&input.name, &input.bytes).manifests {
            fields.extend(manifest.leaves().map(|leaf| format!("{} {}", manifest.kind, leaf.field())));
        }
    }
    let containers = fields.iter().filter(|field| field.contains("containers[].")).count();
    assert!(fields.len() > 3_000 && containers > 500, "{} fields, {containers} of containers", fields.len());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_generated_is_of_the_api(object in objects::object()) {
        assert_none(&typed::lost(&object))?;
    }

    #[test]
    fn any_object_is_accounted_for(object in objects::object()) {
        assert_none(&problems(&[object]))?;
    }

    #[test]
    fn any_application_is_accounted_for(objects in prop::collection::vec(objects::object(), 2..7)) {
        assert_none(&problems(&objects))?;
    }
}
