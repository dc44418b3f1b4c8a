//! How a pod resolves names and shares the host: DNS, `/etc/hosts`, kernel parameters.

use std::{collections::BTreeSet, net::IpAddr};

use skiff_compiler::spec::{
    decode::Decode,
    service::Kind,
    values::{Duration, HostName, Scalar},
    workload::Resolver,
};

use crate::{
    import::spanned,
    kube::{
        codes::runtime::{BAD_VALUE, NETWORK, NETWORK_CHANGED, PRIVILEGED, SECURITY_CHANGED, STOP_CHANGED},
        map::draft::Draft,
        object::Field,
    },
};

/// More name servers than these are not asked (`MAXNS`, resolv.conf(5)).
const SERVERS: usize = 3;

/// Applies what the pod says about its network, its kernel and its names.
pub(super) fn apply(draft: &mut Draft<'_>) {
    resolver(draft);
    hosts(draft);
    super::security::sysctls(draft);
    deadline(draft);
    say_names(draft.pod);
    say_sharing(draft.pod);
    say_service_links(draft.pod);
}

/// `dnsPolicy` and `dnsConfig`.
fn resolver(draft: &mut Draft<'_>) {
    let pod = draft.pod;
    let alone = pod.text_of("dnsPolicy") == Some("None");
    if let Some(policy) = pod.get("dnsPolicy") {
        match policy.text() {
            Some("None") if !names_servers(pod) => {
                let reason = "it has no name servers, which the API refuses: Skiff asks the VPC's";
                policy.say(&BAD_VALUE, reason, "name them under `dnsConfig.nameservers`, or remove `dnsPolicy`");
            }
            Some("None") => {
                let reason = "the name servers of `dns` are asked instead of the VPC's";
                policy.say(&NETWORK_CHANGED, reason, "check that they know the names of the services that it uses");
            }
            Some("ClusterFirst" | "ClusterFirstWithHostNet" | "Default") => {
                policy.ignore("the resolver of the VPC knows the names of services and of the internet");
            }
            _ => policy.say(&BAD_VALUE, "this is no DNS policy", "write `ClusterFirst`, `Default` or `None`"),
        }
    }
    let Some(config) = pod.get("dnsConfig") else { return };
    let dns = draft.service.dns.get_or_insert_with(Resolver::fallback);
    dns.servers.extend(servers(config, alone).into_iter().map(spanned));
    dns.search.extend(config.list("searches").filter_map(domain).map(spanned));
    dns.options.extend(config.list("options").filter_map(option).map(spanned));
    if *dns == Resolver::fallback() {
        draft.service.dns = None;
    }
}

fn names_servers(pod: Field<'_>) -> bool {
    pod.get("dnsConfig").is_some_and(|config| config.list("nameservers").next().is_some())
}

fn servers(config: Field<'_>, alone: bool) -> Vec<String> {
    let mut servers = Vec::new();
    for server in config.list("nameservers") {
        let text = server.text().unwrap_or_default();
        if text.parse::<IpAddr>().is_err() {
            server.say(&BAD_VALUE, "a name server is named by its IP address", "correct it");
        } else if !alone {
            let reason = "it is asked only when the cluster's own does not answer: the VPC's resolver is asked alone";
            server.say(&NETWORK_CHANGED, reason, "forward a private domain with Route 53 Resolver");
        } else if servers.len() == SERVERS {
            server.ignore("only three name servers are asked");
        } else {
            servers.push(text.to_owned());
        }
    }
    servers
}

fn domain(field: Field<'_>) -> Option<HostName> {
    let text = field.text()?;
    let domain = HostName::parse(text.trim_end_matches('.')).filter(|name| !name.as_str().starts_with('*'));
    if domain.is_none() {
        field.say(&BAD_VALUE, "this is no domain to search in", "write lower-case labels joined by dots");
    }
    domain
}

/// `name` and `value` as resolv.conf(5) has them: `ndots:2`.
fn option(field: Field<'_>) -> Option<String> {
    let name = field.text_of("name").unwrap_or_default();
    let value = field.get("value").and_then(Field::written);
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    let digits = value.is_none_or(|value| !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()));
    if name.is_empty() || !name.bytes().all(inner) || !digits {
        field.say(&BAD_VALUE, "this is no option of resolv.conf(5)", "write it like `ndots` with the value `2`");
        return None;
    }
    Some(value.map_or_else(|| name.to_owned(), |value| format!("{name}:{value}")))
}

/// `hostAliases`.
fn hosts(draft: &mut Draft<'_>) {
    for alias in draft.pod.list("hostAliases") {
        let address = alias.text_of("ip").unwrap_or_default();
        let names: Vec<_> = alias.list("hostnames").filter_map(host).collect();
        if address.parse::<IpAddr>().is_err() {
            alias.say(&BAD_VALUE, "a line of `/etc/hosts` begins with an IP address", "correct `ip`");
        } else if names.is_empty() {
            alias.ignore("a line of `/etc/hosts` without a name");
        } else {
            draft.service.hosts.entry(address.to_owned()).or_default().extend(names);
        }
    }
}

fn host(field: Field<'_>) -> Option<String> {
    let name = field.text()?;
    if HostName::parse(name).is_none() || name.starts_with('*') {
        field.say(&BAD_VALUE, "this is not the name of one host", "write lower-case labels joined by dots");
        return None;
    }
    Some(name.to_owned())
}

/// `activeDeadlineSeconds` of a pod: of a job it is how long it may run.
fn deadline(draft: &mut Draft<'_>) {
    let Some(field) = draft.pod.get("activeDeadlineSeconds") else { return };
    match (draft.service.kind, field.integer().and_then(|seconds| u32::try_from(seconds).ok())) {
        (Kind::Job, Some(seconds)) if seconds > 0 => {
            let other = draft.service.timeout.as_ref().map_or(u32::MAX, |timeout| timeout.value.0);
            draft.service.timeout = Some(spanned(Duration(seconds.min(other))));
        }
        (Kind::Job, _) => field.say(&BAD_VALUE, "a deadline is at least a second", "correct it"),
        _ => {
            let reason = "a service has no end: Skiff does not stop it after a time";
            field.say(&STOP_CHANGED, reason, "make it a job with a `timeout` if it is to end");
        }
    }
}

/// How the pod is called.
fn say_names(pod: Field<'_>) {
    let changed = "a member is called after its service and its instance";
    for key in ["hostname", "hostnameOverride"] {
        if let Some(field) = pod.get(key) {
            field.say(&NETWORK_CHANGED, changed, "use a fact of the member: `facts: { NAME: name }`");
        }
    }
    if let Some(field) = pod.get("setHostnameAsFQDN") {
        match field.boolean() {
            Some(true) => field.say(&NETWORK_CHANGED, changed, "use a fact of the member: `facts: { NAME: name }`"),
            _ => field.ignore("it is the default"),
        }
    }
    if let Some(field) = pod.get("subdomain") {
        match pod.get("hostname") {
            Some(_) => field.say(
                &NETWORK,
                "a single member has no DNS name of its own",
                "make it a service of its own, whose name others use",
            ),
            None => field.say(&NETWORK_CHANGED, changed, "others find the service by its name"),
        }
    }
}

/// What the pod shares with its node, and its containers with one another.
fn say_sharing(pod: Field<'_>) {
    let default = "it is the default";
    for (key, reason, action) in [
        ("hostPID", "the containers reach into the processes of the host", "what the runner reports may do"),
        ("hostIPC", "the containers use shared memory and semaphores of the host", "pass data over the network"),
    ] {
        if let Some(field) = pod.get(key) {
            match field.boolean() {
                Some(true) => field.say(&PRIVILEGED, reason, format!("find out what they look at: {action}")),
                _ => field.ignore(default),
            }
        }
    }
    if let Some(field) = pod.get("hostNetwork") {
        match field.boolean() {
            Some(true) => {
                let reason = "every container listens on the addresses of its VM, which no other service shares";
                field.say(&NETWORK_CHANGED, reason, "look at the ports that others of its node used");
            }
            _ => field.ignore(default),
        }
    }
    if let Some(field) = pod.get("hostUsers") {
        match field.boolean() {
            Some(false) => {
                let reason = "user ids in a container are those of the VM, which no other service shares";
                field.say(&SECURITY_CHANGED, reason, "set `security: { non_root: true }` if the image allows it");
            }
            _ => field.ignore(default),
        }
    }
    if let Some(field) = pod.get("shareProcessNamespace") {
        let several = pod.list("containers").count() > 1;
        match field.boolean() {
            Some(true) if several => field.say(
                &NETWORK,
                "a container does not see the processes of another one",
                "signal by a file in a shared volume, or over the network",
            ),
            _ => field.ignore("a container has its own processes only"),
        }
    }
}

/// Kubernetes gives each pod variables for each Service of its namespace; Skiff does not. What is seen to use them is reported.
fn say_service_links(pod: Field<'_>) {
    let off = pod.boolean_of("enableServiceLinks") == Some(false);
    if let Some(field) = pod.get("enableServiceLinks") {
        field.ignore(if off { "Skiff sets no such variables" } else { "it is the default" });
    }
    if !off {
        pod.list("initContainers").chain(pod.list("containers")).for_each(say_service_variables);
    }
}

/// Says of each text of a container that it uses variables of Services, those excepted that the container sets itself.
fn say_service_variables(container: Field<'_>) {
    let set: BTreeSet<_> = container.list("env").filter_map(|variable| variable.text_of("name")).collect();
    let values = container.list("env").filter_map(|variable| variable.get("value"));
    for text in values.chain(container.list("command")).chain(container.list("args")) {
        let names: BTreeSet<_> = variables(text.written().unwrap_or_default()).collect();
        let names: Vec<_> = names.iter().filter(|name| !set.contains(name.as_str())).collect();
        if !names.is_empty() {
            let names = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let reason = format!("Skiff does not set what Kubernetes sets for each Service: {names}");
            text.say(&NETWORK, reason, "set it under `env`, or use the name of the service");
        }
    }
}

/// The names behind dollar signs that look like those of a Service: `$(CART_SERVICE_HOST)`, `${CART_SERVICE_PORT}`.
fn variables(text: &str) -> impl Iterator<Item = String> {
    let name = |part: &str| {
        let part = part.trim_start_matches(['(', '{']);
        let end = part.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(part.len());
        part.get(..end).unwrap_or_default().to_owned()
    };
    let names: Vec<_> = text.split('$').skip(1).map(name).collect();
    names.into_iter().filter(|name| name.ends_with("_SERVICE_HOST") || name.contains("_SERVICE_PORT"))
}
