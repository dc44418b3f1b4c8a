//! Every golden tree, and that of every example, lives under real Terraform, and makes the cloud that the plan describes.

use std::{
    num::NonZero,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use skiff_compiler::spec::environments;
use skiff_tests::{
    checkout, listed, plan_case,
    plan_case::{PlanCase, Planned},
    terraform::Terraform,
    terraform_life::{Life, live},
    terraform_mapping::check,
};

/// Lives of all cases, as many at once as there are processors.
fn lives(terraform: &Terraform, cases: &[Planned]) -> Vec<Life> {
    let next = AtomicUsize::new(0);
    let lived = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, NonZero::get) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let life = live(terraform, case);
                    if let Ok(mut lived) = lived.lock() {
                        lived.push(life);
                    }
                }
            });
        }
    });
    lived.into_inner().unwrap_or_default()
}

/// The examples, for each of their environments: what a newcomer generates first.
fn examples() -> Result<Vec<Planned>, String> {
    let names = checkout::folders(&checkout::root().join("examples")).map_err(|error| error.to_string())?;
    let mut planned = Vec::new();
    for name in names {
        let case = PlanCase::read(&format!("examples/{name}"))?;
        let declared = environments(&case.file);
        let declared = if declared.is_empty() { vec![None] } else { declared.into_iter().map(Some).collect() };
        for environment in declared {
            planned.push(PlanCase { environment, ..case.clone() }.planned()?);
        }
    }
    Ok(planned)
}

#[test]
fn every_golden_tree_is_made_stays_and_is_the_plans_cloud() {
    let Some(terraform) = Terraform::find().unwrap_or_else(|problem| panic!("{problem}")) else { return };
    let (mut cases, mut problems) = plan_case::planned();
    cases.extend(examples().unwrap_or_else(|problem| panic!("{problem}")));
    let only = std::env::var("SKIFF_CASE").ok();
    cases.retain(|case| only.as_ref().is_none_or(|only| case.case.folder.contains(only)));
    let lives = lives(&terraform, &cases);
    assert_eq!(lives.len(), cases.len(), "a case was not lived");
    let (modules, tests) = lives.iter().fold((0, 0), |(m, t), life| (m + life.modules, t + life.tests));
    problems.extend(lives.iter().flat_map(|life| life.problems.clone()));
    if only.is_none() {
        let comparisons: Vec<_> = lives.into_iter().map(|life| life.comparison).collect();
        problems.extend(check::unused(&comparisons));
    }
    problems.sort();
    assert!(problems.is_empty(), "{}", listed(&problems));
    assert!(tests >= modules && modules > 0, "{modules} root modules, and {tests} runs of their own tests");
}
