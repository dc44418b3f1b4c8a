//! Who reaches whom: what `depends_on` and `links` name, and whose name stands in a variable or a command.

use std::collections::{BTreeMap, BTreeSet};

use skiff_compiler::spec::{
    decode::{At, Decode},
    shorthand::{Use, UseOf},
    values::Name,
};

use super::Draft;
use crate::{compose::codes, import::spanned, kube::object::Field};

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

/// Compose lets every service reach every port of the others, so a port may be known by its users alone.
pub(super) fn join(drafts: &mut [Draft<'_>]) {
    let named: Vec<_> = drafts.iter().map(|draft| named(draft)).collect();
    find_ports(drafts, &named);
    let known: BTreeMap<String, (Name, bool)> = drafts
        .iter()
        .map(|draft| (draft.object.name().to_owned(), (draft.name.clone(), draft.service.port.is_some())))
        .collect();
    for (draft, named) in drafts.iter_mut().zip(&named) {
        for (key, field) in named.iter().filter(|(key, _)| known.get(*key).is_some_and(|(_, reachable)| !reachable)) {
            let reason = format!("no port of `{key}` is known, so that it cannot be reached");
            field.say(&codes::DEPENDS_ON, reason, "add its port to `expose`, or wait for it in the process");
        }
        let texts = texts(draft);
        let used: BTreeSet<&Name> = known
            .iter()
            .filter(|(key, (name, reachable))| {
                let by_text = || texts.iter().any(|text| hosts(text).any(|(host, _)| host == key.as_str()));
                *reachable && *name != draft.name && (named.contains_key(*key) || by_text())
            })
            .map(|(_, (name, _))| name)
            .collect();
        let used =
            used.into_iter().map(|name| UseOf { name: spanned(name.clone()), at: At::default(), ..UseOf::fallback() });
        draft.service.uses = used.map(Use).collect();
    }
}

/// The port of a service that declares none and is used: what others connect to, or what its image serves.
fn find_ports(drafts: &mut [Draft<'_>], named: &[BTreeMap<String, Field<'_>>]) {
    let mut asked: BTreeMap<String, Option<u16>> =
        named.iter().flat_map(BTreeMap::keys).map(|key| (key.clone(), None)).collect();
    for draft in drafts.iter() {
        for (host, port) in texts(draft).into_iter().flat_map(hosts) {
            let known = asked.entry(host.to_owned()).or_default();
            *known = known.or(port);
        }
    }
    for draft in drafts.iter_mut().filter(|draft| draft.service.port.is_none()) {
        let image = draft.service.image.as_ref().map(|image| image.repository().to_owned()).unwrap_or_default();
        let base = image.rsplit('/').next().unwrap_or_default();
        let by_image = PORTS_OF_IMAGES.iter().find(|(name, _)| *name == base).map(|(_, port)| *port);
        let Some(asked) = asked.get(draft.object.name()).copied() else { continue };
        let Some(port) = asked.or(by_image) else { continue };
        draft.service.port = Some(spanned(port));
        super::network::name(draft);
        let reason = match asked {
            Some(_) => format!("another service of the file connects to its port {port}"),
            None => format!("its image serves port {port}"),
        };
        draft.object.root().note(&codes::PORT, reason, "correct `port` if it listens on another one");
    }
}

/// What the file names: dependencies and links, each with where.
fn named<'o>(draft: &Draft<'o>) -> BTreeMap<String, Field<'o>> {
    let root = draft.object.root();
    let listed = ["depends_on", "links"].into_iter().flat_map(|key| root.list(key));
    let listed = listed.filter_map(|item| Some((item.text()?, item)));
    let mapped = root.map("depends_on").map(|(key, options)| {
        options.touch();
        (key, options)
    });
    let service = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
    listed.chain(mapped).map(|(text, field)| (service(text), field)).collect()
}

fn texts<'d>(draft: &'d Draft<'_>) -> Vec<&'d str> {
    let service = &draft.service;
    let variables = service.env.values().map(|value| value.value.as_str());
    let variables = variables.chain(draft.connects.iter().map(String::as_str));
    variables.chain(service.command.iter().chain(&service.args).map(String::as_str)).collect()
}

/// The words of a text that may be hosts, each with the port behind it: of `tcp://user@db:5432/x` also `db` and 5432.
fn hosts(text: &str) -> impl Iterator<Item = (&str, Option<u16>)> {
    let inner = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | ':');
    text.split(move |letter| !inner(letter)).filter(|word| !word.is_empty()).map(|word| match word.split_once(':') {
        Some((host, port)) => (host, port.parse().ok()),
        None => (word, None),
    })
}
