//! The cases of `golden/plan`: a spec beside the plan it gives.

use std::fs;

use skiff_compiler::source::SourceFile;
use skiff_wire::{Lock, Plan};

use crate::{Problems, checkout, expected::Expected, finding_lines, seam, shuffle};

/// Where the cases are, from the workspace root.
pub const FOLDER: &str = "golden/plan";

/// Files of a case that a person writes.
const INPUTS: &[&str] = &["skiff.yaml", "skiff.lock", "case.txt"];

/// One folder of `golden/plan`.
#[derive(Debug, Clone)]
pub struct PlanCase {
    /// The folder's path from the workspace root.
    pub folder: String,
    /// `skiff.yaml`.
    pub file: SourceFile,
    /// `skiff.lock`, empty when there is none.
    pub lock: Lock,
    /// The `env:` line of `case.txt`.
    pub environment: Option<String>,
}

/// A case and the plan that its spec gives now.
#[derive(Debug)]
pub struct Planned {
    /// The case.
    pub case: PlanCase,
    /// The plan.
    pub plan: Plan,
    /// The plan's canonical text.
    pub text: String,
    /// The lines of `findings.txt`; empty when nothing was found.
    pub findings: String,
}

/// Reads and compiles every case, in order of name; what cannot be read or compiled is a problem.
#[must_use]
pub fn planned() -> (Vec<Planned>, Problems) {
    let (mut all, mut problems) = (Vec::new(), Vec::new());
    for case in names().unwrap_or_default() {
        match PlanCase::read(&format!("{FOLDER}/{case}")).and_then(PlanCase::planned) {
            Ok(planned) => all.push(planned),
            Err(problem) => problems.push(problem),
        }
    }
    (all, problems)
}

/// The names of the cases, sorted.
///
/// # Errors
/// A folder that cannot be read.
pub fn names() -> Result<Vec<String>, String> {
    checkout::folders(&checkout::root().join(FOLDER)).map_err(|error| format!("{FOLDER}: {error}"))
}

impl PlanCase {
    /// Reads the inputs of one case.
    ///
    /// # Errors
    /// A sentence with the path of what is missing or malformed.
    pub fn read(folder: &str) -> Result<Self, String> {
        let text = checkout::text(&format!("{folder}/skiff.yaml"))?;
        let file = SourceFile { name: "skiff.yaml".into(), text };
        Ok(Self { folder: folder.into(), file, lock: lock(folder)?, environment: environment(folder) })
    }

    /// Compiles the case.
    ///
    /// # Errors
    /// A sentence when the spec has errors, the plan cannot be emitted, or it does not read back as the same plan.
    pub fn planned(self) -> Result<Planned, String> {
        let folder = &self.folder;
        let at = |problem: String| format!("{folder}: {problem}");
        let outcome = seam::plan(&self.file, self.environment.as_deref(), &self.lock).map_err(at)?;
        let findings = finding_lines::write(&outcome.findings);
        let plan = outcome.plan.ok_or_else(|| at(format!("the spec has errors\n{findings}")))?;
        let text = seam::to_json(&plan).map_err(at)?;
        let read_back: Plan = serde_json::from_str(&text).map_err(|error| at(format!("plan.json: {error}")))?;
        if read_back != plan {
            return Err(at("plan.json does not read back as the same plan".into()));
        }
        Ok(Planned { case: self, plan, text, findings })
    }
}

impl Planned {
    /// Expects the case's outputs, and nothing else beside its inputs.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn expect(&self, expected: &mut Expected) -> Result<(), String> {
        let folder = &self.case.folder;
        expected.file(format!("{folder}/plan.json"), &self.text);
        let mut known = vec!["plan.json"];
        if !self.findings.is_empty() {
            expected.file(format!("{folder}/findings.txt"), &self.findings);
            known.push("findings.txt");
        }
        expect_no_other(folder, &known, expected)
    }

    /// The plan's text when the same spec is written with its keys in another order.
    ///
    /// # Errors
    /// A sentence when the shuffled spec is no longer accepted.
    pub fn shuffled(&self, seed: u64) -> Result<String, String> {
        let case = &self.case;
        let at = |problem: String| format!("{} shuffled with seed {seed}: {problem}", case.folder);
        let text = shuffle::shuffled(&case.file, seed).map_err(at)?;
        let file = SourceFile { name: case.file.name.clone(), text };
        let outcome = seam::plan(&file, case.environment.as_deref(), &case.lock).map_err(at)?;
        let findings = finding_lines::write(&outcome.findings);
        seam::to_json(&outcome.plan.ok_or_else(|| at(format!("rejected\n{findings}\n{}", file.text)))?)
    }
}

/// Notes every file of a case that is neither an input nor known as an output.
fn expect_no_other(folder: &str, known: &[&str], expected: &mut Expected) -> Result<(), String> {
    let files = checkout::walk(&checkout::root().join(folder)).map_err(|error| format!("{folder}: {error}"))?;
    for file in files.iter().filter(|file| !INPUTS.contains(&file.as_str()) && !known.contains(&file.as_str())) {
        expected.orphan(format!("{folder}/{file}"));
    }
    Ok(())
}

/// The lock of a case, empty when it has none.
///
/// # Errors
/// A lock that does not parse.
pub fn lock(folder: &str) -> Result<Lock, String> {
    let Ok(text) = checkout::text(&format!("{folder}/skiff.lock")) else { return Ok(Lock::default()) };
    serde_yaml::from_str(&text).map_err(|error| format!("{folder}/skiff.lock: {error}"))
}

/// The environment that a case names in its `case.txt`, by a line `env: NAME`.
#[must_use]
pub fn environment(folder: &str) -> Option<String> {
    let text = fs::read_to_string(checkout::root().join(folder).join("case.txt")).ok()?;
    text.lines().find_map(|line| line.strip_prefix("env:")).map(|name| name.trim().to_owned())
}
