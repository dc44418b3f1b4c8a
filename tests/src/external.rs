//! `cfn-lint` and `checkov` over the plans' CloudFormation templates.
//!
//! Both start slowly and read many files quickly, so each runs once over a folder with one template a case. A tool is
//! found by its variable, else on the `PATH`. Where it is missing the test says `SKIPPED` and passes, unless
//! `SKIFF_REQUIRE_TOOLS=1`: then a missing tool is a failure.

use std::{
    env,
    ffi::OsString,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

use crate::Problems;

/// A program that is not part of the project.
#[derive(Debug, Clone, Copy)]
pub struct Tool {
    /// Its name on the `PATH`.
    pub name: &'static str,
    /// The variable that may hold its path instead.
    pub variable: &'static str,
    /// The oldest version whose data about AWS is new enough: major and minor.
    pub oldest: (u32, u32),
}

/// AWS's linter of CloudFormation templates.
pub const CFN_LINT: Tool = Tool { name: "cfn-lint", variable: "SKIFF_CFN_LINT", oldest: (1, 58) };

/// A scanner for insecure infrastructure.
pub const CHECKOV: Tool = Tool { name: "checkov", variable: "SKIFF_CHECKOV", oldest: (3, 3) };

/// Warnings of `cfn-lint` that are right in general and wrong for a plan: rule → reason.
const ACCEPTED_WARNINGS: &[(&str, &str)] = &[];

impl Tool {
    /// Where the tool is; `None` when it is missing and may be, which is said on standard error.
    ///
    /// # Errors
    /// A sentence when it is missing and required.
    pub fn find(self) -> Result<Option<PathBuf>, String> {
        let found = env::var_os(self.variable).map(PathBuf::from).or_else(|| self.on_path());
        let missing = match found.filter(|path| path.is_file()) {
            Some(path) if self.is_new_enough(&path) => return Ok(Some(path)),
            Some(path) => format!("{} is older than {}.{}", path.display(), self.oldest.0, self.oldest.1),
            None => format!("{} is neither on the PATH nor named by {}", self.name, self.variable),
        };
        if env::var("SKIFF_REQUIRE_TOOLS").is_ok_and(|value| value == "1") {
            return Err(missing);
        }
        // Past the test harness, which keeps the output of passing tests to itself: a skip must be seen.
        writeln!(io::stderr(), "SKIPPED: {missing}").map_err(|error| error.to_string())?;
        Ok(None)
    }

    /// Judged by the first two numbers that `--version` prints.
    fn is_new_enough(self, program: &Path) -> bool {
        let Ok(output) = Command::new(program).arg("--version").output() else { return false };
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut numbers =
            text.split(|character: char| !character.is_ascii_digit()).filter_map(|part| part.parse().ok());
        let (major, minor): (Option<u32>, Option<u32>) = (numbers.next(), numbers.next());
        major.zip(minor).is_some_and(|version| version >= self.oldest)
    }

    fn on_path(self) -> Option<PathBuf> {
        let path = env::var_os("PATH")?;
        env::split_paths(&path).map(|folder| folder.join(self.name)).find(|program| program.is_file())
    }
}

/// Writes templates as `<name>.json` into an emptied folder.
///
/// # Errors
/// A folder or file that cannot be written.
pub fn write_templates(folder: &Path, templates: &[(String, String)]) -> io::Result<()> {
    let files = templates.iter().map(|(name, text)| (format!("{name}.json"), text));
    write_files(folder, files)
}

/// Writes files by their paths below an emptied folder.
///
/// # Errors
/// A folder or file that cannot be written.
pub fn write_files<'text>(folder: &Path, files: impl Iterator<Item = (String, &'text String)>) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    for (path, text) in files {
        let path = folder.join(path);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text)?;
    }
    Ok(())
}

/// What `cfn-lint` has against the templates of a folder: every error, and every warning that is not accepted.
///
/// # Errors
/// A sentence when it cannot run or answers with something else than its JSON.
pub fn cfn_lint(program: &Path, folder: &Path) -> Result<Problems, String> {
    let templates = json_files(folder)?;
    let mut arguments: Vec<OsString> = vec!["--format".into(), "json".into(), "--".into()];
    arguments.extend(templates.iter().map(OsString::from));
    let output = run(program, &arguments, folder)?;
    let matches = parse(program, &output)?;
    let matches = matches.as_array().ok_or("cfn-lint answered with no list")?;
    Ok(matches.iter().filter(|found| !is_accepted(found)).map(lint_line).collect())
}

fn is_accepted(found: &Value) -> bool {
    let rule = found["Rule"]["Id"].as_str().unwrap_or_default();
    found["Level"] != "Error" && ACCEPTED_WARNINGS.iter().any(|(accepted, _)| *accepted == rule)
}

fn lint_line(found: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let path = found["Location"]["Path"].as_array().into_iter().flatten();
    let path: Vec<String> = path.map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned)).collect();
    let (file, rule) = (text(&found["Filename"]), text(&found["Rule"]["Id"]));
    format!("{file}: {rule} {} at {}", text(&found["Message"]), path.join("/"))
}

/// What `checkov` has against the templates of a folder: failed checks, and templates it could not parse.
///
/// # Errors
/// A sentence when it cannot run, answers with something else than its JSON, or looked at nothing.
pub fn checkov(program: &Path, folder: &Path) -> Result<Problems, String> {
    scan(program, folder, "cloudformation").map(|scan| scan.problems)
}

/// What `checkov` found in a folder.
#[derive(Debug)]
pub struct Scan {
    /// Failed checks, and files it could not parse.
    pub problems: Problems,
    /// Checks that were skipped where the file says so: file, check, resource.
    pub skipped: Vec<(String, String, String)>,
}

/// Runs `checkov` over a folder for one of its frameworks.
///
/// # Errors
/// As [`checkov`].
pub fn scan(program: &Path, folder: &Path, framework: &str) -> Result<Scan, String> {
    let arguments = format!("--framework {framework} --skip-download --output json --compact --directory .");
    let arguments: Vec<OsString> = arguments.split(' ').map(OsString::from).collect();
    let report = parse(program, &run(program, &arguments, folder)?)?;
    let summary = &report["summary"];
    if summary["resource_count"].as_u64().is_none_or(|count| count == 0) {
        return Err(format!("checkov saw no resource in {}: {summary}", folder.display()));
    }
    let failed = report["results"]["failed_checks"].as_array().into_iter().flatten().map(scan_line);
    let unread = (summary["parsing_errors"] != 0).then(|| format!("checkov could not parse a file: {summary}"));
    let text = |found: &Value, key: &str| found[key].as_str().unwrap_or_default().trim_start_matches('/').to_owned();
    let skipped = |found: &Value| (text(found, "file_path"), text(found, "check_id"), text(found, "resource"));
    let skips = report["results"]["skipped_checks"].as_array().into_iter().flatten();
    Ok(Scan { problems: failed.chain(unread).collect(), skipped: skips.map(skipped).collect() })
}

fn scan_line(found: &Value) -> String {
    let text = |key: &str| found[key].as_str().unwrap_or_default();
    let (file, check) = (text("file_path").trim_start_matches('/'), text("check_id"));
    format!("{file}: {check} {} at {}", text("check_name"), text("resource"))
}

fn json_files(folder: &Path) -> Result<Vec<String>, String> {
    let files = crate::checkout::walk(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(files.into_iter().filter(|file| file.ends_with(".json")).collect())
}

fn run(program: &Path, arguments: &[OsString], folder: &Path) -> Result<Output, String> {
    // checkov would ask its vendor's service for guides to each check.
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env("CKV_SKIP_GUIDE_DOWNLOAD", "true").env("LOG_LEVEL", "ERROR");
    command.output().map_err(|error| format!("{}: {error}", program.display()))
}

/// The tool's JSON; its exit code says only whether it found something, and that is in the JSON too.
fn parse(program: &Path, output: &Output) -> Result<Value, String> {
    serde_json::from_slice(&output.stdout).map_err(|error| {
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        format!("{} answered {} and no JSON ({error})\n{out}\n{err}", program.display(), output.status)
    })
}
