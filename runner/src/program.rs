//! How this executable starts itself again: as the launcher of a workload, and as the guard of a member.

use std::{env, ffi::OsString, io, path::PathBuf, process::Command};

/// The running executable, and the words that lead to the runner in it: none for `skiff-runner`, `runner` for `skiff`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    executable: PathBuf,
    name: OsString,
    words: Vec<OsString>,
}

impl Program {
    /// The running executable.
    ///
    /// # Errors
    /// The operating system does not say which file it is.
    pub fn this(words: &[&str]) -> io::Result<Self> {
        let path = env::current_exe()?;
        // The link keeps pointing at the running program when the file is replaced by a newer one (proc(5)).
        let link = PathBuf::from("/proc/self/exe");
        let executable = if link.exists() { link } else { path.clone() };
        Ok(Self { executable, name: path.into_os_string(), words: words.iter().map(OsString::from).collect() })
    }

    /// A command that starts it in a role: `launch` or `guard`.
    pub(crate) fn command(&self, role: &str) -> Command {
        use std::os::unix::process::CommandExt as _;
        let mut command = Command::new(&self.executable);
        command.arg0(&self.name).args(&self.words).arg(role);
        command
    }
}
