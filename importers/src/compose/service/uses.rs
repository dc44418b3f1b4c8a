//! Who reaches whom: what `depends_on` and `links` name, and whose name stands in a variable, a command or a file.

use std::collections::{BTreeMap, BTreeSet};

use skiff_compiler::spec::{
    decode::{At, Decode},
    shorthand::{Use, UseOf},
    values::Name,
};

use super::{
    Draft,
    names::{self, Known},
    ports, truth,
};
use crate::{
    compose::{codes, project::Project},
    import::spanned,
    kube::object::Field,
};

/// Ports that images of these names serve, as their documentation says.
const PORTS_OF_IMAGES: &[(&str, u16)] = &[
    ("postgres", 5432),
    ("postgis", 5432),
    ("mysql", 3306),
    ("mariadb", 3306),
    ("redis", 6379),
    ("valkey", 6379),
    ("memcached", 11211),
    ("mongo", 27017),
    ("rabbitmq", 5672),
    ("kafka", 9092),
    ("zookeeper", 2181),
    ("elasticsearch", 9200),
    ("nginx", 80),
    ("httpd", 80),
    ("caddy", 80),
];

/// A service that another one names under `depends_on` or `links`.
struct Named<'o> {
    service: usize,
    field: Field<'o>,
    /// Whether it must have ended before the other one starts.
    completed: bool,
}

/// Compose lets every service reach every port of the others, so a port may be known by its users alone.
pub(super) fn join(drafts: &mut [Draft<'_>], project: &Project<'_>) {
    let known = names::known(drafts);
    let named: Vec<Vec<Named<'_>>> = drafts.iter().map(|draft| named(draft, &known)).collect();
    find_ports(drafts, &named, &known);
    let reached: Vec<_> =
        drafts.iter().map(|draft| (draft.name.clone(), draft.service.port.is_some(), draft.one_off)).collect();
    for (index, (draft, named)) in drafts.iter_mut().zip(&named).enumerate() {
        let mut used: BTreeMap<Name, Vec<Field<'_>>> = BTreeMap::new();
        for Named { service, field, completed } in named {
            match reached.get(*service) {
                Some((name, true, _)) if *service != index && !completed => {
                    used.entry(name.clone()).or_default().push(*field);
                }
                Some((name, _, one_off)) => say_unreachable(*field, name, *completed || *one_off),
                None => {}
            }
        }
        for (text, field) in &draft.texts {
            for (host, _) in hosts(text) {
                let host = host.to_ascii_lowercase();
                let Some(service) = known.get(&host).copied().filter(|service| *service != index) else { continue };
                let Some((name, true, _)) = reached.get(service) else { continue };
                used.entry(name.clone()).or_default().push(*field);
                say_underscore(*field, &host, name, project);
            }
        }
        let uses =
            used.keys().map(|name| UseOf { name: spanned(name.clone()), at: At::default(), ..UseOf::fallback() });
        draft.service.uses = uses.map(Use).collect();
        draft.used_at = used;
    }
}

fn say_unreachable(field: Field<'_>, name: &Name, one_off: bool) {
    if one_off {
        let reason =
            format!("`{name}` ends by itself, and nothing here waits for its end: what exits is started again");
        let action = "run it under `rollout.before`, as an `init` container, or make it a `job`";
        field.say(&codes::DEPENDS_ON, reason, action);
    } else {
        let reason = format!("no port of `{name}` is known, so that it cannot be reached");
        field.say(&codes::DEPENDS_ON, reason, "add its port to `expose`, or wait for it in the process");
    }
}

/// A name with an underscore is found by the resolver of Docker, and is no name in DNS.
fn say_underscore(field: Field<'_>, host: &str, name: &Name, project: &Project<'_>) {
    if host.contains('_') {
        let reason = format!("`{host}` is no name that DNS has");
        field.say(&codes::UNSUPPORTED, reason, format!("write `{name}`, or `{name}.{}`", project.zone()));
    }
}

/// The ports of services that are used: those that others connect to, else what the image serves.
fn find_ports(drafts: &mut [Draft<'_>], named: &[Vec<Named<'_>>], known: &Known) {
    let mut asked: BTreeMap<usize, BTreeSet<u16>> =
        named.iter().flatten().map(|name| (name.service, BTreeSet::new())).collect();
    for (text, _) in drafts.iter().flat_map(|draft| &draft.texts) {
        for (host, port) in hosts(text) {
            if let Some(service) = known.get(&host.to_ascii_lowercase()) {
                asked.entry(*service).or_default().extend(port);
            }
        }
    }
    let completed: BTreeSet<usize> =
        named.iter().flatten().filter(|name| name.completed).map(|name| name.service).collect();
    for (service, asked) in asked {
        let Some(draft) = drafts.get_mut(service) else { continue };
        let by_image = by_image(draft)
            .filter(|_| asked.is_empty() && draft.service.port.is_none() && !completed.contains(&service));
        if let Some(port) = by_image {
            add(draft, port, format!("its image serves port {port}"));
        }
        for port in asked.into_iter().filter(|port| *port > 0) {
            let has = |draft: &Draft<'_>| {
                let service = &draft.service;
                service.port.iter().chain(service.ports.values()).any(|known| known.value == port)
            };
            if !has(draft) {
                add(draft, port, format!("another service of the file connects to its port {port}"));
            }
        }
    }
}

fn add(draft: &mut Draft<'_>, port: u16, reason: String) {
    ports::open(draft, port);
    draft.object.root().note(&codes::PORT, reason, "correct the port if it listens on another one");
}

fn by_image(draft: &Draft<'_>) -> Option<u16> {
    let image = draft.service.image.as_ref().map(|image| image.repository().to_owned()).unwrap_or_default();
    let base = image.rsplit('/').next().unwrap_or_default();
    PORTS_OF_IMAGES.iter().find(|(name, _)| *name == base).map(|(_, port)| *port)
}

/// The services that the file names: dependencies and links, each with where.
fn named<'o>(draft: &Draft<'o>, known: &Known) -> Vec<Named<'o>> {
    let root = draft.object.root();
    let listed = ["depends_on", "links"].into_iter().flat_map(|key| root.list(key));
    let listed = listed.filter_map(|item| Some((item.text()?, item, false, true)));
    let mapped = root.map("depends_on").map(|(key, options)| {
        options.touch();
        let completed = options.text_of("condition") == Some("service_completed_successfully");
        (key, options, completed, options.get("required").is_none_or(truth))
    });
    let mut named = Vec::new();
    for (text, field, completed, required) in listed.chain(mapped) {
        let key = text.split(':').next().unwrap_or_default();
        match known.get(&key.to_ascii_lowercase()) {
            Some(service) => named.push(Named { service: *service, field, completed }),
            None if required => {
                let reason = format!("the file has no service `{key}`");
                field.say(&codes::BAD_VALUE, reason, "correct the name, or take it away");
            }
            None => field.ignore("the file has no such service, which it allows"),
        }
    }
    named
}

/// The words of a text that may be hosts, each with the port behind it: of `tcp://user@db:5432/x` also `db` and 5432.
fn hosts(text: &str) -> impl Iterator<Item = (&str, Option<u16>)> {
    let inner = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | ':');
    text.split(move |letter| !inner(letter)).filter(|word| !word.is_empty()).map(|word| match word.split_once(':') {
        Some((host, port)) => (host, port.parse().ok()),
        None => (word, None),
    })
}
