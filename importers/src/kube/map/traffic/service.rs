//! Services: which workloads each selects, and what its ports lead to.

use std::collections::BTreeMap;

use skiff_compiler::{
    resolve::RUNNER_HEALTH_PORT,
    spec::{
        decode::Decode,
        routing::Stickiness,
        service::{Kind, Protocol},
        values::Duration,
    },
};

use super::{Traffic, identify, lose, objects};
use crate::{
    import::spanned,
    kube::{
        codes::{runtime, traffic as codes},
        map::{context::Context, draft::Draft},
        object::{Field, Object},
    },
};

/// How long `ClientIP` keeps a client, in seconds (Kubernetes API, `ClientIPConfig`).
const CLIENT_IP_SECONDS: u32 = 10_800;

/// A Service that leads to workloads of the import.
#[derive(Debug)]
pub(super) struct Reached<'c> {
    pub(super) object: &'c Object<'c>,
    /// The drafts that it selects; the first has its name.
    pub(super) targets: Vec<usize>,
    pub(super) ports: Vec<Port<'c>>,
    /// Services of type `ExternalName` that stand for it.
    pub(super) aliases: Vec<&'c Object<'c>>,
}

/// A port of a Service.
#[derive(Debug, Clone, Copy)]
pub(super) struct Port<'c> {
    pub(super) field: Field<'c>,
    pub(super) name: Option<&'c str>,
    pub(super) number: u16,
    /// The port of the pod, when it is TCP and there is one.
    pub(super) target: Option<u16>,
    pub(super) protocol: Option<&'c str>,
}

impl<'c> Reached<'c> {
    /// The draft that has the Service's name.
    pub(super) fn main(&self) -> Option<usize> {
        self.targets.first().copied()
    }

    /// The Service and its aliases.
    pub(super) fn objects(&self) -> impl Iterator<Item = &'c Object<'c>> {
        std::iter::once(self.object).chain(self.aliases.iter().copied())
    }

    /// `checkout.shop.svc.cluster.local`, and the names of its aliases.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        self.objects().map(|object| format!("{}.{}.svc.cluster.local", object.name(), object.namespace()))
    }

    /// Whether a name in DNS is its own.
    fn is_called(&self, name: &str) -> bool {
        let own = format!("{}.{}.svc", self.object.name(), self.object.namespace());
        let name = name.trim_end_matches('.');
        name.strip_suffix(".cluster.local").unwrap_or(name) == own
    }

    /// Its type, `ClusterIP` when it says none.
    pub(super) fn kind(&self) -> &'c str {
        self.object.at("spec.type").and_then(Field::text).unwrap_or("ClusterIP")
    }

    /// The port that a route names by number or by name.
    pub(super) fn port(&self, wanted: Wanted<'_>) -> Option<&Port<'c>> {
        match wanted {
            Wanted::Number(number) => self.ports.iter().find(|port| i64::from(port.number) == number),
            Wanted::Name(name) => self.ports.iter().find(|port| port.name == Some(name)),
            Wanted::Any => self.ports.iter().find(|port| port.target.is_some()),
        }
    }
}

/// A port of a Service, as a route names it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted<'a> {
    Number(i64),
    Name(&'a str),
    /// The first that leads somewhere.
    Any,
}

impl Port<'_> {
    /// What `appProtocol` says that the load balancer should speak.
    pub(super) fn speaks(&self) -> Option<Protocol> {
        match self.protocol?.to_ascii_lowercase().as_str() {
            "https" | "kubernetes.io/wss" => Some(Protocol::Https),
            "grpc" => Some(Protocol::Grpc),
            "kubernetes.io/h2c" | "http2" => Some(Protocol::Http2),
            _ => None,
        }
    }

    /// Whether its name or protocol says HTTP.
    pub(super) fn is_http(&self) -> bool {
        self.name.is_some_and(says_http) || self.protocol.is_some_and(says_http)
    }
}

fn says_http(word: &str) -> bool {
    ["http", "grpc", "web", "h2c"].iter().any(|known| word.to_ascii_lowercase().starts_with(known))
}

/// All Services that select something; of the others is said what they lack.
pub(super) fn reached<'c>(drafts: &[Draft<'c>], context: &Context<'c>) -> Vec<Reached<'c>> {
    let (names, selecting): (Vec<_>, Vec<_>) = objects(context, "Service")
        .partition(|object| object.at("spec.type").and_then(Field::text) == Some("ExternalName"));
    let mut reached: Vec<_> = selecting.into_iter().filter_map(|object| join(object, drafts)).collect();
    for object in names {
        alias(object, &mut reached, drafts);
    }
    reached
}

/// An `ExternalName`: another name of a Service of the import, or one that leads outside of it.
fn alias<'c>(object: &'c Object<'c>, reached: &mut [Reached<'c>], drafts: &[Draft<'c>]) {
    let target = object.at("spec.externalName");
    let name = target.and_then(Field::text).unwrap_or_default();
    let Some((service, field)) = reached.iter_mut().find(|service| service.is_called(name)).zip(target) else {
        outside(object, Some("ExternalName"));
        return;
    };
    identify(object);
    field.mapped_to("discovery.names");
    object.at("spec.type").iter().for_each(|kind| kind.mapped_to("discovery.names"));
    object.at("spec.ports").iter().for_each(|ports| ports.ignore("a name in DNS has no ports"));
    if let Some(draft) = service.main().and_then(|main| drafts.get(main)) {
        object.belongs_to(draft.name.as_str());
    }
    service.aliases.push(object);
}

fn join<'c>(object: &'c Object<'c>, drafts: &[Draft<'c>]) -> Option<Reached<'c>> {
    let selector: BTreeMap<_, _> = object
        .at("spec")
        .into_iter()
        .flat_map(|spec| spec.map("selector"))
        .filter_map(|(key, value)| Some((key, value.written()?)))
        .collect();
    let kind = object.at("spec.type").and_then(Field::text);
    if selector.is_empty() {
        outside(object, kind);
        return None;
    }
    let targets: Vec<usize> =
        (0..).zip(drafts).filter(|(_, draft)| selects(object, &selector, draft)).map(|(index, _)| index).collect();
    let Some(first) = targets.first().and_then(|first| drafts.get(*first)) else {
        let labels: Vec<_> = selector.iter().map(|(key, value)| format!("`{key}: {value}`")).collect();
        let reason = format!("no imported workload of `{}` has {}", object.namespace(), labels.join(", "));
        lose(object, &codes::NO_TARGET, reason, "import the workload's manifest together with the Service");
        return None;
    };
    object.belongs_to(first.name.as_str());
    targets.iter().filter_map(|index| drafts.get(*index)).for_each(|draft| draft.selected_by(selector.keys().copied()));
    several(object, &targets, drafts);
    let ports =
        object.at("spec").into_iter().flat_map(|spec| spec.list("ports")).filter_map(|field| port(field, first));
    Some(Reached { object, ports: ports.collect(), targets, aliases: Vec::new() })
}

/// Whether a Service's labels are all labels of a workload's pods, in one namespace.
fn selects(object: &Object<'_>, selector: &BTreeMap<&str, &str>, draft: &Draft<'_>) -> bool {
    let has = |(key, value): (&&str, &&str)| draft.labels.get(*key) == Some(value);
    draft.service.kind != Kind::Job && draft.workload.namespace() == object.namespace() && selector.iter().all(has)
}

fn outside(object: &Object<'_>, kind: Option<&str>) {
    let name = object.at("spec.externalName").and_then(Field::text);
    let (reason, action) = match (kind, name) {
        (Some("ExternalName"), Some(name)) => (
            format!("the name stands for `{name}`, which is not part of the import"),
            format!("give its callers `{name}` itself, in the variable that holds the Service's name"),
        ),
        _ => (
            "without a selector somebody writes its addresses by hand".to_owned(),
            "give its callers the address itself, in the variable that holds the Service's name".to_owned(),
        ),
    };
    lose(object, &codes::NO_SELECTOR, reason, action);
}

fn several(object: &Object<'_>, targets: &[usize], drafts: &[Draft<'_>]) {
    let names: Vec<_> =
        targets.iter().filter_map(|index| drafts.get(*index)).map(|draft| format!("`{}`", draft.name)).collect();
    let ([first, others @ ..], Some(selector)) = (names.as_slice(), object.at("spec.selector")) else { return };
    if !others.is_empty() {
        let reason = format!("it selects {}, and its name leads to {first} alone", names.join(", "));
        selector.say(
            &codes::MANY_TARGETS,
            reason,
            "keep one of them and roll out versions as releases, or give each a Service of its own",
        );
    }
}

fn port<'c>(field: Field<'c>, draft: &Draft<'c>) -> Option<Port<'c>> {
    let (name, protocol) = (field.text_of("name"), field.text_of("appProtocol"));
    let transport = field.text_of("protocol").unwrap_or("TCP");
    let Some(number) = field.integer_of("port").and_then(valid) else {
        field.say(&codes::BAD_PORT, "`port` is not a number from 1 to 65535", "correct it");
        return None;
    };
    if !transport.eq_ignore_ascii_case("TCP") {
        let reason = format!("port {number} is {transport}, and Skiff opens TCP between services");
        field.say(&codes::NOT_TCP, reason, "leave it where it is, or open it in Terraform of your own");
        return Some(Port { field, name, number, target: None, protocol });
    }
    let target = match field.get("targetPort") {
        None => Some(number),
        Some(target) => target_port(target, draft),
    };
    let target = target.filter(|target| is_free(field, number, *target));
    Some(Port { field, name, number, target, protocol })
}

/// A port of the runner cannot be the workload's too: its containers share the VM's network.
fn is_free(field: Field<'_>, number: u16, target: u16) -> bool {
    let free = ![number, target].contains(&RUNNER_HEALTH_PORT);
    if !free {
        let reason = format!("port {RUNNER_HEALTH_PORT} of every VM is the runner's own");
        field.say(&codes::PORT_TAKEN, reason, "let the process and the Service have another port");
    }
    free
}

fn valid(number: i64) -> Option<u16> {
    u16::try_from(number).ok().filter(|number| *number > 0)
}

/// The number of a `targetPort`: a number, or the name of a port of the pod.
fn target_port(field: Field<'_>, draft: &Draft<'_>) -> Option<u16> {
    if let Some(number) = field.integer() {
        let number = valid(number);
        if number.is_none() {
            field.say(&codes::BAD_PORT, "it is not a number from 1 to 65535", "correct it");
        }
        return number;
    }
    let name = field.text()?;
    if !name.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        let reason = format!("`\"{name}\"` in quotes is the name of a port, and a name needs a letter");
        field.say(&codes::BAD_PORT, reason, "take the quotes away");
        return None;
    }
    let named = draft.ports.iter().filter(|port| port.name == Some(name));
    let port = named.max_by_key(|port| port.main).map(|port| port.number);
    if port.is_none() {
        let reason = format!("no container of `{}` names a port `{name}`", draft.name);
        field.say(&codes::NO_SUCH_PORT, reason, "name the container's port, or write its number");
    }
    port
}

/// What the Services say besides selector and ports.
pub(super) fn settings(traffic: &mut Traffic<'_, '_>) {
    for index in 0..traffic.services.len() {
        super::ingress::service_settings(traffic, index);
        let Some(service) = traffic.services.get(index) else { continue };
        let Some(main) = service.main() else { continue };
        let (kind, object) = (service.kind(), service.object);
        let Some(spec) = object.at("spec") else { continue };
        identify(object);
        if !matches!(kind, "ClusterIP" | "NodePort" | "LoadBalancer") {
            let reason = format!("`{kind}` is no type of Service");
            spec.get("type").iter().for_each(|field| {
                field.say(&runtime::BAD_VALUE, reason.clone(), "write `ClusterIP`, `NodePort` or `LoadBalancer`");
            });
        }
        if kind == "NodePort" {
            node_port(spec, traffic.served.contains_key(&main));
        }
        if spec.text_of("clusterIP") == Some("None")
            && traffic.drafts.get(main).is_none_or(|draft| draft.replicas.1 != 1)
        {
            let field = spec.get("clusterIP");
            field.iter().for_each(|field| {
                field.say(
                    &codes::HEADLESS,
                    "the name leads to all healthy members, and none has a name of its own",
                    "check that no caller uses the name of a single pod",
                );
            });
        }
        protocols(service, traffic.served.get(&main).copied());
        affinity(spec, main, traffic);
        refused(spec);
    }
}

fn node_port(spec: Field<'_>, routed: bool) {
    let Some(field) = spec.get("type") else { return };
    if routed {
        field.ignore("its routes say how it is reached; VMs have no node ports");
    } else {
        field.say(
            &codes::NODE_PORT,
            "what connects to the nodes' port stands in no manifest, so it is taken for internal",
            "give the service `kind: web` and `routes` if it must be reached from outside",
        );
    }
}

/// What a port speaks matters to the load balancer, and where it tells which of several ports is the one for HTTP.
fn protocols(service: &Reached<'_>, routed: Option<u16>) {
    for port in service.ports.iter().filter(|port| routed.is_none() || port.target != routed) {
        let tells = routed.is_none() && service.ports.len() > 1 && port.is_http() && !port.name.is_some_and(says_http);
        if let Some(field) = port.field.get("appProtocol").filter(|_| !tells) {
            field.ignore("no route leads here, and callers know what they speak");
        }
    }
}

fn affinity(spec: Field<'_>, main: usize, traffic: &mut Traffic<'_, '_>) {
    let Some(field) = spec.get("sessionAffinity") else { return };
    if field.text() != Some("ClientIP") {
        return;
    }
    let seconds = spec.at("sessionAffinityConfig.clientIP.timeoutSeconds").and_then(Field::integer);
    let Some(draft) = traffic.drafts.get_mut(main) else { return };
    if !traffic.served.contains_key(&main) {
        let reason = "names spread callers over all members, whoever they are";
        field.say(&codes::SERVICE_SETTING, reason, "keep sessions in a store that all members share");
        return;
    }
    field.say(
        &codes::AFFINITY,
        "the load balancer knows a client by a cookie, not by its address; other services are spread over all members",
        "keep sessions in a store that all members share if a client keeps no cookies",
    );
    let seconds = seconds.and_then(|seconds| u32::try_from(seconds).ok()).unwrap_or(CLIENT_IP_SECONDS);
    draft.service.stickiness.get_or_insert_with(|| Stickiness {
        duration: Some(spanned(Duration(seconds.clamp(1, 604_800)))),
        ..Stickiness::fallback()
    });
}

/// Settings that names and security groups cannot do; their harmless values are read.
fn refused(spec: Field<'_>) {
    let say = |key: &str, lost: &dyn Fn(Field<'_>) -> bool, reason: &str, action: &str| {
        if let Some(field) = spec.get(key).filter(|field| lost(*field)) {
            field.say(&codes::SERVICE_SETTING, reason, action);
        }
    };
    let is = |word: &'static str| move |field: Field<'_>| field.text() == Some(word);
    let has = |field: Field<'_>| field.items().next().is_some();
    say("externalIPs", &has, "addresses of nodes lead to no VM", "point their clients at the service's route");
    let ready = |field: Field<'_>| field.boolean() == Some(true);
    say(
        "publishNotReadyAddresses",
        &ready,
        "a name leads to healthy members alone",
        "let members find each other some other way, such as a store",
    );
    say("internalTrafficPolicy", &is("Local"), "no two members share a VM", "let callers use the name as it is");
    let families = ["ipFamilies", "ipFamilyPolicy"];
    let six = |field: Field<'_>| {
        field.texts().contains(&"IPv6") || field.text().is_some_and(|text| text.ends_with("DualStack"))
    };
    for field in families.into_iter().filter_map(|key| spec.get(key)).filter(|field| six(*field)) {
        field.say(&codes::IPV4_ONLY, "Skiff's networks have IPv4 addresses", "check that no caller has only IPv6");
    }
}
