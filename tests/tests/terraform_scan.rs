//! The usual scanner accepts every generated tree, and each skip in a tree skips something.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use skiff_tests::{
    external::{CHECKOV, Scan, scan, write_files},
    listed,
    plan_case::{self, PlanCase},
    tree_case,
};

/// Decisions that a tree states although checkov does not come to them: the check and why it stays.
const STATED: &[(&str, &str)] = &[(
    "CKV2_AWS_15",
    "checkov does not follow for_each from a target group to its Auto Scaling group; another version, or a reader, may",
)];

/// The scan of all trees below one folder; `None` when checkov is missing and may be.
fn scanned() -> Result<Option<(PathBuf, Scan)>, String> {
    let Some(program) = CHECKOV.find()? else { return Ok(None) };
    let mut files = Vec::new();
    for name in plan_case::names()? {
        let tree = tree_case::tree(&PlanCase::read(&format!("{}/{name}", plan_case::FOLDER))?)?;
        files.extend(tree.files.into_iter().map(|(path, text)| (format!("{name}/{path}"), text)));
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("checkov-terraform");
    let texts = files.iter().map(|(path, text)| (path.clone(), text));
    write_files(&folder, texts).map_err(|error| format!("{}: {error}", folder.display()))?;
    let found = scan(&program, &folder, "terraform")?;
    Ok(Some((folder, found)))
}

#[test]
fn checkov_accepts_every_tree_and_every_skip_is_needed() {
    let Some((folder, found)) = scanned().unwrap_or_else(|problem| panic!("{problem}")) else { return };
    assert!(found.problems.is_empty(), "{}", listed(&found.problems));
    let skipped: BTreeSet<(String, String)> =
        found.skipped.iter().map(|(file, check, _)| (file.clone(), check.clone())).collect();
    let said = stated(&folder).unwrap_or_else(|problem| panic!("{problem}"));
    assert!(said.len() > 100, "{} skips are stated in all trees", said.len());
    let idle: Vec<String> = said
        .difference(&skipped)
        .filter(|(_, check)| STATED.iter().all(|(stated, _)| stated != check))
        .map(|(file, check)| format!("{file}: {check} skips nothing"))
        .collect();
    assert!(idle.is_empty(), "{}", listed(&idle));
}

/// Every skip that a file states.
fn stated(folder: &Path) -> Result<BTreeSet<(String, String)>, String> {
    let mut stated = BTreeSet::new();
    for path in skiff_tests::checkout::walk(folder).map_err(|error| error.to_string())? {
        let text = std::fs::read_to_string(folder.join(&path)).map_err(|error| format!("{path}: {error}"))?;
        let checks = text.lines().filter_map(|line| line.trim().strip_prefix("#checkov:skip="));
        for (check, reason) in checks.filter_map(|rest| rest.split_once(':')) {
            if reason.len() < 20 {
                return Err(format!("{path}: {check} gives no reason"));
            }
            stated.insert((path.clone(), check.to_owned()));
        }
    }
    Ok(stated)
}

#[test]
fn checkov_refuses_a_bad_tree() {
    let Some(program) = CHECKOV.find().unwrap_or_else(|problem| panic!("{problem}")) else { return };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("checkov-terraform-bad");
    let bad = "resource \"aws_s3_bucket\" \"open\" {\n  bucket = \"open\"\n}\n".to_owned();
    write_files(&folder, [("main.tf".to_owned(), &bad)].into_iter()).expect("the tree can be written");
    let found = scan(&program, &folder, "terraform").unwrap_or_else(|problem| panic!("{problem}"));
    assert!(found.problems.iter().any(|problem| problem.contains("CKV2_AWS_6")), "{:#?}", found.problems);
}
