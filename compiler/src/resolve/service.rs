//! One service: what its kind demands, how large it is, how it scales.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    RUNNER_HEALTH_PORT, Reporter, ResolvedService, Settings, codes, data, discovery, one_of, probes, rollout, routes,
    size, timezone, uses, workload,
};
use crate::{
    source::Span,
    spec::{
        Spec,
        decode::Spanned,
        service::{Kind, Scaling, Service},
        shorthand::Use,
        values::Name,
    },
};

/// Keys that only some kinds have.
const KEYS_OF_KINDS: &[(&str, &[Kind])] = &[
    ("routes", &[Kind::Web]),
    ("protocol", &[Kind::Web]),
    ("stickiness", &[Kind::Web]),
    ("slow_start", &[Kind::Web]),
    ("scaling", &[Kind::Web, Kind::Worker]),
    ("replicas", &[Kind::Web, Kind::Worker]),
    ("min_healthy", &[Kind::Web, Kind::Worker]),
    ("schedule", &[Kind::Job]),
    ("timezone", &[Kind::Job]),
    ("suspended", &[Kind::Job]),
    ("timeout", &[Kind::Job]),
    ("retries", &[Kind::Job]),
    ("volume", &[Kind::Stateful]),
    ("backup", &[Kind::Stateful]),
    ("maintenance_window", &[Kind::Stateful]),
    ("zone", &[Kind::Stateful]),
];

/// Keys that a kind needs.
const NEEDED: &[(Kind, &str, &str)] = &[
    (Kind::Web, "port", "add `port:` with the port that serves"),
    (Kind::Web, "routes", "add `routes:` with at least `- {}`, which matches every request"),
    (Kind::Job, "schedule", "add `schedule:` with a cron expression such as `0 3 * * *`"),
    (Kind::Stateful, "volume", "add `volume:` with a `size` and a `path`"),
];

pub(crate) fn resolve(
    name: &Name,
    service: &Arc<Service>,
    spec: &Spec,
    settings: &Settings,
    report: &mut Reporter<'_>,
) -> ResolvedService {
    check_keys(service, report);
    workload::check(service, spec, report);
    timezone::check(service, report);
    let size = size::choose(service, service.at.whole, report);
    let (minimum, maximum) = replicas(service, report);
    let ports = ports(service, report);
    workload::check_limits(service, &size.instance_type, report);
    let (mut container_probes, mut container_hooks) = (BTreeMap::new(), BTreeMap::new());
    for (name, container) in &service.containers {
        let mut named = ports.clone();
        named.extend(container.ports.iter().map(|(name, port)| (name.to_string(), port.value)));
        container_probes.insert(name.clone(), probes::resolve(container.health.as_ref(), &named, report));
        container_hooks.insert(name.clone(), workload::hooks::resolve(container.hooks.as_ref(), &named, report));
    }
    check_retries(service, report);
    check_scaling(service, spec, report);
    check_min_healthy(service, report);
    check_cutover(service, report);
    check_stateful(service, settings, report);
    ResolvedService {
        name: name.clone(),
        identity: service.was.as_ref().map_or(name, |was| &was.value).to_string(),
        kind: service.kind,
        architecture: size.architecture,
        instance_type: size.instance_type,
        vcpu: size.vcpu,
        disk: size.disk,
        minimum,
        maximum,
        container_probes,
        container_hooks,
        probes: probes::resolve(service.health.as_ref(), &ports, report),
        hooks: workload::hooks::resolve(service.hooks.as_ref(), &ports, report),
        routes: routes::resolve(name, service, spec, settings, report),
        uses: uses::resolve(name, service, spec, report),
        discovery: discovery::resolve(service, &ports, report),
        stop: rollout::stop(service, report),
        rollout: rollout::resolve(service, report),
        ports,
        spec: Arc::clone(service),
    }
}

fn is_kind_known(service: &Service, report: &Reporter<'_>) -> bool {
    service.at.has("kind") && !report.is_poisoned(service.at.field("kind"))
}

fn check_keys(service: &Service, report: &mut Reporter<'_>) {
    if !is_kind_known(service, report) {
        return;
    }
    let kind = service.kind;
    for (key, kinds) in KEYS_OF_KINDS.iter().filter(|(key, kinds)| service.at.has(key) && !kinds.contains(&kind)) {
        let words: Vec<_> = kinds.iter().map(|kind| format!("`{}`", kind.word())).collect();
        let message = format!("a {} service has no `{key}`", kind.word());
        report.report(
            &codes::NOT_FOR_KIND,
            service.at.field(key),
            message,
            format!("it is for {}", words.join(" and ")),
        );
    }
    for (_, key, hint) in NEEDED.iter().filter(|(of, key, _)| *of == kind && !service.at.has(key)) {
        let message = format!("a {} service needs `{key}`", kind.word());
        report.report(&codes::NEEDED_FOR_KIND, service.at.whole, message, *hint);
    }
    if kind == Kind::Web && service.at.has("routes") && service.routes.is_empty() {
        let message = "a web service needs at least one route";
        report.report(&codes::NEEDED_FOR_KIND, service.at.field("routes"), message, "`- {}` matches every request");
    }
}

fn replicas(service: &Service, report: &mut Reporter<'_>) -> (u32, u32) {
    let default = if service.kind == Kind::Web { 2 } else { 1 };
    let Some(replicas) = &service.replicas else { return (default, default) };
    let (least, most) = (replicas.0.min.value, replicas.0.max.value);
    // A bound that could not be read was reported, and its stand-in means nothing.
    if report.is_poisoned(replicas.0.min.span()) || report.is_poisoned(replicas.0.max.span()) {
        return (least.min(most), most.max(1));
    }
    if least > most || most == 0 || most > 500 {
        let message = match most {
            0 => "no member at all would run".to_owned(),
            _ if least > most => format!("`min` is {least}, more than `max`, which is {most}"),
            _ => format!("{most} members are more than Skiff runs"),
        };
        let hint = "`min` is at most `max`, `max` is 1 to 500";
        report.report(&codes::BAD_REPLICAS, replicas.0.at.whole, message, hint);
    } else if service.kind == Kind::Web && is_kind_known(service, report) && most == 1 {
        let message = "one member: while it is replaced nobody answers";
        report.report(
            &codes::SINGLE_MEMBER,
            replicas.0.at.whole,
            message,
            "two members, in two zones, are Skiff's default",
        );
    }
    (least, most.max(1))
}

/// All ports of a member by name; its containers share the VM's network.
fn ports(service: &Service, report: &mut Reporter<'_>) -> BTreeMap<String, u16> {
    let main = service.port.iter().map(|port| ("main".to_owned(), port.value, port.span()));
    let more = service.ports.iter().map(|(name, port)| (name.to_string(), port.value, port.span()));
    let mut taken: BTreeMap<u16, Span> = BTreeMap::new();
    let mut named = BTreeMap::new();
    for (name, port, span) in main.chain(more) {
        check_port(port, span, &mut taken, report);
        named.insert(name, port);
    }
    let beside = service.containers.values().flat_map(|container| container.ports.values());
    let forwarded = service.discovery.iter().flat_map(|discovery| &discovery.forward).map(|forward| &forward.port);
    for port in beside.chain(forwarded) {
        check_port(port.value, port.span(), &mut taken, report);
    }
    named
}

fn check_port(port: u16, span: Span, taken: &mut BTreeMap<u16, Span>, report: &mut Reporter<'_>) {
    let hint = "choose another port";
    if let Some(other) = taken.insert(port, span) {
        report.report_related(
            &codes::PORT_TAKEN,
            (span, format!("port {port} is taken")),
            hint,
            (other, "already used here"),
        );
    }
    let reason = match port {
        0 => "port 0 means any port",
        RUNNER_HEALTH_PORT => "it is the runner's own",
        _ => return,
    };
    report.report(&codes::PORT_TAKEN, span, format!("port {port} cannot be used: {reason}"), hint);
}

/// A run that failed twenty times fails the next time too.
fn check_retries(service: &Service, report: &mut Reporter<'_>) {
    if let Some(retries) = service.retries.as_ref().filter(|retries| retries.value > 20) {
        let message = format!("{} retries are more than Skiff does", retries.value);
        report.report(&codes::OUT_OF_RANGE, retries.span(), message, "0 to 20 are possible");
    }
}

fn check_scaling(service: &Service, spec: &Spec, report: &mut Reporter<'_>) {
    let Some(Scaling { cpu, queue, at }) = &service.scaling else { return };
    if let Some(cpu) = cpu.as_ref().filter(|cpu| cpu.0 < 1_000) {
        report.report(
            &codes::OUT_OF_RANGE,
            cpu.span(),
            format!("`{}` of the processor is no target to hold", cpu.value),
            "1% to 100% are possible",
        );
    }
    if cpu.is_none() && queue.is_none() {
        report.report(&codes::EXACTLY_ONE, at.whole, "`scaling` says nothing to scale by", "add `cpu:` or `queue:`");
    }
    check_room(service, at.whole, report);
    let Some(queue) = queue else { return };
    check_followed(service, &queue.name, report);
    if queue.depth.is_some() == queue.age.is_some() {
        let message = "a queue is followed by exactly one of `depth` and `age`";
        report.report(&codes::EXACTLY_ONE, queue.at.whole, message, one_of(queue.depth.is_some()));
    }
    if let Some(depth) = queue.depth.as_ref().filter(|depth| depth.value == 0) {
        report.report(
            &codes::OUT_OF_RANGE,
            depth.span(),
            "a member cannot hold a depth of 0",
            "a member holds at least 1 message",
        );
    }
    if !spec.queues.contains_key(&queue.name.value) {
        uses::dangling(&queue.name, spec, report);
    }
}

/// Scaling needs a first member: an empty slot is the idle one, and nothing takes it from there.
fn check_room(service: &Service, span: Span, report: &mut Reporter<'_>) {
    if service.replicas.as_ref().is_some_and(|replicas| replicas.0.min.value == 0) {
        let message = "`scaling` cannot take a service from 0 members";
        let hint = "give `replicas` a `min` of at least 1, or take `scaling` away";
        report.report(&codes::BAD_REPLICAS, span, message, hint);
    }
}

/// Who scales by a queue must be one that empties it.
fn check_followed(service: &Service, queue: &Spanned<Name>, report: &mut Reporter<'_>) {
    if !service.uses.iter().any(|Use(used)| used.name.value == queue.value) {
        let message = format!("this service does not use `{}`", queue.value);
        report.report(&codes::DANGLING_REFERENCE, queue.span(), message, format!("add `uses: [{}]`", queue.value));
    }
}

/// Auto Scaling takes whole percents (`InstanceMaintenancePolicy`, Auto Scaling API reference).
fn check_min_healthy(service: &Service, report: &mut Reporter<'_>) {
    let Some(share) = service.min_healthy.as_ref().filter(|share| !share.0.is_multiple_of(1_000)) else { return };
    report.report(
        &codes::OUT_OF_RANGE,
        share.span(),
        format!("Auto Scaling cannot keep `{}` of the members", share.value),
        "whole percents from `0%` to `100%` are possible",
    );
}

/// Requests reach the old way of a web service by a port; of the others it only says what it was.
fn check_cutover(service: &Service, report: &mut Reporter<'_>) {
    let Some(cutover) = service.cutover.as_ref().filter(|_| is_kind_known(service, report)) else { return };
    let source = &cutover.from;
    if service.kind == Kind::Web && !source.at.has("port") {
        let message = "the cutover of a web service needs `port`";
        let hint = "add the port that the old service is reached on";
        report.report(&codes::NEEDED_FOR_KIND, source.at.whole, message, hint);
    }
    if service.kind != Kind::Web && source.at.has("health") {
        let message = format!("the cutover of a {} service has no `health`", service.kind.word());
        let hint = "it is for `web`, whose old service gets a target group";
        report.report(&codes::NOT_FOR_KIND, source.at.field("health"), message, hint);
    }
}

fn check_stateful(service: &Service, settings: &Settings, report: &mut Reporter<'_>) {
    if let Some(zone) =
        service.zone.as_ref().filter(|zone| !settings.zones.is_empty() && !settings.zones.contains(zone))
    {
        let message = format!("`{}` is not a zone of `{}`", zone.value, settings.region);
        report.report(
            &codes::UNKNOWN_ZONE,
            zone.span(),
            message,
            format!("the zones are `{}`", settings.zones.join("`, `")),
        );
    }
    if let Some(keep) = service.backup.as_ref().and_then(|backup| backup.keep.as_ref()) {
        data::whole_days(Some(keep), 1, 36_500, "backups cannot be kept", report);
    }
    let Some(volume) = &service.volume else { return };
    let iops = volume.iops.as_ref().filter(|iops| !(3_000..=80_000).contains(&iops.value));
    let throughput = volume.throughput.as_ref().filter(|throughput| !(125..=2_000).contains(&throughput.value));
    for (number, bounds) in
        iops.into_iter().map(|it| (it, "3000 to 80000")).chain(throughput.map(|it| (it, "125 to 2000")))
    {
        report.report(
            &codes::OUT_OF_RANGE,
            number.span(),
            format!("a gp3 volume cannot have `{}`", number.value),
            format!("{bounds} are possible"),
        );
    }
}
