//! The program `terraform`: where it is, and how it is run so that nothing but its arguments decides what it does.

use std::{
    env, fmt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::external::Tool;

/// Terraform; a generated tree asks for 1.11, whose tests can plan with made-up values and whose S3 backend locks by itself.
pub const TERRAFORM: Tool = Tool { name: "terraform", variable: "SKIFF_TERRAFORM", oldest: (1, 11) };

/// An installed Terraform.
#[derive(Debug, Clone)]
pub struct Terraform {
    program: PathBuf,
}

/// What Terraform said when it refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The command line.
    pub command: String,
    /// Both of its outputs.
    pub output: String,
}

impl Terraform {
    /// The one on the `PATH`, or named by `SKIFF_TERRAFORM`; `None` when it is missing and may be, which is said on
    /// standard error.
    ///
    /// # Errors
    /// A sentence when it is missing and required.
    pub fn find() -> Result<Option<Self>, String> {
        Ok(TERRAFORM.find()?.map(|program| Self { program }))
    }

    /// Runs it in a folder with more variables in its environment, and gives its standard output.
    ///
    /// # Errors
    /// It cannot be run, or ends with another code than 0.
    pub fn run(&self, folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Result<String, Failure> {
        let mut command = self.command(folder);
        command.args(arguments).envs(environment.iter().copied());
        let line = format!("terraform {}", arguments.join(" "));
        match command.output() {
            Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            Ok(output) => Err(Failure { command: line, output: both(&output) }),
            Err(error) => Err(Failure { command: line, output: format!("{}: {error}", self.program.display()) }),
        }
    }

    /// Refuses every file below a folder that is not in Terraform's canonical form; the differences are in the error.
    ///
    /// # Errors
    /// As [`Terraform::run`].
    pub fn fmt_check(&self, folder: &Path) -> Result<(), Failure> {
        self.run(folder, &["fmt", "-check", "-diff", "-recursive", "-no-color"], &[]).map(drop)
    }

    fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.program);
        // Settings of whoever runs the tests, such as credentials, log levels or other providers, must not matter.
        let inherited = env::vars_os().filter(|(name, _)| {
            name.to_str().is_some_and(|name| ["PATH", "HOME", "TMPDIR", "SYSTEMROOT"].contains(&name))
        });
        command.env_clear().envs(inherited).current_dir(folder);
        // An empty file of settings: a missing one is a warning. It would be looked for in the home folder otherwise.
        command.env("TF_CLI_CONFIG_FILE", if cfg!(windows) { "NUL" } else { "/dev/null" });
        command.env("CHECKPOINT_DISABLE", "1").env("TF_IN_AUTOMATION", "1").env("TF_INPUT", "0");
        // A run is over before collecting garbage pays.
        command.env("GOGC", "400");
        command
    }
}

fn both(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("{}\n{out}\n{err}", output.status)
}

impl Failure {
    /// Whether these words are in what Terraform said, however it broke the lines.
    #[must_use]
    pub fn says(&self, words: &str) -> bool {
        squeezed(&self.output).contains(&squeezed(words))
    }
}

/// Without the frame that Terraform draws around a message, and with single spaces.
fn squeezed(text: &str) -> String {
    let plain = text.replace(['│', '╷', '╵'], " ");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` failed: {}", self.command, self.output)
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for String {
    fn from(failure: Failure) -> Self {
        failure.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_across_broken_lines() {
        let output = "╷\n│ Error: Unsupported argument\n│ \n│ An argument named \"colour\" is\n│ not expected here.\n╵"
            .to_owned();
        let failure = Failure { command: "terraform validate".to_owned(), output };
        assert!(failure.says("named \"colour\" is not expected"));
        assert!(!failure.says("not expected there"));
    }
}
