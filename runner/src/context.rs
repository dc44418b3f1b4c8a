//! What all workloads of a member share.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use skiff_runtime::Error;
use skiff_wire::{Artifact, MemberLife, ReleaseManifest, Workload};

use crate::{
    boot::{Booted, Sources},
    bundle::Bundles,
    codes,
    configuration::Configuration,
    control_group::ControlGroups,
    folder::Folder,
    log::Logs,
    metrics::Metrics,
    program::Program,
    security::Powers,
    space::Volumes,
    variables::{
        Facts,
        secret::{self, Secrets},
    },
    workload::{board::Board, engine::Engine},
};

/// The member as its workloads know it.
pub(crate) struct Context {
    /// Its configuration.
    pub(crate) configuration: Arc<Configuration>,
    /// Its folder.
    pub(crate) folder: Folder,
    /// How a launcher is started.
    pub(crate) program: Program,
    /// Its logs.
    pub(crate) logs: Logs,
    /// What its workloads are at.
    pub(crate) board: Board,
    /// What is counted.
    pub(crate) metrics: Metrics,
    /// The verified release.
    pub(crate) booted: Booted,
    /// The unpacked bundles.
    pub(crate) bundles: Bundles,
    /// Where secrets come from.
    pub(crate) secrets: Box<dyn Secrets>,
    /// What manifests may ask of the member.
    pub(crate) facts: Facts,
    /// The volumes.
    pub(crate) volumes: Volumes,
    /// What the runner may do.
    pub(crate) powers: Powers,
    /// Limited groups, or why there are none; absent when no workload has limits.
    pub(crate) groups: Option<Result<ControlGroups, String>>,
    /// What runs containers; absent when no workload is one.
    pub(crate) engine: Option<Engine>,
    /// How the member lives and stops.
    pub(crate) life: MemberLife,
    /// When the runner was started.
    pub(crate) since: Instant,
}

impl Context {
    /// Makes everything that is needed before the first start.
    pub(crate) async fn make(
        sources: &Sources,
        program: Program,
        logs: &Logs,
        metrics: Metrics,
        board: &Board,
        since: Instant,
        mut booted: Booted,
    ) -> Result<Self, Error> {
        let configuration = Arc::new(sources.configuration.clone());
        let manifest = &booted.release.predicate.manifest;
        let volumes = Volumes::make(&configuration, &sources.folder, manifest, logs)?;
        let needs_engine = all(manifest).any(|workload| matches!(workload.artifact, Artifact::Image { .. }));
        let engine = if needs_engine { Some(Engine::find().await?) } else { None };
        let limited = all(manifest).any(|workload| workload.limits.is_some() && is_bundle(workload));
        say_left_out(manifest, logs);
        Ok(Self {
            folder: sources.folder.clone(),
            program,
            logs: logs.clone(),
            board: board.clone(),
            since,
            metrics,
            secrets: secret::of(&configuration),
            facts: Facts::of(&configuration, &booted.release.id),
            volumes,
            powers: Powers::own(configuration.is_local()),
            groups: limited.then(ControlGroups::make),
            engine,
            life: configuration.life(),
            bundles: Bundles::new(sources, logs, std::mem::take(&mut booted.bundles))?,
            booted,
            configuration,
        })
    }

    /// How the release is run.
    pub(crate) fn manifest(&self) -> &ReleaseManifest {
        &self.booted.release.predicate.manifest
    }
}

/// Every workload of a release.
pub(crate) fn all(manifest: &ReleaseManifest) -> impl Iterator<Item = &Workload> {
    std::iter::once(&manifest.main).chain(&manifest.init).chain(&manifest.sidecars)
}

fn is_bundle(workload: &Workload) -> bool {
    matches!(workload.artifact, Artifact::Bundle { .. })
}

/// Settings of a machine that a bundle shares with everything else on it.
fn say_left_out(manifest: &ReleaseManifest, logs: &Logs) {
    if !all(manifest).any(is_bundle) {
        return;
    }
    let settings = BTreeMap::from([
        ("dns", manifest.dns.is_some()),
        ("hosts", !manifest.hosts.is_empty()),
        ("sysctls", !manifest.sysctls.is_empty()),
    ]);
    for (setting, _) in settings.into_iter().filter(|(_, is_set)| *is_set) {
        let id = codes::NOT_HONOURED.id;
        logs.say(None, &format!("`{setting}` is not done for bundles: the machine's own settings hold [{id}]"));
    }
}
