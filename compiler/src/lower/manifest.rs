//! What a release of a service carries.

use std::collections::BTreeMap;

use serde_json::Value;
use skiff_wire::{
    Artifact, Command, EnvironmentValue, File as FileDocument, Mount as MountDocument, ReleaseManifest,
    Volume as VolumeDocument, Workload,
};

use super::{Lowering, identity::Secrets, service::Parts};
use crate::{
    ir::Expr,
    resolve::{ResolvedUse, Target, variable},
    spec::{
        decode::Spanned,
        service::{Container, InitContainer, Medium, Volume},
        shorthand::{File, Mount, MountOf, SecretSource},
        values::{ImageReference, Name, VariableName},
    },
};

impl Lowering<'_> {
    pub(super) fn manifest(&self, parts: &Parts<'_>, secrets: &Secrets) -> ReleaseManifest {
        let spec = &parts.service.spec;
        ReleaseManifest {
            main: self.main(parts, secrets),
            init: spec.init.iter().map(|container| self.init(container, parts)).collect(),
            volumes: spec.volumes.iter().map(|(name, volume)| (name.to_string(), document(volume))).collect(),
            sidecars: spec.containers.iter().map(|(name, container)| self.sidecar(name, container, parts)).collect(),
        }
    }

    fn main(&self, parts: &Parts<'_>, secrets: &Secrets) -> Workload {
        let spec = &parts.service.spec;
        let [readiness, liveness, startup] = parts.service.probes.clone();
        let mut mounts = mounts(&spec.mounts);
        if let Some(volume) = &spec.volume {
            let whole = MountDocument { volume: "volume".into(), path: None, read_only: false };
            mounts.insert(volume.path.clone(), whole);
        }
        Workload {
            name: "main".into(),
            artifact: match (&spec.image, &spec.bundle) {
                (Some(image), _) => self.image(image),
                (None, bundle) => {
                    Artifact::Bundle { path: bundle.as_ref().map(|bundle| bundle.value.clone()).unwrap_or_default() }
                }
            },
            command: Command {
                command: spec.command.clone(),
                arguments: spec.args.clone(),
                working_directory: spec.working_directory.clone(),
            },
            environment: self.environment_of(parts, secrets),
            files: spec
                .files
                .iter()
                .map(|(path, File(file))| {
                    let secret = file
                        .secret
                        .as_ref()
                        .and_then(|name| secrets.shells.get(&name.value))
                        .map(|shell| json(&shell.arn()));
                    let mode =
                        file.mode.as_ref().map_or(if secret.is_some() { "0400" } else { "0644" }, |mode| mode.as_str());
                    (path.clone(), FileDocument { content: file.content.clone(), mode: mode.into(), secret })
                })
                .collect(),
            ports: parts.service.ports.clone(),
            mounts,
            readiness,
            liveness,
            startup,
        }
    }

    fn image(&self, image: &Spanned<ImageReference>) -> Artifact {
        let pinned = image.digest().map(str::to_owned);
        let digest = pinned.or_else(|| self.lock.images.get(image.as_str()).cloned());
        Artifact::Image { reference: image.value.to_string(), digest }
    }

    fn environment_of(&self, parts: &Parts<'_>, secrets: &Secrets) -> BTreeMap<String, EnvironmentValue> {
        let spec = &parts.service.spec;
        let mut environment = BTreeMap::new();
        for used in &parts.service.uses {
            environment.extend(self.connection(used));
        }
        environment.extend(plain(&spec.env));
        for (variable, SecretSource(source)) in &spec.secrets {
            let shell =
                source.name.as_ref().and_then(|name| secrets.shells.get(&name.value)).map(|shell| json(&shell.arn()));
            let existing = source.arn.as_ref().map(|arn| Value::String(arn.value.to_string()));
            if let Some(secret) = shell.or(existing) {
                let value = EnvironmentValue::Secret { secret, key: source.key.clone() };
                environment.insert(variable.to_string(), value);
            }
        }
        environment
    }

    /// The variables by which a workload finds what it uses; `docs/spec.md` lists them.
    fn connection(&self, used: &ResolvedUse) -> Vec<(String, EnvironmentValue)> {
        let from = |expr: Expr| EnvironmentValue::From(json(&expr));
        match &used.target {
            Target::Database(name) => {
                let Some(database) = self.shared.databases.get(name) else { return Vec::new() };
                let secret = json(&database.instance.master_secret_arn());
                let password = EnvironmentValue::Secret { secret, key: Some("password".into()) };
                let plain = |text: &str| EnvironmentValue::Value(text.to_owned());
                vec![
                    (variable(name, "HOST"), from(database.instance.endpoint_address())),
                    (variable(name, "PORT"), from(database.instance.endpoint_port())),
                    (variable(name, "NAME"), plain(&database.name_within)),
                    (variable(name, "USER"), plain(super::data::MASTER_USER)),
                    (variable(name, "PASSWORD"), password),
                ]
            }
            Target::Queue(name) => {
                let queue = self.shared.queues.get(name);
                queue.map(|queue| (variable(name, "QUEUE_URL"), from(queue.url()))).into_iter().collect()
            }
            Target::Bucket(name) => {
                let bucket = self.shared.buckets.get(name);
                bucket.map(|bucket| (variable(name, "BUCKET"), from(bucket.name()))).into_iter().collect()
            }
            Target::Service(name) => self.service_url(name).into_iter().collect(),
        }
    }

    fn service_url(&self, name: &Name) -> Option<(String, EnvironmentValue)> {
        let (_, domain) = self.shared.discovery.own_zone.as_ref()?;
        let port = self.resolved.services.get(name)?.ports.get("main")?;
        let url = format!("http://{name}.{domain}:{port}");
        Some((variable(name, "URL"), EnvironmentValue::Value(url)))
    }

    fn sidecar(&self, name: &Name, container: &Container, parts: &Parts<'_>) -> Workload {
        let ports: BTreeMap<_, _> = container.ports.iter().map(|(name, port)| (name.to_string(), port.value)).collect();
        let probes = parts.service.container_probes.get(name).cloned();
        let [readiness, liveness, startup] = probes.unwrap_or_default();
        Workload {
            artifact: self.image(&container.image),
            command: Command {
                command: container.command.clone(),
                arguments: container.args.clone(),
                working_directory: None,
            },
            environment: plain(&container.env),
            mounts: mounts(&container.mounts),
            ports,
            readiness,
            liveness,
            startup,
            ..bare(name.as_str())
        }
    }

    fn init(&self, container: &InitContainer, parts: &Parts<'_>) -> Workload {
        let image = container.image.as_ref().or(parts.service.spec.image.as_ref());
        let bundle = parts.service.spec.bundle.as_ref().map(|bundle| bundle.value.clone()).unwrap_or_default();
        Workload {
            artifact: image.map_or(Artifact::Bundle { path: bundle }, |image| self.image(image)),
            command: Command {
                command: container.command.clone(),
                arguments: container.args.clone(),
                working_directory: None,
            },
            environment: plain(&container.env),
            mounts: mounts(&container.mounts),
            ..bare(container.name.as_str())
        }
    }
}

fn document(volume: &Volume) -> VolumeDocument {
    VolumeDocument {
        medium: volume.medium.unwrap_or(Medium::Disk).word().into(),
        size_mib: volume.size.map(|size| size.0),
    }
}

/// A workload with nothing but a name.
fn bare(name: &str) -> Workload {
    Workload {
        name: name.into(),
        artifact: Artifact::Bundle { path: String::new() },
        command: Command::default(),
        environment: BTreeMap::new(),
        files: BTreeMap::new(),
        ports: BTreeMap::new(),
        mounts: BTreeMap::new(),
        readiness: None,
        liveness: None,
        startup: None,
    }
}

fn plain(variables: &BTreeMap<VariableName, Spanned<String>>) -> BTreeMap<String, EnvironmentValue> {
    variables.iter().map(|(name, value)| (name.to_string(), EnvironmentValue::Value(value.value.clone()))).collect()
}

fn mounts(mounts: &BTreeMap<String, Mount>) -> BTreeMap<String, MountDocument> {
    let document = |MountOf { volume, path, read_only, .. }: &MountOf| MountDocument {
        volume: volume.value.to_string(),
        path: path.as_ref().map(|path| path.value.clone()),
        read_only: read_only.unwrap_or(false),
    };
    mounts.iter().map(|(at, Mount(mount))| (at.clone(), document(mount))).collect()
}

fn json(expr: &Expr) -> Value {
    serde_json::to_value(expr).unwrap_or_default()
}
