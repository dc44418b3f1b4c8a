//! The cases of `golden/reject`: a mistake beside what Skiff says about it.

use std::{collections::BTreeSet, fmt::Write as _, fs};

use skiff_wire::{Finding, Severity};

use crate::{Problems, checkout, expected::Expected, finding_lines, plan_case, recipe, seam};

/// Where the cases are, from the workspace root.
pub const FOLDER: &str = "golden/reject";

/// A spec as text, as bytes that an editor would not keep, or as how to make one that nobody wants to commit.
const SPECS: &[&str] = &["skiff.yaml", "skiff.yaml.bin", RECIPE];

/// How to make a spec; see [`recipe`].
const RECIPE: &str = "recipe.txt";

/// Findings of one code that are written in full; of more, this many are, and the last.
const SHOWN: usize = 20;

/// Files of a case that a person writes, besides the spec.
const INPUTS: &[&str] = &["skiff.lock", "case.txt"];

/// The names of the cases, sorted; each is `<CODE>-<slug>`.
///
/// # Errors
/// A folder that cannot be read.
pub fn names() -> Result<Vec<String>, String> {
    checkout::folders(&checkout::root().join(FOLDER)).map_err(|error| format!("{FOLDER}: {error}"))
}

/// The code that a case is named for.
#[must_use]
pub fn code(name: &str) -> &str {
    name.split('-').next().unwrap_or(name)
}

/// Compiles one case, expects its `findings.txt`, and says what is wrong with the case itself.
#[must_use]
pub fn check(name: &str, expected: &mut Expected) -> Problems {
    let folder = format!("{FOLDER}/{name}");
    match findings(&folder) {
        Ok((findings, emitted)) => {
            expected.file(format!("{folder}/findings.txt"), shortened(&findings));
            let mut problems = orphans(&folder, expected);
            problems.extend(named_for_what_it_shows(name, &findings));
            problems.extend(emitted_despite_error(&folder, &findings, emitted));
            problems.extend(findings.iter().filter_map(|finding| without_place(&folder, finding)));
            problems
        }
        Err(problem) => vec![problem],
    }
}

/// What a case finds, and whether a plan came out all the same.
fn findings(folder: &str) -> Result<(Vec<Finding>, bool), String> {
    let path = checkout::root().join(folder);
    let mut written = SPECS.iter().filter_map(|spec| Some((*spec, fs::read(path.join(spec)).ok()?)));
    let bytes = match (written.next(), written.next()) {
        (Some((RECIPE, recipe)), None) => {
            recipe::cook(&String::from_utf8_lossy(&recipe)).map_err(|problem| format!("{folder}/{problem}"))?
        }
        (Some((_, bytes)), None) => bytes,
        _ => return Err(format!("{folder}: needs exactly one of {SPECS:?}")),
    };
    let file = match seam::decode("skiff.yaml", bytes) {
        Ok(file) => file,
        Err(findings) => return Ok((findings, false)),
    };
    let outcome = seam::plan(&file, plan_case::environment(folder).as_deref(), &plan_case::lock(folder)?)
        .map_err(|problem| format!("{folder}: {problem}"))?;
    Ok((outcome.findings, outcome.plan.is_some()))
}

/// The lines of the findings; a long run of one code is cut and counted.
fn shortened(findings: &[Finding]) -> String {
    let mut text = String::new();
    for run in findings.chunk_by(|one, next| one.code == next.code) {
        match run {
            [.., last] if run.len() > SHOWN + 1 => {
                text.push_str(&finding_lines::write(&run[..SHOWN]));
                let _ = writeln!(text, "… {} more of {}", run.len() - SHOWN - 1, last.code);
                text.push_str(&finding_lines::write(std::slice::from_ref(last)));
            }
            _ => text.push_str(&finding_lines::write(run)),
        }
    }
    text
}

fn orphans(folder: &str, expected: &mut Expected) -> Problems {
    let known = |file: &str| SPECS.contains(&file) || INPUTS.contains(&file) || file == "findings.txt";
    match checkout::walk(&checkout::root().join(folder)) {
        Ok(files) => {
            for file in files.iter().filter(|file| !known(file)) {
                expected.orphan(format!("{folder}/{file}"));
            }
            Vec::new()
        }
        Err(error) => vec![format!("{folder}: {error}")],
    }
}

fn named_for_what_it_shows(name: &str, findings: &[Finding]) -> Option<String> {
    let code = code(name);
    if seam::compiler_codes().iter().all(|known| known.id != code) {
        return Some(format!("{FOLDER}/{name}: `{code}` is no code; name the folder `<CODE>-<slug>`"));
    }
    let found: BTreeSet<&str> = findings.iter().map(|finding| finding.code.as_str()).collect();
    let missing = !found.contains(code);
    missing
        .then(|| format!("{FOLDER}/{name}: is named for {code}, found {found:?}\n{}", finding_lines::write(findings)))
}

fn emitted_despite_error(folder: &str, findings: &[Finding], emitted: bool) -> Option<String> {
    let wrong = emitted && findings.iter().any(|finding| finding.severity == Severity::Error);
    wrong.then(|| format!("{folder}: a plan was emitted although there are errors"))
}

fn without_place(folder: &str, finding: &Finding) -> Option<String> {
    let placed = finding.line.is_some() && finding.column.is_some();
    (!placed).then(|| format!("{folder}: {} has no line and column", finding.code))
}

/// Codes of the compiler that no case is named for, sorted.
///
/// # Errors
/// A folder that cannot be read.
pub fn codes_without_case() -> Result<Vec<&'static str>, String> {
    let names = names()?;
    let covered: BTreeSet<&str> = names.iter().map(|name| code(name)).collect();
    let mut missing: Vec<_> =
        seam::compiler_codes().iter().map(|code| code.id).filter(|id| !covered.contains(id)).collect();
    missing.sort_unstable();
    Ok(missing)
}
