//! Every example compiles for each of its environments, and is what its page and its lock say.

#![allow(clippy::panic, reason = "the whole file is tests, and their functions outside #[test] too")]

use serde_json::Value;
use skiff_compiler::{source::SourceFile, spec::environments};
use skiff_tests::{Problems, checkout, conformance, finding_lines, listed, plan_case, seam};
use skiff_wire::{Plan, Severity};

const FOLDER: &str = "examples";

/// An example compiled for one environment.
struct Planned {
    /// The example's folder and the environment, for messages.
    place: String,
    plan: Plan,
}

fn names() -> Vec<String> {
    checkout::folders(&checkout::root().join(FOLDER)).unwrap_or_default()
}

fn spec(name: &str) -> SourceFile {
    let text = checkout::text(&format!("{FOLDER}/{name}/skiff.yaml")).unwrap_or_else(|problem| panic!("{problem}"));
    SourceFile { name: "skiff.yaml".into(), text }
}

/// The plans of an example; an error of its spec fails the test. A locked example has no warning either.
fn planned(name: &str) -> Vec<Planned> {
    let file = spec(name);
    let folder = format!("{FOLDER}/{name}");
    let lock = plan_case::lock(&folder).unwrap_or_else(|problem| panic!("{problem}"));
    let locked = checkout::root().join(&folder).join("skiff.lock").exists();
    let declared = environments(&file);
    let declared = if declared.is_empty() { vec![None] } else { declared.into_iter().map(Some).collect() };
    let plan_for = |environment: Option<String>| {
        let place = format!("{folder} for {}", environment.as_deref().unwrap_or("default"));
        let outcome =
            seam::plan(&file, environment.as_deref(), &lock).unwrap_or_else(|problem| panic!("{place}: {problem}"));
        let counts = |severity| severity == Severity::Error || (locked && severity == Severity::Warning);
        let heard = outcome.findings.iter().filter(|finding| counts(finding.severity));
        let heard: Vec<_> = heard.cloned().collect();
        assert!(heard.is_empty(), "{place}\n{}", finding_lines::write(&heard));
        let plan = outcome.plan.unwrap_or_else(|| panic!("{place}: no plan"));
        assert!(!locked || plan.inputs.is_empty(), "{place}: its lock leaves open {:?}", plan.inputs.keys());
        Planned { place, plan }
    };
    declared.into_iter().map(plan_for).collect()
}

#[test]
fn every_example_plans_what_aws_accepts() {
    assert!(names().len() >= 5, "{:?}", names());
    let plans: Vec<_> = names().iter().flat_map(|name| planned(name)).collect();
    let of_plan = |planned: &Planned| {
        let place = planned.place.clone();
        conformance::problems(&planned.plan).into_iter().map(move |problem| format!("{place}: {problem}"))
    };
    let problems: Problems = plans.iter().flat_map(of_plan).collect();
    assert!(problems.is_empty(), "{}", listed(&problems));
}

#[test]
fn every_example_is_as_the_schema_says_that_it_names() {
    let schema = seam::spec_schema().unwrap_or_default();
    let validator = jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{error}"));
    for name in names() {
        let file = spec(&name);
        let reference = "# yaml-language-server: $schema=../../docs/schema/skiff.v1.json\n";
        assert!(file.text.starts_with(reference), "{name}");
        let document: Value = serde_yaml::from_str(&file.text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let problems: Problems = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(problems.is_empty(), "{name}: {}", listed(&problems));
    }
}

#[test]
fn every_example_is_found_from_the_first_page() {
    let page = checkout::text("README.md").unwrap_or_default();
    for name in names() {
        assert!(page.contains(&format!("(examples/{name}/")), "README.md does not name {name}");
    }
}

/// The variables of a service that its spec does not set by itself.
fn variables(example: &str, environment: &str, service: &str, own: &[&str]) -> Vec<String> {
    let plans = planned(example);
    let place = format!("{FOLDER}/{example} for {environment}");
    let plan = &plans.iter().find(|planned| planned.place == place).unwrap_or_else(|| panic!("{place}")).plan;
    let set = plan.services[service].release.main.environment.keys();
    set.filter(|variable| !own.contains(&variable.as_str())).cloned().collect()
}

#[test]
fn using_something_sets_the_variables_that_the_reference_lists() {
    let shop = variables("shop", "prod", "web", &["LOG_LEVEL", "SESSION_KEY", "STRIPE_KEY"]);
    let store = variables("valkey-store", "default", "api", &[]);
    assert_eq!(
        [shop, store].concat(),
        [
            "DOCUMENTS_BUCKET",
            "INVOICES_QUEUE_URL",
            "ORDERS_HOST",
            "ORDERS_NAME",
            "ORDERS_PASSWORD",
            "ORDERS_PORT",
            "ORDERS_USER",
            "STORE_URL"
        ]
    );
    let reference = checkout::text("docs/spec.md").unwrap_or_default();
    let listed = ["_BUCKET", "_QUEUE_URL", "_HOST", "_NAME", "_PASSWORD", "_PORT", "_USER", "_URL"];
    for ending in listed {
        assert!(
            reference.lines().any(|line| line.starts_with('|') && line.contains(&format!("{ending}` |"))),
            "{ending}"
        );
    }
}
