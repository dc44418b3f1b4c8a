//! The cases of `golden/import`: foreign input beside the spec it gives and the account of every leaf.
//!
//! A case is a folder with its input: one file `input.yaml` (or `.json`, `.yml`, `.jsonnet`), a `recipe.txt` that makes
//! one (see [`recipe`]), or a folder `input/` whose files are imported together. Its optional `case.txt` says in its first
//! line what it shows, and may have lines `importer: NAME`, `app: NAME`, `account: ID`, `region: REGION` and `certificate: ARN`; `none`
//! leaves out what is given otherwise, so that the import writes a placeholder. A case that is named `<CODE>-<slug>` must
//! find that code.

use std::{collections::BTreeSet, fmt::Write as _, fs};

use skiff_compiler::{
    source::SourceFile,
    spec::values::{Arn, Scalar as _},
};
use skiff_importers::{
    compose,
    import::{Import, Input, Options},
    kube,
    report::{self, harmless},
};
use skiff_wire::{Finding, ImportReport, Lock, Severity};

use crate::{Problems, checkout, conformance, expected::Expected, finding_lines, recipe, seam, tree_case};

/// Where the cases are, from the workspace root.
pub const FOLDER: &str = "golden/import";

/// The names of an input that is one file.
const INPUTS: &[&str] = &["input.yaml", "input.yml", "input.json", "input.jsonnet"];
/// How to make an input that nobody wants to commit; it becomes `input.yaml`.
const RECIPE: &str = "recipe.txt";
/// What an import gives, as files of the case.
const OUTPUTS: &[&str] = &["skiff.yaml", "account.txt", "findings.txt"];
/// An importer, by its name in `case.txt`.
type Importer = fn(&[Input], &Options) -> Import;
/// The importers; a case that names none has manifests.
const IMPORTERS: &[(&str, Importer)] = &[("kube", kube::import), ("compose", compose::import)];
/// What a case is imported with, unless its `case.txt` says something else.
const DEFAULTS: [(&str, &str); 4] = [
    ("app", "shop"),
    ("account", "111122223333"),
    ("region", "eu-west-1"),
    ("certificate", "arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"),
];

/// The names of the cases, sorted.
///
/// # Errors
/// A folder that cannot be read.
pub fn names() -> Result<Vec<String>, String> {
    checkout::folders(&checkout::root().join(FOLDER)).map_err(|error| format!("{FOLDER}: {error}"))
}

/// Imports one case, expects its outputs, and says what is wrong with the case itself.
#[must_use]
pub fn check(name: &str, expected: &mut Expected) -> Problems {
    let folder = format!("{FOLDER}/{name}");
    let import = match import(&folder) {
        Ok(import) => import,
        Err(problem) => return vec![problem],
    };
    let report = report::report(&import);
    if !import.account.objects.is_empty() {
        expected.file(format!("{folder}/skiff.yaml"), &import.text);
        expected.file(format!("{folder}/account.txt"), account(&report));
    }
    if !report.findings.is_empty() {
        expected.file(format!("{folder}/findings.txt"), findings(&report.findings));
    }
    let mut problems = orphans(&folder, &import, &report, expected);
    problems.extend(named_for_what_it_shows(name, &report));
    problems.extend(unaccounted(&folder, &import, &report));
    problems.extend(compiled(&import, &report).into_iter().map(|problem| format!("{folder}: {problem}")));
    problems
}

/// Imports a case.
///
/// # Errors
/// A sentence when its input or its `case.txt` cannot be used.
pub fn import(folder: &str) -> Result<Import, String> {
    let name = said(folder, "importer").unwrap_or_else(|| "kube".into());
    let (_, import) = IMPORTERS
        .iter()
        .find(|(known, _)| *known == name)
        .ok_or_else(|| format!("{folder}/case.txt: there is no importer `{name}`"))?;
    Ok(import(&inputs(folder)?, &options(folder)?))
}

/// What `case.txt` says in a line `KEY: VALUE`.
fn said(folder: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(checkout::root().join(folder).join("case.txt")).ok()?;
    text.lines().find_map(|line| Some(line.strip_prefix(key)?.strip_prefix(':')?.trim().to_owned()))
}

fn inputs(folder: &str) -> Result<Vec<Input>, String> {
    let path = checkout::root().join(folder);
    let read = |name: &str| fs::read(path.join(name)).map_err(|error| format!("{folder}/{name}: {error}"));
    let mut found = Vec::new();
    for name in INPUTS.iter().filter(|name| path.join(name).is_file()) {
        found.push(vec![Input { name: (*name).into(), bytes: read(name)? }]);
    }
    if path.join(RECIPE).is_file() {
        let text = String::from_utf8_lossy(&read(RECIPE)?).into_owned();
        let bytes = recipe::cook(&text).map_err(|problem| format!("{folder}/{problem}"))?;
        found.push(vec![Input { name: "input.yaml".into(), bytes }]);
    }
    if path.join("input").is_dir() {
        let files = checkout::walk(&path.join("input")).map_err(|error| format!("{folder}/input: {error}"))?;
        let input = |name: String| read(&format!("input/{name}")).map(|bytes| Input { name, bytes });
        found.push(files.into_iter().map(input).collect::<Result<_, _>>()?);
    }
    match (found.pop(), found.is_empty()) {
        (Some(inputs), true) => Ok(inputs),
        _ => Err(format!("{folder}: needs exactly one of {INPUTS:?}, `{RECIPE}` and a folder `input`")),
    }
}

fn options(folder: &str) -> Result<Options, String> {
    let value = |wanted: &str| {
        let default = DEFAULTS.iter().find(|(key, _)| *key == wanted).map(|(_, value)| (*value).to_owned());
        said(folder, wanted).or(default).filter(|value| value != "none")
    };
    let certificate = |text: String| {
        Arn::parse(&text).ok_or_else(|| format!("{folder}/case.txt: `{text}` is no ARN of a certificate"))
    };
    Ok(Options {
        app: value("app").unwrap_or_default(),
        account: value("account"),
        region: value("region"),
        certificates: value("certificate").map(certificate).transpose()?.into_iter().collect(),
    })
}

/// Every object with its leaves: fate, path, home and reason.
fn account(report: &ImportReport) -> String {
    let mut text = String::new();
    for object in &report.objects {
        let namespace = object.namespace.iter().map(|namespace| format!("{namespace}/")).collect::<String>();
        let name = object.name.as_deref().unwrap_or("?");
        let _ = writeln!(text, "{} {namespace}{name} ({}:{})", object.kind, object.file, object.line);
        for leaf in &object.leaves {
            let home = if leaf.home.is_empty() { String::new() } else { format!(" -> {}", leaf.home) };
            let reason = if leaf.reason.is_empty() { String::new() } else { format!("  # {}", leaf.reason) };
            let _ = writeln!(text, "  {:11} {}", leaf.fate, harmless(&format!("{}{home}{reason}", leaf.path)));
        }
    }
    let totals = report.account;
    let _ = writeln!(
        text,
        "{} leaves: {} mapped, {} changed, {} assumed, {} ignored, {} unsupported, {} unknown",
        totals.leaves,
        totals.mapped,
        totals.changed,
        totals.assumed,
        totals.ignored,
        totals.unsupported,
        totals.unknown
    );
    for secret in &report.secrets {
        let list = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
        let (keys, services) = (list(&secret.keys), list(&secret.services));
        let _ = writeln!(text, "secret {}: keys [{keys}], used by [{services}], was {}", secret.name, secret.source);
    }
    text
}

fn findings(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let file = finding.file.as_deref().unwrap_or("-");
        let (line, column) = (finding.line.unwrap_or(0), finding.column.unwrap_or(0));
        let _ = write!(text, "{file}:{line}:{column} {} {}", finding.code, finding.severity.word());
        if let Some(subject) = finding.subject.as_ref().filter(|subject| subject.kind.is_some()) {
            let namespace = subject.namespace.iter().map(|namespace| format!("{namespace}/")).collect::<String>();
            let (kind, name) = (subject.kind.as_deref().unwrap_or("?"), subject.name.as_deref().unwrap_or("?"));
            let _ = write!(text, " {kind} {namespace}{name} {}", subject.path);
        }
        let _ = writeln!(text, "\n    {}", harmless(&finding.message));
        if let Some(hint) = &finding.hint {
            let _ = writeln!(text, "    hint: {}", harmless(hint));
        }
    }
    text
}

fn orphans(folder: &str, import: &Import, report: &ImportReport, expected: &mut Expected) -> Problems {
    let written = |name: &str| match name {
        "findings.txt" => !report.findings.is_empty(),
        _ => !import.account.objects.is_empty(),
    };
    let known = |file: &str| {
        let input = INPUTS.contains(&file) || file == RECIPE || file == "case.txt" || file.starts_with("input/");
        input || (OUTPUTS.contains(&file) && written(file))
    };
    match checkout::walk(&checkout::root().join(folder)) {
        Ok(files) => {
            files.iter().filter(|file| !known(file)).for_each(|file| expected.orphan(format!("{folder}/{file}")));
            Vec::new()
        }
        Err(error) => vec![format!("{folder}: {error}")],
    }
}

/// The code that a case is named for, when it is.
fn code(name: &str) -> Option<&str> {
    name.split('-').next().filter(|word| word.len() == 6 && word.starts_with("SK"))
}

fn named_for_what_it_shows(name: &str, report: &ImportReport) -> Option<String> {
    let code = code(name)?;
    if seam::import_codes().iter().all(|known| known.id != code) {
        return Some(format!("{FOLDER}/{name}: `{code}` is no code of an import"));
    }
    let found: BTreeSet<&str> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
    (!found.contains(code)).then(|| format!("{FOLDER}/{name}: is named for {code}, found {found:?}"))
}

/// The sums, and a place for every finding.
fn unaccounted(folder: &str, import: &Import, report: &ImportReport) -> Problems {
    let leaves: usize = import.account.objects.iter().map(|object| object.leaves.len()).sum();
    let totals = report.account;
    let fates = totals.mapped + totals.changed + totals.assumed + totals.ignored + totals.unsupported + totals.unknown;
    let mut problems = Problems::new();
    if (leaves, leaves) != (totals.leaves, fates) {
        problems.push(format!("{folder}: {leaves} leaves, the account has {}, its fates {fates}", totals.leaves));
    }
    let silent = report.findings.iter().filter(|finding| finding.line.is_none() || finding.message.is_empty());
    problems.extend(silent.map(|finding| format!("{folder}: {} has no place or no words", finding.code)));
    problems
}

/// What keeps the spec from being planned and written as Terraform; nothing when something was lost or not read, since
/// then the spec is not whole.
fn compiled(import: &Import, report: &ImportReport) -> Problems {
    let lost = [Severity::Error, Severity::Unsupported, Severity::Unknown];
    if import.account.objects.is_empty() || report.findings.iter().any(|finding| lost.contains(&finding.severity)) {
        return Vec::new();
    }
    let file = SourceFile { name: "skiff.yaml".into(), text: import.text.clone() };
    let lock = Lock::default();
    let plan = match seam::plan(&file, None, &lock) {
        Ok(outcome) => outcome.plan.ok_or_else(|| finding_lines::write(&outcome.findings)),
        Err(problem) => Err(problem),
    };
    let plan = match plan {
        Ok(plan) => plan,
        Err(problem) => return vec![format!("nothing is lost, and the spec does not compile\n{problem}")],
    };
    let tree = seam::terraform(&file, None, &lock).and_then(|tree| tree_case::blocks(&tree));
    conformance::problems(&plan).into_iter().chain(tree.err()).collect()
}

/// Codes of the importers that no case is named for, sorted.
///
/// # Errors
/// A folder that cannot be read.
pub fn codes_without_case() -> Result<Vec<&'static str>, String> {
    let names = names()?;
    let covered: BTreeSet<&str> = names.iter().filter_map(|name| code(name)).collect();
    let mut missing: Vec<_> =
        seam::import_codes().iter().map(|code| code.id).filter(|id| !covered.contains(id)).collect();
    missing.sort_unstable();
    Ok(missing)
}
