//! What runs, as whom, and how it ends.

use skiff_compiler::spec::{
    decode::Decode,
    service::{Architecture, Service, Size, Stop},
    values::{Duration, ImageReference, Scalar},
    workload::{Hook, Hooks, Security},
};

use super::{Draft, pairs, texts, truth};
use crate::{
    compose::{codes, number, variables},
    import::spanned,
    kube::object::Field,
};

/// The image of a service that names none.
const STAND_IN: &str = "docker.io/library/replace-me";

pub(super) fn apply(draft: &mut Draft<'_>, root: Field<'_>) {
    image(&mut draft.service, root);
    let service = &mut draft.service;
    service.command = root.get("entrypoint").map(words).unwrap_or_default();
    service.args = root.get("command").map(words).unwrap_or_default();
    service.working_directory = root.get("working_dir").and_then(variables::text);
    service.security = security(root);
    let sysctls = root.get("sysctls").map(|field| pairs(field, &['='])).unwrap_or_default();
    service.sysctls = sysctls.into_iter().map(|(key, value, _)| (key, value)).collect();
    stop(service, root);
    service.hooks = hooks(root);
    architecture(service, root);
    restart(root);
    if let Some(policy) = root.get("pull_policy").filter(|policy| policy.text() == Some("never")) {
        policy.say(&codes::UNSUPPORTED, "the image must be on the machine already", "push it to a registry");
    }
}

fn image(service: &mut Service, root: Field<'_>) {
    let text = root.get("image").and_then(variables::text);
    if let Some(build) = root.get("build") {
        match &text {
            Some(_) => build.say(
                &codes::BUILD_ELSEWHERE,
                "Compose builds the image that `image` names",
                "build and push it in your pipeline",
            ),
            None => build.touch(),
        }
    }
    let parsed = text.as_deref().and_then(|text| ImageReference::parse(text.trim()));
    if let (None, Some(field)) = (&parsed, root.get("image")) {
        field.say(&codes::UNSUPPORTED, "this is no reference of an image", "correct `image`");
    }
    service.image = parsed.or_else(|| ImageReference::parse(STAND_IN)).map(spanned);
}

/// A command as Compose takes it: a list, or a text that is split as a shell splits it.
fn words(field: Field<'_>) -> Vec<String> {
    if field.items().next().is_some() {
        return texts(field);
    }
    let Some(text) = variables::text(field) else { return Vec::new() };
    if text.trim().is_empty() {
        field.say(
            &codes::CHANGED,
            "an empty text clears what the image says",
            "check that the image starts as it should",
        );
        return Vec::new();
    }
    shlex::split(&text).unwrap_or_else(|| {
        field.say(&codes::BAD_VALUE, "a quote is not closed", "close it, or write the command as a list");
        Vec::new()
    })
}

fn security(root: Field<'_>) -> Option<Security> {
    let mut security = Security::fallback();
    if let Some(field) = root.get("user") {
        user(&mut security, field);
    }
    for group in root.list("group_add") {
        match group.written().and_then(|text| text.parse().ok()) {
            Some(id) => security.groups.push(spanned(id)),
            None => group.say(&codes::UNSUPPORTED, "a group is known by its number here", "write the group's id"),
        }
    }
    security.read_only = root.get("read_only").map(truth).filter(|only| *only);
    security.add_capabilities = capabilities(root, "cap_add");
    security.drop_capabilities = capabilities(root, "cap_drop");
    for option in root.list("security_opt") {
        match option.text().unwrap_or_default().replace('=', ":").as_str() {
            "no-new-privileges" | "no-new-privileges:true" => security.privilege_escalation = Some(false),
            "no-new-privileges:false" | "label:disable" | "label:type:container_runtime_t" => {}
            _ => option.say(&codes::UNSUPPORTED, "containers run under the runtime's own profile", "leave it out"),
        }
    }
    if let Some(privileged) = root.get("privileged")
        && !truth(privileged)
    {
        privileged.ignore("it is the default");
    }
    (security != Security::fallback()).then_some(security)
}

fn user(security: &mut Security, field: Field<'_>) {
    let Some(text) = variables::text(field) else { return };
    let (user, group) = text.split_once(':').map_or((text.as_str(), None), |(user, group)| (user, Some(group)));
    let id = |text: &str| if text == "root" { Some(0) } else { text.parse::<u32>().ok() };
    security.user = id(user).map(spanned);
    security.group = group.and_then(id).map(spanned);
    if id(user).is_none() || group.is_some_and(|group| id(group).is_none()) {
        field.say(&codes::UNSUPPORTED, "a user is known by its number here", "write the ids: `1000:1000`");
    }
}

fn capabilities(root: Field<'_>, key: &str) -> Vec<skiff_compiler::spec::decode::Spanned<String>> {
    let name = |field: Field<'_>| {
        let text = field.text()?.to_ascii_uppercase();
        Some(spanned(text.strip_prefix("CAP_").map_or(text.clone(), str::to_owned)))
    };
    root.list(key).filter_map(name).collect()
}

fn stop(service: &mut Service, root: Field<'_>) {
    // Compose waits ten seconds before it kills, Skiff thirty.
    let Some(field) = root.get("stop_grace_period") else {
        service.stop = Some(Stop { grace: Some(spanned(Duration(10))), ..Stop::fallback() });
        return;
    };
    match variables::text(field).and_then(|text| number::seconds(&text)) {
        Some(30) => {}
        Some(seconds) if seconds <= 7_080 => {
            service.stop = Some(Stop { grace: Some(spanned(Duration(seconds))), ..Stop::fallback() });
        }
        Some(_) => field.say(&codes::UNSUPPORTED, "AWS waits at most two hours", "shorten it"),
        None => field.say(&codes::BAD_VALUE, "this is no duration", "write one such as `1m30s`"),
    }
}

fn hooks(root: Field<'_>) -> Option<Hooks> {
    let hook = |key: &str| {
        let mut hooks = root.list(key);
        let first = hooks.next()?;
        for more in hooks {
            more.say(&codes::UNSUPPORTED, "there is one hook of a kind", "put all commands into one");
        }
        let command = words(first.get("command")?);
        Some(Hook { exec: command, ..Hook::fallback() })
    };
    let (after_start, before_stop) = (hook("post_start"), hook("pre_stop"));
    let any = after_start.is_some() || before_stop.is_some();
    any.then(|| Hooks { after_start, before_stop, ..Hooks::fallback() })
}

/// Images of Compose are mostly built for the machine of whoever wrote the file, which says nothing; Intel is the safer guess.
fn architecture(service: &mut Service, root: Field<'_>) {
    let platform = root.get("platform");
    let arch = match platform.and_then(variables::text).as_deref() {
        Some(text) if text.contains("arm64") => None,
        Some(text) if text.contains("amd64") || text.contains("x86_64") => Some(Architecture::X86),
        None => Some(Architecture::X86),
        Some(_) => {
            if let Some(field) = platform {
                field.say(
                    &codes::UNSUPPORTED,
                    "a VM is `linux/amd64` or `linux/arm64`",
                    "build the image for one of them",
                );
            }
            Some(Architecture::X86)
        }
    };
    if arch.is_some() {
        service.size = Some(Size { arch, ..Size::fallback() });
    }
}

fn restart(root: Field<'_>) {
    let policy = root.get("restart").or_else(|| root.at("deploy.restart_policy.condition"));
    let Some(policy) = policy else { return };
    match policy.text() {
        Some("no" | "none") => {
            policy.say(&codes::CHANGED, "what exits is started again", "make it a `job` if it ends by itself");
        }
        _ => policy.touch(),
    }
}
