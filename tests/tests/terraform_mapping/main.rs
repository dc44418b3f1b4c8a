//! The comparison of plan and Terraform can fail, and its table is whole. Every golden case is compared by
//! `terraform_golden`, which applies them all.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "the whole crate is tests, and its functions outside #[test] too"
)]

mod broken;

use std::collections::BTreeMap;

use serde_json::Value;
use skiff_emitters::terraform::Tree;
use skiff_tests::{
    expected::Expected,
    listed,
    plan_case::{FOLDER, PlanCase},
    seam,
    terraform::Terraform,
    terraform_mapping::{Applied, Comparison, apply::apply, check, compare, inputs, page},
};
use skiff_wire::Plan;

/// One case, applied.
#[derive(Clone)]
struct Case {
    plan: Plan,
    tree: Tree,
    inputs: BTreeMap<String, Value>,
    modules: BTreeMap<String, Applied>,
}

impl Case {
    fn apply(terraform: &Terraform, name: &str) -> Result<Self, String> {
        let case = PlanCase::read(&format!("{FOLDER}/{name}"))?;
        let tree = seam::terraform(&case.file, case.environment.as_deref(), &case.lock)?;
        let plan = case.planned()?.plan;
        let inputs = inputs::good(&plan);
        let modules = apply(terraform, &plan, &tree, &inputs)?;
        Ok(Self { plan, tree, inputs, modules })
    }

    fn compare(&self) -> Comparison {
        compare(&self.plan, &self.tree.origins, &self.modules, &self.inputs)
    }
}

#[test]
fn no_property_or_argument_has_two_rows() {
    let problems = check::claimed_twice();
    assert!(problems.is_empty(), "{}", listed(&problems));
}

#[test]
fn the_page_is_the_table() {
    let mut expected = Expected::new("terraform_mapping");
    expected.file("docs/terraform-mapping.md", page::page());
    let problems = expected.settle();
    assert!(problems.is_empty(), "{}", listed(&problems));
}
