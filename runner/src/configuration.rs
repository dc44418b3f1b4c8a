//! What a member is told at its launch, checked.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use skiff_runtime::{
    Error, ErrorKind,
    state::{
        Ledger,
        layout::{Scope, ServiceScope},
    },
    store::folder::FolderStore,
    world::World,
};
use skiff_wire::{MemberConfiguration, MemberLife};

use crate::codes;

/// The longest configuration that is read, in bytes.
const LONGEST: u64 = 1 << 20;
/// Where cloud-init keeps the instance id (cloud-init documentation, "instance-data").
const INSTANCE_ID: &str = "/var/lib/cloud/data/instance-id";
/// Where the runner of a VM keeps what it needs.
const VM_FOLDER: &str = "/var/lib/skiff/member";

/// A member's configuration with what follows from it.
#[derive(Debug, Clone)]
pub(crate) struct Configuration {
    /// As it was written.
    pub(crate) document: MemberConfiguration,
    /// The member's instance id.
    pub(crate) instance: String,
    /// The member's folder.
    pub(crate) folder: PathBuf,
}

impl Configuration {
    /// Reads and checks a configuration.
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let document = parse(path)?;
        let (instance, folder) = match &document.local {
            Some(local) => (local.instance.clone(), PathBuf::from(&local.folder)),
            None => (vm_instance(path)?, PathBuf::from(VM_FOLDER)),
        };
        let folder = std::path::absolute(&folder).map_err(|error| bad(path, &error.to_string()))?;
        Ok(Self { document, instance, folder })
    }

    /// Application and environment.
    pub(crate) fn scope(&self) -> Scope {
        Scope::new(&self.document.app, &self.document.environment)
    }

    /// The service's place in the ledger.
    pub(crate) fn service(&self) -> ServiceScope {
        self.scope().service(&self.document.service)
    }

    /// How the member lives and stops; what is not said is 30 seconds of grace, and no draining of its own.
    pub(crate) fn life(&self) -> MemberLife {
        self.document.life.clone().unwrap_or_else(|| MemberLife {
            kind: "web".into(),
            grace_seconds: 30,
            drain_seconds: 0,
            timeout_seconds: None,
            retries: 0,
        })
    }

    /// Whether the member shares its machine with others, whose files and settings are not its own.
    pub(crate) fn is_local(&self) -> bool {
        self.document.local.is_some()
    }

    /// The port that a workload listens on in the place of a declared one.
    pub(crate) fn port(&self, declared: u16) -> u16 {
        let replaced = self.document.local.as_ref().and_then(|local| local.ports.get(&declared));
        replaced.copied().unwrap_or(declared)
    }

    /// The ledger.
    pub(crate) fn ledger(&self, world: &World) -> Result<Ledger, Error> {
        let root = &self.document.state_root;
        if root.contains("://") {
            let message = format!("the ledger is `{root}`, and this runner reads ledgers in folders");
            return Err(Error::new(&codes::NO_SUCH_STORE, ErrorKind::Usage, message)
                .hint("use a folder as `state_root`, or a runner that is built for that store"));
        }
        open(Path::new(root), world)
    }
}

/// A ledger in a folder.
pub(crate) fn open(folder: &Path, world: &World) -> Result<Ledger, Error> {
    let store = FolderStore::open(folder)
        .map_err(|error| Error::new(&codes::LEDGER_UNREADABLE, ErrorKind::Unavailable, error.to_string()))?;
    Ok(Ledger::new(Arc::new(store), world.clone()))
}

fn parse(path: &Path) -> Result<MemberConfiguration, Error> {
    let length = fs::metadata(path).map_err(|error| bad(path, &error.to_string()))?.len();
    if length > LONGEST {
        return Err(bad(path, &format!("it has {length} bytes, and {LONGEST} is the most")));
    }
    let text = fs::read(path).map_err(|error| bad(path, &error.to_string()))?;
    let document: MemberConfiguration = serde_json::from_slice(&text).map_err(|error| bad(path, &error.to_string()))?;
    match document.schema.as_str() {
        MemberConfiguration::SCHEMA => Ok(document),
        other => Err(bad(path, &format!("its schema is `{other}`, not `{}`", MemberConfiguration::SCHEMA))),
    }
}

fn vm_instance(path: &Path) -> Result<String, Error> {
    let id = fs::read_to_string(INSTANCE_ID)
        .map_err(|error| bad(path, &format!("it names no instance, and `{INSTANCE_ID}` cannot be read: {error}")))?;
    Ok(id.trim().to_owned())
}

fn bad(path: &Path, why: &str) -> Error {
    Error::new(&codes::BAD_CONFIGURATION, ErrorKind::Usage, format!("could not use `{}`: {why}", path.display()))
        .hint("the configuration is one JSON object of the schema `skiff.dev/member/v1`")
}
