//! A pod's containers, and what they say of themselves.

mod claims;
mod containers;
mod contents;
mod environment;
mod files;
mod hooks;
mod image;
mod mounts;
mod network;
mod placement;
mod ports;
mod probes;
pub(super) mod resources;
mod scope;
mod security;
mod unplaced;
mod volumes;

use skiff_compiler::spec::{
    decode::Decode,
    service::{Container, InitContainer},
};

use super::{config, context::Context, draft::Draft};
use crate::{
    import::spanned,
    kube::{
        codes::{general, pod as codes},
        object::{Field, Object},
    },
};
use containers::{Containers, Runs};
pub(super) use containers::{main, words};
pub(super) use image::pull_secrets;

/// Fills a draft from its pod.
pub(crate) fn fill<'c>(draft: &mut Draft<'c>, context: &Context<'c>) {
    let Some(containers) = Containers::of(draft) else { return };
    say_pod(draft);
    config::join_account(draft, context);
    let names = containers.names();
    let sized: Vec<_> = std::iter::once(containers.main).chain(containers.beside.iter().copied()).collect();
    resources::size(draft, &sized, context);
    ports::collect(draft, &containers);
    let volumes = volumes::collect(draft, &containers, context);
    let mut said = false;
    fill_main(draft, containers.main, &volumes, context, &mut said);
    for (container, name) in containers.beside.iter().zip(&names) {
        let container = *container;
        if draft.service.containers.contains_key(name) {
            let reason = format!("another container is called `{name}`, and the API refuses that");
            container.say(&general::DUPLICATE_OBJECT, reason, "rename one of them");
            continue;
        }
        container.is_container(format!("containers.{name}"));
        let runs = Runs::of(container, draft, &volumes, context, &mut said);
        let beside = Container {
            ports: ports::named(container, draft),
            health: probes::health(container),
            security: security::of(container, draft.pod),
            limits: resources::limits(container, context),
            hooks: hooks::of(container),
            first: containers::is_first(container),
            ..runs.into_container()
        };
        draft.service.containers.insert(name.clone(), beside);
    }
    for container in &containers.init {
        fill_init(draft, *container, &volumes, context, &mut said);
    }
    hooks::stop(draft);
    placement::apply(draft);
    network::apply(draft);
}

fn fill_main<'c>(
    draft: &mut Draft<'c>,
    main: Field<'c>,
    volumes: &volumes::Volumes<'c>,
    context: &Context<'c>,
    said: &mut bool,
) {
    if let Some(name) = main.get("name") {
        name.ignore("the main container is called like its service");
    }
    let runs = Runs::of(main, draft, volumes, context, said);
    let service = &mut draft.service;
    service.image = Some(spanned(runs.image));
    (service.command, service.args) = (runs.command, runs.args);
    service.working_directory = runs.working_directory;
    (service.env, service.secrets, service.facts) =
        (runs.environment.env, runs.environment.secrets, runs.environment.facts);
    (service.files, service.mounts) = (runs.files, runs.mounts);
    service.health = probes::health(main);
    service.security = security::of(main, draft.pod);
    service.limits = resources::limits(main, context);
    service.hooks = hooks::of(main);
}

fn fill_init<'c>(
    draft: &mut Draft<'c>,
    container: Field<'c>,
    volumes: &volumes::Volumes<'c>,
    context: &Context<'c>,
    said: &mut bool,
) {
    container.is_container("init[]");
    let runs = Runs::of(container, draft, volumes, context, said);
    let own = draft.service.image.as_ref().is_none_or(|image| image.value != runs.image);
    let name = containers::name(container, draft.service.init.len());
    let init = InitContainer {
        name,
        image: own.then(|| spanned(runs.image)),
        command: runs.command,
        args: runs.args,
        env: runs.environment.env,
        secrets: runs.environment.secrets,
        facts: runs.environment.facts,
        files: runs.files,
        working_directory: runs.working_directory,
        mounts: runs.mounts,
        security: security::of(container, draft.pod),
        limits: resources::limits(container, context),
        ..InitContainer::fallback()
    };
    draft.service.init.push(init);
}

/// What the pod says of all its containers.
fn say_pod(draft: &Draft<'_>) {
    security::overridden(draft.pod);
    draft.template.into_iter().for_each(security::annotations);
    pull_secrets(draft.pod, draft.pod);
    if let Some(policy) = draft.pod.get("restartPolicy") {
        let fits = match policy.text() {
            Some("Always") => draft.workload.kind() != "CronJob",
            Some("OnFailure" | "Never") => draft.workload.kind() == "CronJob",
            _ => false,
        };
        if fits && draft.workload.kind() != "Pod" {
            policy.ignore("a service restarts its containers, and a job tries a failed run again");
        } else if !fits {
            let reason = format!("the API refuses this restart policy in a {}", draft.workload.kind());
            policy.say(&codes::TERMINAL, reason, "correct it, or choose another kind of workload");
        }
    }
}

/// Decides what depends on whether requests reach the service: its claims, and the ports that nobody asks for.
pub(super) fn settle(drafts: &mut [Draft<'_>]) {
    let shared = claims::shared(drafts);
    for draft in drafts {
        claims::settle(draft, &shared);
        ports::settle(draft);
    }
}

/// The claim of this name, of the templates of a StatefulSet first.
fn claim_template<'c>(workload: &'c Object<'c>, name: &str) -> Option<Field<'c>> {
    let spec = workload.at("spec")?;
    spec.list("volumeClaimTemplates").find(|claim| claim.at("metadata.name").and_then(Field::text) == Some(name))
}
