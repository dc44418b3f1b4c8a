//! What a release of a service carries.

use std::collections::BTreeMap;

use serde_json::Value;
use skiff_wire::{
    Artifact, EnvironmentValue, File as FileDocument, ReleaseManifest, Resolver as ResolverDocument, Workload,
};

use super::{Lowering, identity::Secrets, service::Parts, workload};
use crate::{
    ir::Expr,
    resolve::{ResolvedUse, Target, Written, variable},
    spec::{
        decode::Spanned,
        service::{Container, InitContainer},
        shorthand::{File, FileContent, SecretReference, SecretSource},
        values::{ImageReference, Name},
        workload::Resolver,
    },
};

impl Lowering<'_> {
    pub(super) fn manifest(&self, parts: &Parts<'_>, secrets: &Secrets) -> ReleaseManifest {
        let spec = &parts.service.spec;
        let before = |(index, container)| self.before(index, container, parts, secrets);
        let beside = |(name, container)| self.beside(name, container, parts, secrets);
        ReleaseManifest {
            main: self.main(parts, secrets),
            init: spec.init.iter().enumerate().map(before).collect(),
            before: parts.service.rollout.before.clone(),
            sidecars: spec.containers.iter().map(beside).collect(),
            volumes: spec.volumes.iter().map(|(name, volume)| (name.to_string(), workload::volume(volume))).collect(),
            dns: spec.dns.as_ref().and_then(resolver),
            hosts: spec.hosts.clone(),
            sysctls: spec.sysctls.clone(),
        }
    }

    fn main(&self, parts: &Parts<'_>, secrets: &Secrets) -> Workload {
        let spec = &parts.service.spec;
        let artifact = spec.image.as_ref().map_or_else(|| bundle(parts), |image| self.image(image));
        let written = self.written(&Written::main(spec), artifact, secrets);
        let [readiness, liveness, startup] = parts.service.probes.clone();
        let mut environment: BTreeMap<_, _> =
            parts.service.uses.iter().flat_map(|used| self.connection(used)).collect();
        environment.extend(written.environment);
        let mut mounts = written.mounts;
        mounts.extend(spec.volume.as_ref().map(|volume| (volume.path.clone(), workload::whole_volume())));
        let (ports, hooks) = (parts.service.ports.clone(), parts.service.hooks.clone());
        Workload { environment, mounts, ports, readiness, liveness, startup, hooks, ..written }
    }

    fn beside(&self, name: &Name, container: &Container, parts: &Parts<'_>, secrets: &Secrets) -> Workload {
        let image = self.image(&container.image);
        let probes = parts.service.container_probes.get(name).cloned();
        let [readiness, liveness, startup] = probes.unwrap_or_default();
        Workload {
            ports: container.ports.iter().map(|(name, port)| (name.to_string(), port.value)).collect(),
            readiness,
            liveness,
            startup,
            hooks: parts.service.container_hooks.get(name).cloned().flatten(),
            first: container.first.unwrap_or(false),
            ..self.written(&Written::beside(name, container), image, secrets)
        }
    }

    fn before(&self, index: usize, container: &InitContainer, parts: &Parts<'_>, secrets: &Secrets) -> Workload {
        let image = container.image.as_ref().or(parts.service.spec.image.as_ref());
        let artifact = image.map_or_else(|| bundle(parts), |image| self.image(image));
        self.written(&Written::before(index, container), artifact, secrets)
    }

    /// What every container says of itself.
    fn written(&self, written: &Written<'_>, artifact: Artifact, secrets: &Secrets) -> Workload {
        let mut workload = workload::of(written, artifact);
        for (variable, SecretSource(source)) in written.secrets {
            if let Some(secret) = reference(source, secrets) {
                let value = EnvironmentValue::Secret { secret, key: source.key.clone() };
                workload.environment.insert(variable.to_string(), value);
            }
        }
        let files = written.files.iter().map(|(path, File(file))| (path.clone(), document(file, secrets)));
        workload.files = files.collect();
        workload
    }

    fn image(&self, image: &Spanned<ImageReference>) -> Artifact {
        let pinned = image.digest().map(str::to_owned);
        let digest = pinned.or_else(|| self.lock.images.get(image.as_str()).cloned());
        Artifact::Image { reference: image.value.to_string(), digest }
    }

    /// The variables by which a workload finds what it uses; `docs/spec.md` lists them.
    fn connection(&self, used: &ResolvedUse) -> Vec<(String, EnvironmentValue)> {
        let from = |expr: Expr| EnvironmentValue::From(json(&expr));
        match &used.target {
            _ if !used.says_where => Vec::new(),
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
}

fn bundle(parts: &Parts<'_>) -> Artifact {
    let path = parts.service.spec.bundle.as_ref().map(|bundle| bundle.value.clone());
    Artifact::Bundle { path: path.unwrap_or_default() }
}

/// Where the value of a secret is: the shell that Skiff makes, or what exists.
fn reference(source: &SecretReference, secrets: &Secrets) -> Option<Value> {
    let shell = source.name.as_ref().and_then(|name| secrets.shells.get(&name.value));
    let existing = source.arn.as_ref().map(|arn| Value::String(arn.value.to_string()));
    shell.map(|shell| json(&shell.arn())).or(existing)
}

fn document(file: &FileContent, secrets: &Secrets) -> FileDocument {
    let shell = file.secret.as_ref().and_then(|name| secrets.shells.get(&name.value));
    let default = if shell.is_some() { "0400" } else { "0644" };
    FileDocument {
        content: file.content.clone(),
        base64: file.base64.as_ref().map(|base64| base64.value.clone()),
        secret: shell.map(|shell| json(&shell.arn())),
        key: file.key.clone(),
        mode: file.mode.as_ref().map_or(default, |mode| mode.as_str()).into(),
    }
}

/// Nothing when nothing is said.
fn resolver(resolver: &Resolver) -> Option<ResolverDocument> {
    let document = ResolverDocument {
        servers: resolver.servers.iter().map(|server| server.value.clone()).collect(),
        search: resolver.search.iter().map(|domain| domain.value.to_string()).collect(),
        options: resolver.options.iter().map(|option| option.value.clone()).collect(),
    };
    (document != ResolverDocument::default()).then_some(document)
}

fn json(expr: &Expr) -> Value {
    serde_json::to_value(expr).unwrap_or_default()
}
