//! The plan and Terraform say the same of every golden case, property by property and argument by argument.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "the whole crate is tests, and its functions outside #[test] too"
)]

mod broken;

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use serde_json::Value;
use skiff_emitters::terraform::Tree;
use skiff_tests::{
    Problems,
    expected::Expected,
    listed,
    plan_case::{FOLDER, PlanCase, names},
    seam,
    terraform::Terraform,
    terraform_mapping::{Applied, Comparison, apply::apply, check, compare, inputs, page},
};
use skiff_wire::Plan;

/// Terraform runs at once; each also has the provider of its own in this process.
const WORKERS: usize = 2;

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

/// Compares every case, some at once.
fn compare_all(terraform: &Terraform, names: &[String]) -> (Vec<Comparison>, Problems) {
    let (next, results) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
            let compared = Case::apply(terraform, name).map(|case| case.compare());
            results.lock().unwrap_or_else(PoisonError::into_inner).push((name, compared));
        }
    };
    thread::scope(|scope| (0..WORKERS).for_each(|_| drop(scope.spawn(work))));
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(name, _)| *name);
    let (mut comparisons, mut problems) = (Vec::new(), Vec::new());
    for (name, compared) in results {
        match compared {
            Ok(compared) => {
                problems.extend(compared.differences.iter().map(|found| format!("{name}: {found}")));
                comparisons.push(compared);
            }
            Err(problem) => problems.push(format!("{name}: {problem}")),
        }
    }
    (comparisons, problems)
}

#[test]
fn both_emitters_make_one_cloud() {
    let Some(terraform) = Terraform::find().unwrap_or_else(|problem| panic!("{problem}")) else { return };
    let names = names().expect("golden/plan can be read");
    let (comparisons, mut problems) = compare_all(&terraform, &names);
    problems.extend(check::unused(&comparisons));
    assert!(problems.is_empty(), "{}", listed(&problems));
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
