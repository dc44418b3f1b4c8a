//! Where everything of the local provider is, below its state folder.
//!
//! ```text
//! <state>/local/supervisor.{lock,json,log}   the process that is "the cloud": its lock, who it is, what it says
//! <state>/local/supervisor.sock              where it answers; elsewhere when that path is too long for a socket
//! <state>/local/balancer.{sock,log}          the load balancer's control socket; what it says when it fails
//! <state>/local/cloud/up.json                that it is meant to be up, and on which port
//! <state>/local/cloud/scopes/<app>.<env>.json   what is wanted: resources, weights, capacities, epochs
//! <state>/local/cloud/members/<instance>.json   each member: its process, its ports, where it is in its life
//! <state>/local/cloud/runs/<hash>.json       how a command ended that ran once before a rollout, by its token
//! <state>/local/members/<instance>/          a member's own folder: configuration, bundles, files, logs
//! <state>/local/volumes/<app>.<env>.<service>/  the volume of a stateful member, which outlives it
//! <state>/local/trust-pin                    the trust root that members start from
//! ```

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{
    error::{Error, ErrorKind},
    local::codes,
    state::layout::{Scope, ServiceScope},
};

/// The longest path that a Unix socket may have on every system, with room to spare (`sun_path`, unix(7): 108 on Linux).
const SOCKET_PATH: usize = 100;

/// The paths of one state folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    state: PathBuf,
}

impl Place {
    /// The paths below a state folder, which need not be there yet.
    #[must_use]
    pub fn of(state: &Path) -> Self {
        let absolute = std::path::absolute(state).unwrap_or_else(|_| state.to_owned());
        Self { state: canonical(&absolute) }
    }

    /// The state folder itself, absolute.
    #[must_use]
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// Everything of the local provider.
    #[must_use]
    pub fn local(&self) -> PathBuf {
        self.state.join("local")
    }

    /// What is wanted.
    #[must_use]
    pub fn cloud(&self) -> PathBuf {
        self.local().join("cloud")
    }

    /// What is wanted of an application in an environment.
    #[must_use]
    pub fn scope(&self, scope: &Scope) -> PathBuf {
        self.cloud().join("scopes").join(format!("{}.{}.json", scope.app, scope.environment))
    }

    /// The records of all members.
    #[must_use]
    pub fn records(&self) -> PathBuf {
        self.cloud().join("members")
    }

    /// The record of a member.
    #[must_use]
    pub fn record(&self, instance: &str) -> PathBuf {
        self.records().join(format!("{instance}.json"))
    }

    /// How a `before` command ended, by the token that it was asked for with.
    #[must_use]
    pub fn run(&self, token: &str) -> PathBuf {
        self.runs().join(format!("{}.json", digest(token.as_bytes(), 16)))
    }

    /// How all of them ended.
    #[must_use]
    pub fn runs(&self) -> PathBuf {
        self.cloud().join("runs")
    }

    /// A member's own folder.
    #[must_use]
    pub fn member(&self, instance: &str) -> PathBuf {
        self.local().join("members").join(instance)
    }

    /// The volume of a stateful service.
    #[must_use]
    pub fn volume(&self, service: &ServiceScope) -> PathBuf {
        let name = format!("{}.{}.{}", service.scope.app, service.scope.environment, service.service);
        self.local().join("volumes").join(name)
    }

    /// That it is meant to be up.
    #[must_use]
    pub fn up(&self) -> PathBuf {
        self.cloud().join("up.json")
    }

    /// The load balancer's process.
    #[must_use]
    pub fn balancer(&self) -> PathBuf {
        self.cloud().join("balancer.json")
    }

    /// The supervisor's process.
    #[must_use]
    pub fn supervisor(&self) -> PathBuf {
        self.local().join("supervisor.json")
    }

    /// The lock that the one supervisor holds.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.local().join("supervisor.lock")
    }

    /// What the supervisor says.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.local().join("supervisor.log")
    }

    /// What the supervisor said on its standard streams, which is nothing unless it fails.
    #[must_use]
    pub fn said(&self) -> PathBuf {
        self.local().join("supervisor.err")
    }

    /// Why the supervisor did not start.
    #[must_use]
    pub fn failure(&self) -> PathBuf {
        self.local().join("supervisor-failure.json")
    }

    /// The trust root that members start from.
    #[must_use]
    pub fn trust_pin(&self) -> PathBuf {
        self.local().join("trust-pin")
    }

    /// Where the encrypted secrets are.
    #[must_use]
    pub fn secrets(&self) -> PathBuf {
        self.local().join("secrets")
    }

    /// Where the supervisor answers.
    #[must_use]
    pub fn supervisor_socket(&self) -> PathBuf {
        self.socket("supervisor.sock")
    }

    /// Where the load balancer takes its configuration.
    #[must_use]
    pub fn balancer_socket(&self) -> PathBuf {
        self.socket("balancer.sock")
    }

    /// What tells the processes of this state folder from all others: in the environment of each of them.
    #[must_use]
    pub fn mark(&self) -> String {
        digest(self.state.as_os_str().as_encoded_bytes(), 8)
    }

    /// A socket beside the rest, or by a hash of the path where that is too long for a socket.
    fn socket(&self, name: &str) -> PathBuf {
        let near = self.local().join(name);
        if near.as_os_str().len() <= SOCKET_PATH {
            return near;
        }
        runtime_folder().join(format!("{}-{name}", self.mark()))
    }

    /// Makes the folder of a socket when it is not below the state folder; only its owner may enter.
    pub(crate) fn prepare_sockets(&self) -> Result<(), Error> {
        for socket in [self.supervisor_socket(), self.balancer_socket()] {
            let Some(folder) = socket.parent().filter(|folder| !folder.starts_with(&self.state)) else { continue };
            private_folder(folder).map_err(|error| cannot_write(folder, &error))?;
        }
        Ok(())
    }
}

/// The first bytes of a SHA-256, in hexadecimal.
fn digest(bytes: &[u8], length: usize) -> String {
    Sha256::digest(bytes).iter().take(length).map(|byte| format!("{byte:02x}")).collect()
}

/// The path without symbolic links as far as it exists, so that it has the same name before and after it is made.
fn canonical(path: &Path) -> PathBuf {
    match (path.canonicalize(), path.parent(), path.file_name()) {
        (Ok(there), _, _) => there,
        (Err(_), Some(parent), Some(name)) => canonical(parent).join(name),
        _ => path.to_owned(),
    }
}

/// A short folder for sockets: the session's, or one of the user's own.
fn runtime_folder() -> PathBuf {
    let session = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let short = session.filter(|folder| folder.is_dir() && folder.as_os_str().len() < 40);
    let own = || PathBuf::from(format!("/tmp/skiff-{}", rustix::process::getuid().as_raw()));
    short.map_or_else(own, |folder| folder.join("skiff"))
}

/// Makes a folder that only its owner may enter, and refuses one that somebody else has made.
fn private_folder(folder: &Path) -> io::Result<()> {
    match fs::DirBuilder::new().recursive(true).mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let metadata = fs::symlink_metadata(folder)?;
    if !metadata.is_dir() || metadata.uid() != rustix::process::getuid().as_raw() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it belongs to somebody else"));
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

/// That a path could not be written, with what the caller can do about it.
pub(crate) fn cannot_write(path: &Path, error: &io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorKind::NotAuthorised,
        _ => ErrorKind::Unavailable,
    };
    let hint = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            "make room on that disk, then run the same command again"
        }
        _ => "make the folder writable for you, or name another with `--state`",
    };
    let message = format!("`{}` could not be written: {error}", path.display());
    Error::new(&codes::CANNOT_WRITE, kind, message).hint(hint)
}
