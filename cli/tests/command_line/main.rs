//! The command contract, checked on the real binary: exit codes, the one JSON object, what goes to which stream.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the whole crate is tests, and its functions outside #[test] too"
)]

mod acting;
mod check;
mod contract;
mod explanations;
mod import;
mod lock;
mod locked_plan;
mod manuals;
#[cfg(target_os = "linux")]
mod pages;
mod plan;
mod scanning;
#[path = "../local/schema.rs"]
mod schema;
mod signing;
mod terraform;

use std::{
    ffi::OsStr,
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

/// An empty folder to run `skiff` in.
pub struct Folder(TempDir);

/// What one run left behind.
pub struct Run {
    /// The exit code.
    pub exit: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Folder {
    /// An empty folder.
    pub fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder with the spec that `skiff init` writes.
    pub fn with_spec(kind: &str) -> Self {
        let folder = Self::empty();
        let run = folder.run(["init", kind, "shop"]);
        assert_eq!(run.exit, 0, "{}", run.stderr);
        folder
    }

    /// The command, not yet started; nothing of the machine's own configuration reaches it.
    pub fn command<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(&self, arguments: I) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_skiff"));
        command.args(arguments).current_dir(self.0.path()).env("DOCKER_CONFIG", self.0.path()).env_remove("NO_COLOR");
        command
    }

    /// Runs `skiff` here.
    pub fn run<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(&self, arguments: I) -> Run {
        Run::from(self.command(arguments).output().unwrap())
    }

    /// Runs `skiff … --format json` here and checks what every envelope has in common.
    pub fn json<const N: usize>(&self, arguments: [&str; N]) -> Value {
        let run = self.run(arguments.iter().copied().chain(["--format", "json"]));
        let envelope: Value =
            serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stdout));
        assert_eq!(run.stderr, "");
        assert_eq!(envelope["exit"], run.exit);
        assert_eq!(envelope["ok"], matches!(run.exit, 0 | 3));
        assert!(envelope["trace_id"].as_str().is_some_and(|id| id.len() == 36));
        assert!(envelope["summary"].as_str().is_some_and(|summary| !summary.is_empty()));
        if envelope["ok"] == true && envelope["code"] != "HELP" {
            schema::check(&arguments, &envelope["data"]);
        }
        envelope
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The text of a file in the folder.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Writes a file in the folder.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    /// The names of all files in the folder, sorted.
    pub fn files(&self) -> Vec<String> {
        let names = fs::read_dir(self.0.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            exit: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The command lines that an envelope recommends.
pub fn recommended(envelope: &Value) -> Vec<String> {
    let actions = envelope["recommended_actions"].as_array().unwrap();
    let line = |action: &Value| {
        action["argv"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect::<Vec<_>>().join(" ")
    };
    actions.iter().map(line).collect()
}
