//! The commands of every day on the real binary: secrets, events, the audit, logs, the doctor, the example service, the
//! quickstart.

#![allow(
    clippy::new_without_default,
    clippy::unwrap_used,
    clippy::panic,
    reason = "the whole crate is tests, and its functions outside #[test] too"
)]

mod demo;
mod doctor;
mod quickstart;
#[path = "../local/schema.rs"]
mod schema;
mod secrets;
mod timeline;

use std::{
    fs,
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// The spec of a project with a service that needs two secrets.
const SPEC: &str = r#"app: shop
account: "111122223333"
region: eu-west-1
alerts: { email: ops@example.com }
permissions_boundary: arn:aws:iam::111122223333:policy/boundary
network: { egress: nat }
services:
  mailer:
    kind: worker
    bundle: bundle
    command: [./mailer]
    secrets:
      SMTP_PASSWORD: smtp-password
      FLAGS: arn:aws:ssm:eu-west-1:111122223333:parameter/shop/flags
"#;

/// A folder with a spec and a configuration folder of its own; nothing of the machine's own configuration is seen.
pub struct Project(TempDir);

/// What one run left behind.
#[derive(Debug)]
pub struct Run {
    /// The exit code.
    pub exit: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Project {
    /// A fresh one.
    pub fn new() -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        fs::write(project.path("skiff.yaml"), SPEC).unwrap();
        fs::create_dir(project.path("bundle")).unwrap();
        project
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The command, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_skiff"));
        command.args(arguments).current_dir(self.0.path()).env("XDG_CONFIG_HOME", self.path("config"));
        for name in ["SKIFF_KEYS", "SKIFF_PASSPHRASE", "SKIFF_PASSPHRASE_FILE", "NO_COLOR"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command line, with some bytes on its standard input.
    pub fn fed(&self, arguments: &[&str], input: &[u8]) -> Run {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that refuses at once reads nothing; that is its right.
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        Run {
            exit: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a command line.
    pub fn run(&self, arguments: &[&str]) -> Run {
        self.fed(arguments, b"")
    }

    /// Runs a command line with `--format json`; checks what every envelope has in common.
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.json_fed(arguments, b"")
    }

    /// The same with some bytes on its standard input.
    pub fn json_fed(&self, arguments: &[&str], input: &[u8]) -> Value {
        let run = self.fed(&[arguments, &["--format", "json"]].concat(), input);
        let envelope: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"));
        assert_eq!(run.stderr, "");
        assert_eq!(envelope["exit"], run.exit);
        if envelope["ok"] == true {
            schema::check(arguments, &envelope["data"]);
        }
        envelope
    }

    /// Every byte below the state folder, by path.
    pub fn state(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        collect(&self.path(".skiff"), &mut found);
        found.sort();
        found
    }
}

fn collect(folder: &PathBuf, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            collect(&path, found);
        } else {
            found.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
}
