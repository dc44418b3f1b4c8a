//! Whom a container runs as, and what it may do.

use std::collections::BTreeSet;

use skiff_compiler::spec::{
    decode::{Decode, Spanned},
    workload::Security,
};

use crate::{
    import::spanned,
    kube::{
        codes::runtime::{BAD_VALUE, PRIVILEGED, SECURITY, SECURITY_CHANGED},
        map::draft::Draft,
        object::Field,
    },
};

/// Every capability of Linux 6, without `CAP_` (capabilities(7)).
#[rustfmt::skip]
const CAPABILITIES: &[&str] = &[
    "ALL", "AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "CHOWN",
    "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE", "LINUX_IMMUTABLE",
    "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_RAW", "PERFMON",
    "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYSLOG", "SYS_ADMIN", "SYS_BOOT", "SYS_CHROOT", "SYS_MODULE", "SYS_NICE",
    "SYS_PACCT", "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "WAKE_ALARM",
];

/// A container's context over that of its pod: a field of the container counts.
struct Contexts<'o> {
    container: Option<Field<'o>>,
    pod: Option<Field<'o>>,
    /// All containers of the pod.
    all: Vec<Field<'o>>,
}

impl<'o> Contexts<'o> {
    /// The fields of a key, first the one that counts.
    fn fields(&self, key: &str) -> impl Iterator<Item = Field<'o>> {
        let found = |context: Option<Field<'o>>| context.and_then(|context| context.get(key));
        found(self.container).into_iter().chain(found(self.pod))
    }

    /// The field that counts. Both are read: what is overridden was looked at too.
    fn one(&self, key: &str) -> Option<Field<'o>> {
        self.fields(key).skip(1).for_each(Field::touch);
        self.fields(key).next()
    }

    /// The value of the field that counts. Both are read: what is overridden was looked at too.
    fn value<T>(&self, key: &str, read: impl Fn(Field<'o>) -> Option<T>) -> Option<T> {
        let says_it =
            |container: &Field<'_>| container.get("securityContext").is_some_and(|context| context.get(key).is_some());
        if let Some(field) = self.pod.and_then(|pod| pod.get(key)).filter(|_| self.all.iter().all(says_it)) {
            field.ignore("each container says its own");
        }
        let values: Vec<_> = self.fields(key).map(&read).collect();
        values.into_iter().next().flatten()
    }
}

/// The security settings of a container over those of its pod.
pub(super) fn of(container: Field<'_>, pod: Field<'_>) -> Option<Security> {
    let all = pod.list("containers").chain(pod.list("initContainers")).collect();
    let contexts = Contexts { container: container.get("securityContext"), pod: pod.get("securityContext"), all };
    let (add_capabilities, drop_capabilities) = capabilities(contexts.container);
    say_what_is_lost(&contexts);
    let groups = contexts.pod.into_iter().flat_map(|pod| pod.list("supplementalGroups"));
    let security = Security {
        user: contexts.value("runAsUser", id),
        group: contexts.value("runAsGroup", id),
        groups: groups.filter_map(id).collect(),
        volume_group: contexts.pod.and_then(|pod| pod.get("fsGroup")).and_then(id),
        non_root: non_root(&contexts),
        read_only: contexts.value("readOnlyRootFilesystem", Field::boolean).filter(|it| *it),
        privilege_escalation: contexts.value("allowPrivilegeEscalation", Field::boolean).filter(|it| !*it),
        add_capabilities,
        drop_capabilities,
        ..Security::fallback()
    };
    (security != Security::fallback()).then_some(security)
}

/// An id of a user or group; the kernel keeps the largest number for itself (setresuid(2)).
fn id(field: Field<'_>) -> Option<Spanned<u32>> {
    let number = field.integer()?;
    match u32::try_from(number) {
        Ok(id) if id != u32::MAX => Some(spanned(id)),
        _ => {
            field.say(&BAD_VALUE, "this is no user and no group", "ids are 0 to 4294967294");
            None
        }
    }
}

/// With a user of its own the answer is known; without one somebody must look at the image.
fn non_root(contexts: &Contexts<'_>) -> Option<bool> {
    for field in contexts.fields("runAsNonRoot").filter(|field| field.boolean() == Some(false)) {
        field.ignore("it is the default");
    }
    let wanted = contexts.value("runAsNonRoot", Field::boolean).filter(|it| *it)?;
    match contexts.value("runAsUser", Field::integer) {
        Some(0) => {
            let reason = "user 0 is root, and the kubelet does not start it with `runAsNonRoot`";
            let field = contexts.one("runAsNonRoot");
            field.into_iter().for_each(|field| field.say(&BAD_VALUE, reason, "name another user"));
            None
        }
        Some(_) => {
            contexts.one("runAsNonRoot").into_iter().for_each(|field| field.mapped_to("security.non_root"));
            Some(wanted)
        }
        None => Some(wanted),
    }
}

/// What is added and what is dropped; of what is both, it is dropped.
fn capabilities(context: Option<Field<'_>>) -> (Vec<Spanned<String>>, Vec<Spanned<String>>) {
    let Some(field) = context.and_then(|context| context.get("capabilities")) else { return Default::default() };
    let mut names = BTreeSet::new();
    let dropped: Vec<_> = field.list("drop").filter_map(capability).filter(|name| names.insert(name.clone())).collect();
    let added: Vec<_> = field
        .list("add")
        .filter_map(|item| Some((item, capability(item)?)))
        .filter(|(item, name)| {
            let new = names.insert(name.clone());
            if !new {
                item.say(&SECURITY_CHANGED, format!("`{name}` is there twice, once is enough"), "keep one of them");
            }
            new
        })
        .collect();
    (added.into_iter().map(|(_, name)| spanned(name)).collect(), dropped.into_iter().map(spanned).collect())
}

fn capability(item: Field<'_>) -> Option<String> {
    let upper = item.text()?.to_ascii_uppercase();
    let name = upper.strip_prefix("CAP_").unwrap_or(&upper);
    if !CAPABILITIES.contains(&name) {
        item.say(&BAD_VALUE, format!("Linux has no capability `{name}`"), "see capabilities(7)");
        return None;
    }
    Some(name.to_owned())
}

/// What has no counterpart, by value: the default of each is no loss.
fn say_what_is_lost(contexts: &Contexts<'_>) {
    for field in contexts.fields("privileged") {
        match field.boolean() {
            Some(false) => field.ignore("it is the default"),
            _ => field.say(
                &PRIVILEGED,
                "the container is root on its node",
                "add the capability that it needs, or set `security: { privileged: true }`",
            ),
        }
    }
    for field in contexts.fields("procMount") {
        match field.text() {
            Some("Default" | "") => field.ignore("it is the default"),
            _ => field.say(&SECURITY, "Skiff masks parts of `/proc`", "do without what it unmasks"),
        }
    }
    contexts.one("seccompProfile").into_iter().for_each(seccomp);
    contexts.one("appArmorProfile").into_iter().for_each(app_armor);
    let strict = contexts.pod.and_then(|pod| pod.get("supplementalGroupsPolicy"));
    if let Some(field) = strict {
        match field.text() {
            Some("Strict") => {
                let reason = "the groups that the image gives its user are kept";
                field.say(&SECURITY_CHANGED, reason, "take the user out of groups in the image");
            }
            _ => field.ignore("it is the default"),
        }
    }
}

const UNCONFINED: &str = "every container of Skiff has the container engine's profile";
const UNCONFINED_TEST: &str = "test it: a system call that the profile forbids fails";
const CALLS: &str = "the profile is a file on nodes";
const CALLS_INSTEAD: &str = "the container engine's own profile is used";
const NO_ARMOR: &str = "the VM's system does not use AppArmor";
const ARMOR: &str = "the profile is loaded on nodes";
const ARMOR_INSTEAD: &str = "limit it by `capabilities` and `read_only`";

fn seccomp(profile: Field<'_>) {
    match profile.text_of("type") {
        Some("RuntimeDefault") => profile.mapped_to("security"),
        Some("Unconfined") => profile.say(&SECURITY_CHANGED, UNCONFINED, UNCONFINED_TEST),
        _ => profile.say(&SECURITY, CALLS, CALLS_INSTEAD),
    }
}

fn app_armor(profile: Field<'_>) {
    match profile.text_of("type") {
        Some("RuntimeDefault" | "Unconfined") => profile.ignore(NO_ARMOR),
        _ => profile.say(&SECURITY, ARMOR, ARMOR_INSTEAD),
    }
}

/// What the pod says, and each container says otherwise.
pub(super) fn overridden(pod: Field<'_>) {
    let containers = || pod.list("initContainers").chain(pod.list("containers"));
    for (key, field) in pod.map("securityContext") {
        let own = |container: Field<'_>| container.get("securityContext").is_some_and(|own| own.get(key).is_some());
        if containers().all(own) {
            field.ignore("each container says its own");
        }
    }
}

/// The annotations of older manifests: the profile of a container, or of all.
pub(super) fn annotations(template: Field<'_>) {
    for (key, value) in template.map("annotations") {
        let profile = value.text().unwrap_or_default();
        let armor = key.starts_with("container.apparmor.security.beta.kubernetes.io/");
        let calls = key == "seccomp.security.alpha.kubernetes.io/pod"
            || key.starts_with("container.seccomp.security.alpha.kubernetes.io/");
        match (armor, calls, profile.split('/').next()) {
            (true, _, Some("localhost")) => value.say(&SECURITY, ARMOR, ARMOR_INSTEAD),
            (true, ..) => value.ignore(NO_ARMOR),
            (_, true, Some("localhost")) => value.say(&SECURITY, CALLS, CALLS_INSTEAD),
            (_, true, Some("unconfined")) => value.say(&SECURITY_CHANGED, UNCONFINED, UNCONFINED_TEST),
            (_, true, _) => value.ignore("every container has the container engine's profile"),
            _ => {}
        }
    }
}

/// Kernel parameters: those of the VM are the pod's own.
pub(super) fn sysctls(draft: &mut Draft<'_>) {
    for sysctl in draft.pod.get("securityContext").into_iter().flat_map(|context| context.list("sysctls")) {
        let name = sysctl.text_of("name").unwrap_or_default().replace('/', ".");
        let value = sysctl.text_of("value").unwrap_or_default();
        let word = |word: &str| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        };
        if name.split('.').count() < 2 || !name.split('.').all(word) || value.contains(['\r', '\n']) || value.is_empty()
        {
            sysctl.say(&BAD_VALUE, "this is no kernel parameter", "name it as sysctl(8) prints it");
            continue;
        }
        draft.service.sysctls.insert(name, value.to_owned());
    }
}
