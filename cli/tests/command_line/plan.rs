//! `skiff plan`, `skiff diff` and `skiff generate`.

use serde_json::Value;

use crate::{Folder, recommended};

/// A folder with a spec and a golden plan in which one resource is missing.
fn with_other_golden() -> Folder {
    let folder = Folder::with_spec("web");
    assert_eq!(folder.run(["plan", "--out", "plan.json"]).exit, 0);
    let mut plan: Value = serde_json::from_str(&folder.read("plan.json")).unwrap();
    let first = plan["shape"].as_object().unwrap().keys().next().unwrap().clone();
    plan["shape"].as_object_mut().unwrap().remove(&first);
    folder.write("golden.json", serde_json::to_string_pretty(&plan).unwrap() + "\n");
    folder
}

#[test]
fn the_plan_is_the_data_and_the_file_is_the_bare_plan() {
    let folder = Folder::with_spec("web");
    let envelope = folder.json(["plan", "--out", "plan.json"]);
    assert_eq!((&envelope["code"], &envelope["data"]["app"]), (&"PLANNED".into(), &"shop".into()));
    let written: Value = serde_json::from_str(&folder.read("plan.json")).unwrap();
    assert_eq!(written, envelope["data"]);
    assert_eq!(written["schema"], "skiff.dev/plan/v1");
    assert!(recommended(&envelope).iter().any(|line| line.starts_with("skiff lock")), "{envelope:#}");
}

#[test]
fn people_get_the_plan_on_standard_output() {
    let folder = Folder::with_spec("web");
    let text = folder.run(["plan"]);
    assert_eq!(text.exit, 0);
    assert!(text.stdout.contains("shop"), "{}", text.stdout);
    let markdown = folder.run(["plan", "--format", "markdown"]);
    assert_eq!(markdown.exit, 0);
    assert!(markdown.stdout.contains('#'), "{}", markdown.stdout);
}

#[test]
fn a_spec_with_errors_plans_nothing_and_writes_nothing() {
    let folder = Folder::empty();
    folder.write("skiff.yaml", "app: [\n");
    let run = folder.run(["plan", "--out", "plan.json", "--golden", "golden.json", "--bless"]);
    assert_eq!((run.exit, run.stdout.as_str()), (12, ""));
    assert!(run.stderr.contains("skiff.yaml:"), "{}", run.stderr);
    assert_eq!(folder.files(), ["skiff.yaml"]);
}

#[test]
fn a_missing_golden_is_blessed_and_then_matches() {
    let folder = Folder::with_spec("web");
    let missing = folder.json(["plan", "--golden", "golden.json"]);
    assert_eq!(missing["exit"], 5);
    assert_eq!(recommended(&missing), ["skiff plan skiff.yaml --golden golden.json --bless"]);
    assert_eq!(folder.json(["plan", "--golden", "golden.json", "--bless"])["code"], "BLESSED");
    assert_eq!(folder.json(["plan", "--golden", "golden.json"])["code"], "PLAN_MATCHES");
    assert_eq!(folder.json(["plan", "--golden", "golden.json", "--bless"])["data"]["written"], false);
    assert_eq!(folder.files(), ["golden.json", "skiff.yaml"]);
}

#[test]
fn blessing_makes_the_folder_of_the_golden() {
    let folder = Folder::with_spec("web");
    assert_eq!(folder.json(["plan", "--golden", "plans/prod.json", "--bless"])["code"], "BLESSED");
    assert_eq!(folder.json(["plan", "--golden", "plans/prod.json"])["code"], "PLAN_MATCHES");
}

#[test]
fn a_difference_exits_with_three_in_every_form() {
    let folder = with_other_golden();
    let envelope = folder.json(["plan", "--golden", "golden.json"]);
    assert_eq!((&envelope["exit"], &envelope["code"]), (&3.into(), &"PLAN_DIFFERS".into()));
    assert_eq!(envelope["data"]["change"]["summary"]["add"], 1);
    assert!(envelope["data"].get("diff").is_none());
    assert!(recommended(&envelope).contains(&"skiff plan skiff.yaml --golden golden.json --bless".into()));
    let lines = folder.json(["plan", "--golden", "golden.json", "--diff"]);
    assert!(lines["data"]["diff"].as_str().is_some_and(|lines| lines.contains("\n+")));
    let text = folder.run(["plan", "--golden", "golden.json"]);
    assert_eq!(text.exit, 3);
    assert!(text.stdout.contains("\n+"), "{}", text.stdout);
    assert!(text.stderr.contains("the plan differs from `golden.json`: 1 to add"), "{}", text.stderr);
    let markdown = folder.run(["plan", "--golden", "golden.json", "--format", "markdown", "--diff"]);
    assert_eq!(markdown.exit, 3);
    assert!(markdown.stdout.contains("````diff"), "{}", markdown.stdout);
}

#[test]
fn a_golden_written_differently_means_the_same() {
    let folder = Folder::with_spec("web");
    folder.run(["plan", "--out", "golden.json"]);
    let compact: Value = serde_json::from_str(&folder.read("golden.json")).unwrap();
    folder.write("golden.json", compact.to_string());
    let envelope = folder.json(["plan", "--golden", "golden.json"]);
    assert_eq!((&envelope["exit"], envelope["warnings"].as_array().unwrap().len()), (&0.into(), 1));
}

#[test]
fn a_golden_that_is_no_plan_is_refused_and_can_be_blessed() {
    let folder = Folder::with_spec("web");
    for broken in ["{", "{\"schema\": \"skiff.dev/plan/v99\"}", "[]", ""] {
        folder.write("golden.json", broken);
        assert_eq!(folder.json(["plan", "--golden", "golden.json"])["exit"], 12, "{broken}");
        assert_eq!(folder.run(["plan", "--golden", "golden.json", "--bless"]).exit, 0, "{broken}");
        assert_eq!(folder.run(["plan", "--golden", "golden.json"]).exit, 0, "{broken}");
    }
}

#[test]
fn two_plan_files_are_compared() {
    let folder = with_other_golden();
    let differs = folder.json(["diff", "golden.json", "plan.json"]);
    assert_eq!((&differs["exit"], &differs["code"]), (&3.into(), &"PLANS_DIFFER".into()));
    assert_eq!(differs["data"]["change"]["summary"]["add"], 1);
    let back = folder.run(["diff", "plan.json", "golden.json"]);
    assert_eq!(back.exit, 3);
    assert!(back.stdout.contains("\n-"), "{}", back.stdout);
    assert_eq!(folder.json(["diff", "plan.json", "plan.json"])["code"], "PLANS_MATCH");
    assert_eq!(folder.json(["diff", "plan.json", "nothing.json"])["exit"], 5);
    assert_eq!(folder.json(["diff", "plan.json", "skiff.yaml"])["exit"], 12);
}

#[test]
fn a_plan_inside_its_envelope_is_a_plan_too() {
    let folder = Folder::with_spec("web");
    folder.run(["plan", "--out", "bare.json"]);
    folder.write("wrapped.json", folder.run(["plan", "--format", "json"]).stdout);
    assert_eq!(folder.run(["diff", "bare.json", "wrapped.json"]).exit, 0);
}

#[test]
fn a_template_is_generated_to_the_screen_or_to_a_file() {
    let folder = Folder::with_spec("web");
    let screen = folder.run(["generate", "cloudformation"]);
    assert_eq!(screen.exit, 0);
    assert!(screen.stdout.contains("AWSTemplateFormatVersion"));
    assert_eq!(folder.json(["generate", "cloudformation", "--out", "template.json"])["code"], "GENERATED");
    assert_eq!(folder.read("template.json"), screen.stdout);
    assert!(folder.json(["generate", "cloudformation"])["data"]["template"]["Resources"].is_object());
}

#[test]
fn a_file_that_cannot_be_written_is_said() {
    let folder = Folder::with_spec("web");
    assert_eq!(folder.json(["plan", "--out", "no/such/folder/plan.json"])["exit"], 5);
    assert_eq!(folder.json(["plan", "--out", "."])["exit"], 2);
}
