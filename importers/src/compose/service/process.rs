//! What runs, as whom, and how it ends.

use skiff_compiler::spec::{
    decode::{Decode, Spanned},
    service::{Architecture, Service, Size, Stop},
    values::{Duration, ImageReference, Scalar},
    workload::{Hook, Hooks, Security},
};

use super::{Draft, pairs, texts, truth};
use crate::{
    compose::{codes, number, variables},
    dollar::literal,
    import::spanned,
    kube::object::Field,
};

/// The image of a service that names none.
const STAND_IN: &str = "docker.io/library/replace-me";

/// The kernel reads this id as "leave it as it is" (setresuid(2)).
const NO_ID: u32 = u32::MAX;

/// Every capability of Linux 6, without `CAP_` (capabilities(7)), and what stands for all of them.
#[rustfmt::skip]
const CAPABILITIES: &[&str] = &[
    "ALL", "AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "CHOWN",
    "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE", "LINUX_IMMUTABLE",
    "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_RAW", "PERFMON",
    "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYSLOG", "SYS_ADMIN", "SYS_BOOT", "SYS_CHROOT", "SYS_MODULE", "SYS_NICE",
    "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "WAKE_ALARM",
];

pub(super) fn apply<'o>(draft: &mut Draft<'o>, root: Field<'o>) {
    image(&mut draft.service, root);
    for (field, is_entrypoint) in [(root.get("entrypoint"), true), (root.get("command"), false)] {
        let Some(field) = field else { continue };
        let words = words(field);
        draft.texts.extend(words.iter().map(|word| (word.clone(), field)));
        let words = words.iter().map(|word| literal(word)).collect();
        match is_entrypoint {
            true => draft.service.command = words,
            false => draft.service.args = words,
        }
    }
    draft.one_off = restart(root);
    let service = &mut draft.service;
    service.working_directory = root.get("working_dir").and_then(variables::text);
    service.security = security(root);
    sysctls(service, root);
    stop(service, root);
    service.hooks = hooks(root);
    architecture(service, root);
    if let Some(policy) = root.get("pull_policy").filter(|policy| policy.text() == Some("never")) {
        policy.say(&codes::UNSUPPORTED, "the image must be on the machine already", "push it to a registry");
    }
}

fn image(service: &mut Service, root: Field<'_>) {
    let filled = root.get("image").and_then(variables::filled);
    let missing = filled.as_ref().is_some_and(|filled| filled.missing().next().is_some());
    let text = filled.map(|filled| filled.text());
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
    let parsed = text.as_deref().filter(|_| !missing).and_then(|text| ImageReference::parse(text.trim()));
    if let (None, false, Some(field)) = (&parsed, missing, root.get("image")) {
        field.say(&codes::UNSUPPORTED, "this is no reference of an image", "correct `image`");
    }
    service.image = parsed.or_else(|| ImageReference::parse(STAND_IN)).map(spanned);
}

/// A command as Compose takes it: a list, or a text that is split as a shell splits it.
fn words(field: Field<'_>) -> Vec<String> {
    if field.items().next().is_some() {
        return texts(field);
    }
    let text = variables::text(field).unwrap_or_default();
    if text.trim().is_empty() {
        let reason = "an empty command clears what the image says; here the image's own stays";
        field.say(&codes::CHANGED, reason, "check that the image starts as it should");
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
        match group.written().and_then(|text| text.parse().ok()).filter(|id| *id != NO_ID) {
            Some(id) => security.groups.push(spanned(id)),
            None => group.say(&codes::UNSUPPORTED, "a group is known by its number here", "write the group's id"),
        }
    }
    security.read_only = root.get("read_only").map(truth).filter(|only| *only);
    security.drop_capabilities = capabilities(root, "cap_drop", &[]);
    security.add_capabilities = capabilities(root, "cap_add", &security.drop_capabilities);
    for option in root.list("security_opt") {
        match option.text().unwrap_or_default().replace('=', ":").as_str() {
            "no-new-privileges" | "no-new-privileges:true" => security.privilege_escalation = Some(false),
            "no-new-privileges:false" | "label:disable" | "label:type:container_runtime_t" => {}
            _ => option.say(&codes::UNSUPPORTED, "containers run under the runtime's own profile", "leave it out"),
        }
    }
    (security != Security::fallback()).then_some(security)
}

fn user(security: &mut Security, field: Field<'_>) {
    let Some(text) = variables::text(field) else { return };
    let (user, group) = text.split_once(':').map_or((text.as_str(), None), |(user, group)| (user, Some(group)));
    let id = |text: &str| if text == "root" { Some(0) } else { text.parse().ok().filter(|id| *id != NO_ID) };
    security.user = id(user).map(spanned);
    security.group = group.and_then(id).map(spanned);
    if id(user).is_none() || group.is_some_and(|group| id(group).is_none()) {
        field.say(&codes::UNSUPPORTED, "a user is known by its number here", "write the ids: `1000:1000`");
    }
}

/// Names of capabilities without `CAP_`; those that the kernel does not have, and those that are dropped too, are left out.
fn capabilities(root: Field<'_>, key: &str, dropped: &[Spanned<String>]) -> Vec<Spanned<String>> {
    let mut names: Vec<Spanned<String>> = Vec::new();
    for field in root.list(key) {
        let text = variables::text(field).unwrap_or_default().trim().to_ascii_uppercase();
        let name = text.strip_prefix("CAP_").unwrap_or(&text);
        if !CAPABILITIES.contains(&name) {
            field.say(&codes::BAD_VALUE, "this is no capability", "capabilities(7) lists them");
        } else if dropped.iter().any(|other| other.value == name) {
            let reason = format!("`{name}` is dropped as well: it stays dropped");
            field.say(&codes::UNSUPPORTED, reason, "add the capabilities that it needs by their names");
        } else if names.iter().all(|other| other.value != name) {
            names.push(spanned(name.to_owned()));
        }
    }
    names
}

/// Parameters of the kernel, as sysctl(8) prints them.
fn sysctls(service: &mut Service, root: Field<'_>) {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    for (key, value, field) in root.get("sysctls").map(|field| pairs(field, &['='])).unwrap_or_default() {
        let named = key.contains('.') && key.split('.').all(|word| !word.is_empty() && word.bytes().all(inner));
        if named && !value.trim().is_empty() && !value.contains('\n') {
            service.sysctls.insert(key, value);
        } else {
            field.say(
                &codes::BAD_VALUE,
                "this is no parameter of the kernel",
                "write it like `net.core.somaxconn: 1024`",
            );
        }
    }
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
        let command = first.get("command")?;
        if command.written().is_some_and(|text| text.trim().is_empty()) {
            command.say(&codes::BAD_VALUE, "a hook without a command", "name the command, or take the hook away");
            return None;
        }
        let command: Vec<_> = words(command).iter().map(|word| literal(word)).collect();
        if command.is_empty() {
            return None;
        }
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
        None => {
            let reason = "nothing says for which processor the image is built: `x86_64` was chosen";
            root.note(&codes::ARCHITECTURE, reason, "take `size.arch` away if the image is built for arm64 too");
            Some(Architecture::X86)
        }
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

/// Whether the file lets the service end; each of the two fields may say so.
fn restart(root: Field<'_>) -> bool {
    let (restart, condition) = (root.get("restart"), root.at("deploy.restart_policy.condition"));
    if let Some(condition) = condition {
        condition.touch();
    }
    let Some(policy) = restart.or(condition) else { return false };
    let text = variables::text(policy).unwrap_or_default();
    let ends = matches!(text.split(':').next(), Some("no" | "none" | "false" | "on-failure"));
    if ends {
        let reason = "what exits is started again, also after it ended well";
        let action = "if it ends by itself, run it under `rollout.before`, as an `init` container or as a `job`";
        policy.say(&codes::CHANGED, reason, action);
    }
    ends
}
