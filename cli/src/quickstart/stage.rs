//! Runs a command line of `skiff` in the project's folder, and passes on what it says.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::{Value, json};
use skiff_wire::ExitCode;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, BufReader},
    process::Command,
};

use super::tell::Teller;
use crate::failure::Failure;

/// What command lines are run with.
pub(super) struct Shell {
    executable: PathBuf,
    folder: PathBuf,
}

/// What a command line has left.
#[derive(Debug, Clone)]
pub(super) struct Ran {
    /// What would have been typed, without `skiff`.
    pub(super) words: Vec<String>,
    /// Its envelope, when it was asked for one.
    pub(super) envelope: Value,
}

impl Shell {
    pub(super) fn new(executable: &Path, folder: &Path) -> Self {
        Self { executable: executable.to_owned(), folder: folder.to_owned() }
    }

    /// The variables that make the project's key the one that signs.
    pub(super) fn variables(&self) -> [(&'static str, PathBuf); 2] {
        [("SKIFF_KEYS", self.folder.join("keys")), ("SKIFF_PASSPHRASE_FILE", self.folder.join("passphrase"))]
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.executable);
        command.args(words).current_dir(&self.folder).envs(self.variables()).env_remove("SKIFF_PASSPHRASE");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Runs a command line for people: what it says is passed on line by line, indented.
    pub(super) async fn show(&self, words: &[&str], teller: &Teller) -> Result<(), Failure> {
        teller.typed(words);
        let mut child = self.command(words).spawn().map_err(|error| not_started(words, &error))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (_, said, status) = tokio::join!(relay(stdout, teller), relay(stderr, teller), child.wait());
        let status = status.map_err(|error| not_started(words, &error))?;
        match status.code() {
            Some(0 | 3) => Ok(()),
            code => {
                let why = said.iter().rev().find_map(|line| line.strip_prefix("error: ")).unwrap_or("it was ended");
                Err(failed(words, why, code))
            }
        }
    }

    /// Runs a command line for programs, and gives its envelope; nothing is said.
    pub(super) async fn ask(&self, words: &[&str]) -> Result<Value, Failure> {
        let output = self.command(words).args(["--format", "json"]).output().await;
        let output = output.map_err(|error| not_started(words, &error))?;
        let envelope: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        if envelope["ok"] == json!(true) {
            return Ok(envelope);
        }
        Err(failed(words, envelope["summary"].as_str().unwrap_or("it was ended"), output.status.code()))
    }

    /// Runs a command line in the form that was asked for.
    pub(super) async fn run(&self, words: &[&str], teller: &Teller) -> Result<Ran, Failure> {
        let envelope = if teller.is_silent() {
            self.ask(words).await?
        } else {
            self.show(words, teller).await.map(|()| Value::Null)?
        };
        Ok(Ran { words: words.iter().map(ToString::to_string).collect(), envelope })
    }

    /// Ends what the local provider started, also when somebody presses Ctrl-C once more.
    pub(super) async fn down(&self) -> Result<Value, Failure> {
        let mut command = self.command(&["local", "down", "--format", "json"]);
        let output =
            command.process_group(0).output().await.map_err(|error| not_started(&["local", "down"], &error))?;
        let envelope: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        match envelope["ok"] == json!(true) {
            true => Ok(envelope),
            false => {
                let why = envelope["summary"].as_str().unwrap_or("it was ended");
                Err(failed(&["local", "down"], why, output.status.code()))
            }
        }
    }
}

/// Passes on lines as they come; gives them all.
async fn relay(stream: Option<impl AsyncRead + Unpin>, teller: &Teller) -> Vec<String> {
    let mut all = Vec::new();
    let Some(stream) = stream else { return all };
    let mut lines = BufReader::new(stream).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        teller.relayed(&line);
        all.push(line);
    }
    all
}

fn not_started(words: &[&str], error: &std::io::Error) -> Failure {
    Failure::defect(format!("`skiff {}` could not be started: {error}", words.join(" ")))
}

/// The failure of a command line, with its own exit code.
fn failed(words: &[&str], why: &str, code: Option<i32>) -> Failure {
    let exit = match code {
        Some(2) => ExitCode::Usage,
        Some(4) => ExitCode::NotAuthorised,
        Some(5) => ExitCode::NotFound,
        Some(6) => ExitCode::Conflict,
        Some(7) => ExitCode::Provider,
        Some(8) => ExitCode::GateFailed,
        Some(9) => ExitCode::ApprovalNeeded,
        Some(10) => ExitCode::VerificationFailed,
        Some(11) => ExitCode::OutcomeUnknown,
        Some(12) => ExitCode::InputErrors,
        Some(130) => ExitCode::Interrupted,
        _ => ExitCode::Internal,
    };
    Failure::new("STAGE_FAILED", exit, format!("`skiff {}` failed: {why}", words.join(" ")))
}
