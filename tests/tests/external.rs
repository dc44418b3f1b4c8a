//! The usual linter and the usual scanner accept every golden plan, and refuse a bad one.

use std::path::{Path, PathBuf};

use skiff_tests::{
    Problems,
    external::{CFN_LINT, CHECKOV, Tool, cfn_lint, checkov, write_templates},
    listed, plan_case, seam,
};

type Check = fn(&Path, &Path) -> Result<Problems, String>;

/// A bucket that is open, not encrypted, and has a property that no bucket has.
const BAD: &str = r#"{
  "AWSTemplateFormatVersion": "2010-09-09",
  "Resources": {
    "Open": { "Type": "AWS::S3::Bucket", "Properties": { "AccessControl": "PublicRead", "Colour": "red" } }
  }
}
"#;

/// The problems that a tool has with some templates; none when the tool is missing and may be.
fn checked(tool: Tool, check: Check, name: &str, templates: &[(String, String)]) -> Result<Option<Problems>, String> {
    let Some(program) = tool.find()? else { return Ok(None) };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    write_templates(&folder, templates).map_err(|error| format!("{}: {error}", folder.display()))?;
    check(&program, &folder).map(Some)
}

fn assert_golden_plans_pass(tool: Tool, check: Check, name: &str) {
    let (cases, _) = plan_case::planned();
    let template = |case: &plan_case::Planned| {
        let name = case.case.folder.rsplit('/').next().unwrap_or_default();
        (name.to_owned(), seam::cloudformation_text(&case.plan))
    };
    let templates: Vec<(String, String)> = cases.iter().map(template).collect();
    if templates.is_empty() {
        return;
    }
    let checked = checked(tool, check, name, &templates).unwrap_or_else(|problem| Some(vec![problem]));
    let problems = checked.unwrap_or_default();
    assert!(problems.is_empty(), "{}", listed(&problems));
}

fn assert_bad_template_fails(tool: Tool, check: Check, name: &str, words: &str) {
    let bad = [("bad".to_owned(), BAD.to_owned())];
    let checked = checked(tool, check, name, &bad).unwrap_or_else(|problem| Some(vec![problem]));
    if let Some(problems) = checked {
        assert!(problems.iter().any(|problem| problem.contains(words)), "{words} is not in {problems:#?}");
    }
}

#[test]
fn cfn_lint_accepts_every_golden_plan() {
    assert_golden_plans_pass(CFN_LINT, cfn_lint, "cfn-lint-golden");
}

#[test]
fn cfn_lint_refuses_a_bad_template() {
    assert_bad_template_fails(CFN_LINT, cfn_lint, "cfn-lint-bad", "Colour");
}

#[test]
fn checkov_accepts_every_golden_plan() {
    assert_golden_plans_pass(CHECKOV, checkov, "checkov-golden");
}

#[test]
fn checkov_refuses_a_bad_template() {
    assert_bad_template_fails(CHECKOV, checkov, "checkov-bad", "CKV_AWS_20");
}
