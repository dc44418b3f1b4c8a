//! Which programs the local provider starts.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::{Path, PathBuf},
};

use crate::{
    error::{Error, ErrorKind},
    local::codes,
};

/// A program with the arguments that make it what it is; what differs from one start to the next is appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The executable.
    pub path: PathBuf,
    /// Its first arguments.
    pub arguments: Vec<OsString>,
    /// Variables that it gets beside those of [`Programs`]' starter.
    pub environment: BTreeMap<OsString, OsString>,
}

impl Program {
    /// An executable with its first arguments.
    #[must_use]
    pub fn new(path: &Path, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(OsString::from).collect();
        Self { path: path.to_owned(), arguments, environment: BTreeMap::new() }
    }
}

/// The three programs of the local provider; one executable is all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs {
    /// The supervisor; `--state DIR` and `--port N` are appended.
    pub supervisor: Program,
    /// The load balancer; `--control SOCKET` is appended, and its standard input is the listening socket.
    pub balancer: Program,
    /// The runner of a member; `--config FILE` is appended.
    pub runner: Program,
}

impl Programs {
    /// The hidden commands of an executable that is `skiff`.
    #[must_use]
    pub fn of(executable: &Path) -> Self {
        Self {
            supervisor: Program::new(executable, &["local", "supervise"]),
            balancer: Program::new(executable, &["local", "balance"]),
            runner: Program::new(executable, &["runner"]),
        }
    }

    /// The hidden commands of the executable that runs now.
    ///
    /// # Errors
    /// An operating system that does not say where that is.
    pub fn this() -> Result<Self, Error> {
        let failed = |error: std::io::Error| {
            let message = format!("the path of the running executable could not be found: {error}");
            Error::new(&codes::NOT_STARTED, ErrorKind::Internal, message)
        };
        std::env::current_exe().map(|path| Self::of(&path)).map_err(failed)
    }
}
