//! A spec and its lock, as they lie in a folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

use skiff_compiler::source::{SourceFile, Sources};
use skiff_wire::{Finding, Lock, Plan, Severity};

use crate::{
    action, document,
    drawing::{self, Drawing},
    failure::Failure,
    seam::{self, Compilation, Ir},
    words,
};

/// Which spec, for which environment.
#[derive(Debug, clap::Args)]
pub(crate) struct SpecArguments {
    /// The spec
    #[arg(value_name = "FILE", default_value = "skiff.yaml")]
    pub(crate) file: PathBuf,
    /// The environment, when the spec declares several
    #[arg(long = "env", value_name = "ENVIRONMENT")]
    pub(crate) environment: Option<String>,
}

/// A spec and the lock beside it.
pub(crate) struct Project {
    /// The spec.
    pub(crate) file: SourceFile,
    /// Where the lock is, or would be.
    pub(crate) lock_path: PathBuf,
    /// The lock's text, `None` while there is no such file.
    pub(crate) lock_text: Option<String>,
    /// What is locked.
    pub(crate) lock: Lock,
}

/// A spec that compiles.
pub(crate) struct Compiled {
    /// The environment that was asked for, `None` for the only one.
    pub(crate) requested: Option<String>,
    /// The IR.
    pub(crate) ir: Ir,
    /// Its plan.
    pub(crate) plan: Plan,
    /// Warnings and notes.
    pub(crate) findings: Vec<Finding>,
}

impl Project {
    /// Reads a spec and the lock beside it.
    pub(crate) fn open(spec: &Path) -> Result<Self, Failure> {
        let file = read_spec(spec)?;
        let lock_path = spec.with_file_name("skiff.lock");
        let lock_text = document::read_if_present(&lock_path)?;
        let lock = lock_text.as_deref().map(|text| parse_lock(text, &lock_path)).transpose()?.unwrap_or_default();
        Ok(Self { file, lock_path, lock_text, lock })
    }

    /// Compiles for one environment; `None` takes the only one that is declared.
    pub(crate) fn compile(&self, environment: Option<&str>) -> Compilation {
        self.compile_with(environment, &self.lock)
    }

    /// Compiles with another lock than the one in the folder.
    pub(crate) fn compile_with(&self, environment: Option<&str>, lock: &Lock) -> Compilation {
        let sources = Sources { file: self.file.clone(), environment: environment.map(str::to_owned) };
        seam::compile(&sources, lock)
    }

    /// The words that name this spec and one of its environments on a command line, as few as will do.
    pub(crate) fn named(&self, environment: Option<&str>) -> Vec<String> {
        let file = Some(self.file.name.to_string()).filter(|name| name != "skiff.yaml");
        let several = seam::environments(&self.file).len() > 1;
        let environment = environment.filter(|_| several).map(|name| ["--env".to_owned(), name.to_owned()]);
        file.into_iter().chain(environment.into_iter().flatten()).collect()
    }

    /// Compiles to a plan.
    ///
    /// # Errors
    /// Exit 12 with every finding when the spec has errors.
    pub(crate) fn plan(&self, environment: Option<&str>, lock: &Lock) -> Result<Compiled, Failure> {
        let compilation = self.compile_with(environment, lock);
        let findings = compilation.diagnostics.findings(&self.file);
        match compilation.ir {
            Some(ir) if !compilation.diagnostics.has_errors() => {
                let plan = seam::plan(&ir)
                    .map_err(|error| Failure::defect(format!("the plan could not be built: {error}")))?;
                Ok(Compiled { requested: environment.map(str::to_owned), ir, plan, findings })
            }
            _ => Err(refuse(&self.file, findings, drawing::of(&self.file, &compilation.diagnostics))),
        }
    }
}

/// The failure of a spec with errors, with everything that was found.
pub(crate) fn refuse(file: &SourceFile, findings: Vec<Finding>, drawings: Vec<Drawing>) -> Failure {
    let actions = action::explain(&findings);
    Failure::input(format!("`{}` has {}", file.name, count(&findings)), findings, drawings).actions(actions)
}

/// How many errors and warnings, in words, such as `2 errors and 1 warning`.
pub(crate) fn count(findings: &[Finding]) -> String {
    let of = |severity, noun| match findings.iter().filter(|finding| finding.severity == severity).count() {
        0 => None,
        number => Some(words::count(number, noun)),
    };
    let counts = [of(Severity::Error, "error"), of(Severity::Warning, "warning"), of(Severity::Note, "note")];
    let counts: Vec<_> = counts.into_iter().flatten().collect();
    if counts.is_empty() { "no errors".into() } else { words::list(&counts) }
}

fn read_spec(path: &Path) -> Result<SourceFile, Failure> {
    let name = path.display().to_string();
    let bytes = fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::not_found(format!("there is no spec at `{name}`"))
            .hint("name the file, or write a first one with `skiff init`")
            .action(action::write(
                "init",
                &["init", "web", "my-app"],
                "writes a commented `skiff.yaml` into this folder",
            )),
        _ => Failure::file("read", path, &error),
    })?;
    seam::decode_utf8(&name, bytes).map_err(|undecodable| {
        let (file, diagnostics) = *undecodable;
        refuse(&file, diagnostics.findings(&file), drawing::of(&file, &diagnostics))
    })
}

fn parse_lock(text: &str, path: &Path) -> Result<Lock, Failure> {
    let name = path.display();
    let lock: Lock = serde_yaml::from_str(text).map_err(|error| {
        Failure::unusable(format!("`{name}` is not a lock that this version reads: {error}"))
            .hint("resolve a merge that was left in it, or delete it and run `skiff lock` again")
    })?;
    if lock.schema != Lock::SCHEMA {
        let message = format!("`{name}` is a `{}` document, and a `{}` is needed", lock.schema, Lock::SCHEMA);
        return Err(Failure::unusable(message).hint("it was written by another version of Skiff"));
    }
    Ok(lock)
}
