//! What a command that acts works on: a spec, an environment, and the ledger.

pub(crate) mod manifest;
pub(crate) mod order;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use skiff_runtime::{
    Error,
    engine::{Driver, Engine, Outside},
    gate::source::Real,
    local::{LocalCloud, Place, Programs, pin},
    provider, shadow,
    state::{Ledger, layout::Scope},
    store::{StoreError, folder::FolderStore},
    world::World,
};
use skiff_wire::{Finding, Motion};

use crate::{
    action,
    failure::Failure,
    project::{Compiled, Project},
    words,
};

/// On what a command acts.
#[derive(Debug, Clone, Args)]
pub(crate) struct OperatingArguments {
    /// The spec
    #[arg(long, value_name = "FILE", default_value = "skiff.yaml", help_heading = "Place")]
    pub(crate) spec: PathBuf,
    /// The environment, when the spec declares several
    #[arg(long = "env", value_name = "ENVIRONMENT", help_heading = "Place")]
    pub(crate) environment: Option<String>,
    /// The ledger: a folder; `.skiff` beside the spec when it is not named
    #[arg(long, value_name = "DIR", help_heading = "Place")]
    pub(crate) state: Option<PathBuf>,
}

/// A spec that compiles, and the ledger of one of its environments.
pub(crate) struct Operating {
    /// The spec and its lock.
    pub(crate) project: Project,
    /// What it compiles to.
    pub(crate) compiled: Compiled,
    /// Application and environment.
    pub(crate) scope: Scope,
    /// The ledger's folder.
    pub(crate) state: PathBuf,
    /// The ledger.
    pub(crate) ledger: Ledger,
}

impl OperatingArguments {
    /// Compiles the spec and opens the ledger; nothing is written.
    pub(crate) fn open(&self) -> Result<Operating, Failure> {
        let project = Project::open(&self.spec)?;
        let compiled = project.plan(self.environment.as_deref(), &project.lock)?;
        let scope = Scope::new(&compiled.plan.app, &compiled.plan.environment);
        let state = self.folder();
        let ledger = open_ledger(&state)?;
        Ok(Operating { project, compiled, scope, state, ledger })
    }

    /// The words that name this place on a command line, as few as will do.
    pub(crate) fn words(&self) -> Vec<String> {
        let spec = Some(self.spec.display().to_string()).filter(|spec| spec != "skiff.yaml");
        let state = self.state.as_ref().map(|state| state.display().to_string());
        let flags = [("--spec", spec), ("--env", self.environment.clone()), ("--state", state)];
        flags.into_iter().flat_map(|(flag, value)| value.map(|value| [flag.to_owned(), value])).flatten().collect()
    }

    /// The ledger's folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.state.clone().unwrap_or_else(|| self.spec.with_file_name(".skiff"))
    }
}

impl Operating {
    /// The cloud on this machine.
    pub(crate) fn cloud(&self) -> Result<LocalCloud, Failure> {
        Ok(LocalCloud::at(&self.state, Programs::this()?))
    }

    /// An engine on this ledger, with its doors to what is outside of ledger and provider.
    pub(crate) fn engine(&self, motion: Arc<dyn provider::Motion>, driver: Driver) -> Engine {
        let outside =
            Outside { sources: Arc::new(Real::new(self.base_or_here())), requests: Arc::new(shadow::Client::new()) };
        Engine::new(self.ledger.clone(), motion, driver).asking(outside)
    }

    /// The digest of the trust root to start from: what members pin, `None` while nothing is pinned.
    pub(crate) fn trust_pin(&self) -> Option<String> {
        // A pin that cannot be read is no leave to trust whatever there is: no root has these words as its digest.
        pin::read(&Place::of(&self.state)).unwrap_or_else(|error| Some(error.to_string()))
    }

    /// The folder of the spec, to which the paths of bundles are relative.
    pub(crate) fn base(&self) -> PathBuf {
        self.project.lock_path.parent().map_or_else(PathBuf::new, Path::to_owned)
    }

    /// The same, as a folder that can be worked in.
    fn base_or_here(&self) -> PathBuf {
        let base = self.base();
        if base.as_os_str().is_empty() { PathBuf::from(".") } else { base }
    }

    /// What a service's plan says of its motion.
    pub(crate) fn motion(&self, service: &str) -> Result<&Motion, Failure> {
        let services = &self.compiled.plan.services;
        services.get(service).ok_or_else(|| {
            let names: Vec<_> = services.keys().map(|name| format!("`{name}`")).collect();
            Failure::not_found(format!("there is no service `{service}` in the spec"))
                .hint(format!("it has {}", words::list(&names)))
        })
    }
}

/// Opens the ledger in a folder; it is made with the first write.
pub(crate) fn open_ledger(folder: &Path) -> Result<Ledger, Failure> {
    if folder.exists() && !folder.is_dir() {
        return Err(Failure::usage(format!("`{}` is no folder, so no ledger can be in it", folder.display()))
            .hint("name a folder with `--state`"));
    }
    let store = FolderStore::open(folder).map_err(store_failure)?;
    Ok(Ledger::new(Arc::new(store), World::real()))
}

/// What a store says, as a failure of the command.
pub(crate) fn store_failure(error: StoreError) -> Failure {
    Error::from(error).into()
}

/// Runs what waits, on one thread.
pub(crate) fn wait_for<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::defect(format!("no event loop could be started: {error}")))?
        .block_on(future)
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = error.code();
        let finding = Finding {
            code: code.id.into(),
            severity: code.severity,
            message: error.message().into(),
            file: None,
            line: None,
            column: None,
            hint: error.advice().map(str::to_owned),
            subject: None,
        };
        let word = code.name.to_uppercase().replace('-', "_");
        let failure = Self::new(word, error.kind().exit(), error.message());
        let failure = match error.advice() {
            Some(advice) => failure.hint(advice),
            None => failure,
        };
        failure.finding(finding).action(action::look(
            &format!("explain-{}", code.id),
            &["explain", code.id],
            format!("the manual page of `{}`", code.id),
        ))
    }
}

#[cfg(test)]
mod tests {
    use skiff_runtime::store::StoreErrorKind;
    use skiff_wire::ExitCode;

    use super::*;

    #[test]
    fn a_store_that_fails_says_how() {
        let exit = |kind| {
            let error = StoreError { kind, key: "trust/root.1.json".into(), message: "it is so".into() };
            let outcome = store_failure(error).into_outcome();
            assert!(outcome.hint.is_some() && outcome.summary.contains("`trust/root.1.json`"), "{outcome:?}");
            outcome.exit
        };
        assert_eq!(exit(StoreErrorKind::Denied), ExitCode::NotAuthorised);
        assert_eq!(exit(StoreErrorKind::Unavailable), ExitCode::Provider);
        assert_eq!(exit(StoreErrorKind::Ambiguous), ExitCode::OutcomeUnknown);
        assert_eq!(exit(StoreErrorKind::Precondition), ExitCode::Conflict);
        assert_eq!(exit(StoreErrorKind::Damaged), ExitCode::InputErrors);
    }
}
