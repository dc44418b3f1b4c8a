//! Jobs that a tool runs before each release: they become a step of the service whose image they use.

use super::batch;
use crate::kube::{
    codes::workload as codes,
    map::{context::Context, draft::Draft, pod},
    object::{Field, Object},
};

/// What says that a Job runs before a release, and with which words.
static BEFORE: &[(&str, &[&str])] =
    &[("helm.sh/hook", &["pre-install", "pre-upgrade"]), ("argocd.argoproj.io/hook", &["PreSync", "Sync"])];

/// Joins the Jobs with the services they belong to; each of the others is reported.
pub(in super::super) fn join(drafts: &mut [Draft<'_>], context: &Context<'_>) {
    for job in context.cluster.of_kind("Job") {
        let Some(pod) = job.at("spec.template.spec").filter(|_| is_complete(job)) else { continue };
        let service =
            hook(job).and_then(|hook| Some((hook, drafts.iter_mut().find(|draft| belongs(job, pod, draft))?)));
        match service {
            Some((hook, draft)) => {
                if become_step(pod, draft) {
                    say_step(job, hook, draft);
                } else {
                    batch::say(job);
                }
            }
            None => batch::say(job),
        }
    }
}

/// A part of a Job, or one that its CronJob made, was reported already.
fn is_complete(job: &Object<'_>) -> bool {
    let containers = || job.at("spec.template.spec").into_iter().flat_map(|pod| pod.list("containers"));
    let owned = job.at("metadata.ownerReferences").is_some_and(|owners| owners.items().next().is_some());
    !owned && containers().next().is_some() && containers().all(|container| container.get("image").is_some())
}

/// The annotation that makes a Job a step before a release.
fn hook<'c>(job: &'c Object<'c>) -> Option<Field<'c>> {
    let annotations = job.at("metadata.annotations")?;
    let says = |field: &Field<'_>, words: &[&str]| {
        field.text().is_some_and(|text| text.split(',').any(|word| words.contains(&word.trim())))
    };
    BEFORE.iter().find_map(|(key, words)| annotations.get(key).filter(|field| says(field, words)))
}

/// Whether the Job runs the image of the service, in its namespace.
fn belongs(job: &Object<'_>, pod: Field<'_>, draft: &Draft<'_>) -> bool {
    let image =
        |pod: Field<'_>| pod::main(pod).and_then(|main| main.get("image")).and_then(Field::written).map(str::to_owned);
    let free = draft.service.rollout.as_ref().is_none_or(|rollout| rollout.before.is_empty());
    free && draft.workload.namespace() == job.namespace() && image(pod).is_some() && image(pod) == image(draft.pod)
}

/// Takes the command over; `false` when the Job has none of its own, or needs more than one container.
fn become_step(pod: Field<'_>, draft: &mut Draft<'_>) -> bool {
    let alone = pod.list("containers").count() == 1 && pod.list("initContainers").next().is_none();
    let Some(main) = pod::main(pod).filter(|_| alone) else { return false };
    let words = pod::words(main);
    if words.is_empty() {
        return false;
    }
    super::deployment::rollout(draft).before = words;
    true
}

/// What the Job has and its service has not: the step does without.
fn say_own(main: Field<'_>, draft: &Draft<'_>) {
    let service = &draft.service;
    let known = |name: &str| {
        service.env.contains_key(name) || service.secrets.contains_key(name) || service.facts.contains_key(name)
    };
    for item in main.list("env").filter(|item| !item.text_of("name").is_some_and(known)) {
        let reason = format!("`{}` does not have this variable, and the step runs with what it has", draft.name);
        item.say(&codes::JOB, reason, "set it under `env` or `secrets` of the service too");
    }
}

fn say_step(job: &Object<'_>, hook: Field<'_>, draft: &Draft<'_>) {
    job.belongs_to(draft.name.as_str());
    let containers = || job.at("spec.template.spec").into_iter().flat_map(|pod| pod.list("containers"));
    let words = containers().flat_map(|main| main.list("command").chain(main.list("args")));
    words.for_each(|word| word.mapped_to("rollout.before"));
    containers().for_each(|main| say_own(main, draft));
    hook.mapped_to("rollout.before");
    let reason =
        format!("it runs before each release of `{}`, with the variables and files of that service", draft.name);
    job.say(&codes::JOB_AS_STEP, reason, "check that they hold what the Job needs");
}
