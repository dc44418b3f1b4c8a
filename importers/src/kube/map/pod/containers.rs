//! The containers of a pod: which is the main one, which run beside it, which before it.

use std::collections::BTreeMap;

use skiff_compiler::spec::{
    decode::Decode,
    service::Container,
    shorthand::{File, Mount},
    values::{ImageReference, Name},
};

use super::{
    environment::{Environment, Variables},
    image, mounts,
    scope::Scope,
    unplaced,
    volumes::Volumes,
};
use crate::{
    import::spanned,
    kube::{
        codes::{general, pod as codes},
        map::{context::Context, draft::Draft, workload},
        object::Field,
    },
    names,
};

/// The annotation that says which container `kubectl` means.
const DEFAULT: &str = "kubectl.kubernetes.io/default-container";

/// Containers that work with something else in the cluster only: a part of the repository, or a container's name.
static OF_A_MESH: &[(&str, &str)] = &[
    ("istio/proxyv2", "Istio"),
    ("istio-proxy", "Istio"),
    ("linkerd/proxy", "Linkerd"),
    ("linkerd2-proxy", "Linkerd"),
    ("linkerd-proxy", "Linkerd"),
    ("linkerd-init", "Linkerd"),
    ("linkerd/proxy-init", "Linkerd"),
    ("istio-init", "Istio"),
    ("envoyproxy/envoy", "Envoy"),
    ("envoy-sidecar", "Envoy"),
    ("kuma-sidecar", "Kuma"),
    ("consul-dataplane", "Consul"),
    ("daprd", "Dapr"),
    ("cloudsql-proxy", "Cloud SQL"),
    ("cloud-sql-proxy", "Cloud SQL"),
    ("gce-proxy", "Cloud SQL"),
];

/// The containers of a pod, those of a mesh left out.
#[derive(Debug)]
pub(super) struct Containers<'c> {
    pub(super) main: Field<'c>,
    /// Those that run beside the main one, also those that start before the init containers.
    pub(super) beside: Vec<Field<'c>>,
    pub(super) init: Vec<Field<'c>>,
}

impl<'c> Containers<'c> {
    /// The containers of a draft's pod; what is left out is reported.
    pub(super) fn of(draft: &Draft<'c>) -> Option<Self> {
        let (pod, named) = (draft.pod, named_default(draft));
        let main = named.or_else(|| main(pod))?;
        let is_main = |container: &Field<'_>| container.place() == main.place();
        let (init, first): (Vec<_>, Vec<_>) =
            pod.list("initContainers").filter(|it| !leaves_out(*it)).partition(|it| is_first(*it).is_none());
        let others = pod.list("containers").filter(|container| !is_main(container) && !leaves_out(*container));
        first.iter().for_each(|sidecar| say_earlier(*sidecar, &init));
        Some(Self { main, beside: others.chain(first).collect(), init })
    }

    /// The names of those beside the main one.
    pub(super) fn names(&self) -> Vec<Name> {
        self.beside.iter().enumerate().map(|(index, container)| name(*container, index)).collect()
    }

    /// All of them, in the order of their kinds.
    pub(super) fn all(&self) -> impl Iterator<Item = Field<'c>> {
        std::iter::once(self.main).chain(self.beside.iter().copied()).chain(self.init.iter().copied())
    }
}

/// The main container of a pod: the first that belongs to no mesh.
pub(in super::super) fn main(pod: Field<'_>) -> Option<Field<'_>> {
    pod.list("containers").find(|container| mesh(*container).is_none()).or_else(|| pod.list("containers").next())
}

/// The container that the pod itself names as its default.
fn named_default<'c>(draft: &Draft<'c>) -> Option<Field<'c>> {
    let annotation = draft.template?.get("annotations")?.get(DEFAULT)?;
    let name = annotation.text()?;
    let found = draft.pod.list("containers").find(|container| container.text_of("name") == Some(name));
    if found.is_some() {
        annotation.mapped_to("containers");
    }
    found
}

/// The command of a container with its arguments, as they are written.
pub(in super::super) fn words(container: Field<'_>) -> Vec<String> {
    container.list("command").chain(container.list("args")).filter_map(Field::written).map(str::to_owned).collect()
}

/// Whether it starts before the init containers and runs on: `Some(true)`.
pub(super) fn is_first(container: Field<'_>) -> Option<bool> {
    let in_init = container.path().contains("initContainers");
    (in_init && container.text_of("restartPolicy") == Some("Always")).then_some(true)
}

/// The name of a container as `skiff.yaml` has it.
pub(super) fn name(container: Field<'_>, index: usize) -> Name {
    let written = container.get("name").and_then(Field::written).filter(|name| !name.is_empty());
    written.map_or_else(|| names::tidy(&format!("container-{index}")), names::tidy)
}

/// Says of a sidecar that it does not wait for the init containers before it.
fn say_earlier(sidecar: Field<'_>, init: &[Field<'_>]) {
    let before: Vec<_> = init.iter().filter(|container| container.place() < sidecar.place()).collect();
    let (Some(last), Some(policy)) = (before.last(), sidecar.get("restartPolicy")) else { return };
    let last = last.text_of("name").unwrap_or("another container");
    let reason = format!("it starts before all init containers, and in the cluster after `{last}` has ended");
    policy.say(&general::SIDECAR_ORDER, reason, "check that it can start without what they prepare");
}

fn mesh(container: Field<'_>) -> Option<&'static str> {
    let image = container.get("image").and_then(Field::written).map(workload::repository).unwrap_or_default();
    let name = container.text_of("name").unwrap_or_default();
    OF_A_MESH.iter().find(|(known, _)| name == *known || image.ends_with(known)).map(|(_, mesh)| *mesh)
}

fn leaves_out(container: Field<'_>) -> bool {
    let Some(mesh) = mesh(container) else { return false };
    let action = match mesh {
        "Cloud SQL" => "use `databases:`, which a service reaches directly",
        _ => "let services `use` each other; serve TLS where it matters",
    };
    container.say(&codes::SIDECAR, format!("it belongs to {mesh}, which is not there on a VM"), action);
    true
}

/// What any container runs.
#[derive(Debug)]
pub(super) struct Runs {
    pub(super) image: ImageReference,
    pub(super) command: Vec<String>,
    pub(super) args: Vec<String>,
    pub(super) environment: Environment,
    pub(super) files: BTreeMap<String, File>,
    pub(super) mounts: BTreeMap<String, Mount>,
    pub(super) working_directory: Option<String>,
}

impl Runs {
    /// Reads a container; `said` is whether a moving tag was reported for the pod.
    pub(super) fn of<'c>(
        container: Field<'c>,
        draft: &mut Draft<'c>,
        volumes: &Volumes<'c>,
        context: &Context<'c>,
        said: &mut bool,
    ) -> Self {
        say_terminal(container);
        let service = draft.name.clone();
        let scope = Scope::new(draft, &service, container, context);
        let variables = Variables::of(&scope);
        let (files, mounts) = mounts::of(&scope, volumes, &variables, draft);
        unplaced::say(container, volumes, &files);
        Self {
            image: image::of(container, draft.workload.name(), said),
            command: variables.expanded(container, "command"),
            args: variables.expanded(container, "args"),
            environment: variables.finish(&scope),
            files,
            mounts,
            working_directory: container.text_of("workingDir").map(str::to_owned),
        }
    }

    /// As a container beside the main one.
    pub(super) fn into_container(self) -> Container {
        Container {
            image: spanned(self.image),
            command: self.command,
            args: self.args,
            env: self.environment.env,
            secrets: self.environment.secrets,
            facts: self.environment.facts,
            files: self.files,
            working_directory: self.working_directory,
            mounts: self.mounts,
            ..Container::fallback()
        }
    }
}

/// What a container asks of a terminal, and of its restarts.
fn say_terminal(container: Field<'_>) {
    for name in ["stdin", "tty"] {
        if let Some(field) = container.get(name).filter(|field| field.boolean() == Some(false)) {
            field.ignore("`false` is as good as absent");
        }
    }
    if let Some(policy) = container.get("restartPolicy") {
        match policy.text() {
            Some("Always") => policy.touch(),
            _ => policy.say(
                &codes::TERMINAL,
                "a container is restarted by what kind of service it is in",
                "take it away",
            ),
        }
    }
}
