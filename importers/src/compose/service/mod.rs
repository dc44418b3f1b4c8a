//! A service of a Compose file as a service of `skiff.yaml`.

mod defaults;
mod environment;
mod health;
mod names;
mod network;
mod ports;
mod process;
mod resources;
mod storage;
mod uses;

use std::collections::BTreeMap;

use skiff_compiler::spec::{
    decode::Decode,
    service::{Cutover, CutoverSource, Kind, Service},
    values::{HostName, Name},
};

use super::project::Project;
use crate::{
    import::spanned,
    kube::object::{Field, Object},
};

/// A service while it is put together.
#[derive(Debug)]
pub(super) struct Draft<'o> {
    /// Its name in `skiff.yaml`.
    pub(super) name: Name,
    /// What the file says of it.
    pub(super) object: &'o Object<'o>,
    /// What is written.
    pub(super) service: Service,
    /// Its published ports, first the one that serves.
    pub(super) published: Vec<ports::Published<'o>>,
    /// The named volumes it mounts.
    pub(super) volumes: Vec<(Field<'o>, storage::Mounted)>,
    /// The names under which others find it.
    pub(super) names: Vec<HostName>,
    /// What may name other services: variables, commands, files and health checks, with where each stands.
    pub(super) texts: Vec<(String, Field<'o>)>,
    /// Where each use of another service comes from.
    pub(super) used_at: BTreeMap<Name, Vec<Field<'o>>>,
    /// Whether it starts only when somebody asks for one of its profiles.
    pub(super) optional: bool,
    /// Whether it is to end by itself.
    pub(super) one_off: bool,
    /// How many members.
    pub(super) replicas: u32,
}

/// All services, in the order of the file; one key twice is one service.
pub(super) fn drafts<'o>(project: &Project<'o>) -> Vec<Draft<'o>> {
    let mut seen: Vec<&str> = Vec::new();
    let mut drafts = Vec::new();
    for object in project.of_kind("service") {
        if seen.contains(&object.name()) {
            object.say(
                &super::codes::OTHER_FILE,
                "an earlier file has a service of this name",
                "run `docker compose config` over all files, and import what it prints",
            );
            continue;
        }
        seen.push(object.name());
        drafts.push(draft(object, project));
    }
    names::join(&mut drafts, project);
    uses::join(&mut drafts, project);
    names::write(&mut drafts, project);
    storage::join(&mut drafts, project);
    ports::route(&mut drafts, project);
    drafts
}

fn draft<'o>(object: &'o Object<'o>, project: &Project<'o>) -> Draft<'o> {
    let name = project.names.borrow_mut().choose(&project.app.to_string(), object.name());
    object.belongs_to(name.as_str());
    let service = Service { kind: Kind::Worker, ..Service::fallback() };
    let mut draft = Draft {
        name,
        object,
        service,
        published: Vec::new(),
        volumes: Vec::new(),
        names: Vec::new(),
        texts: Vec::new(),
        used_at: BTreeMap::new(),
        optional: false,
        one_off: false,
        replicas: 1,
    };
    let root = object.root();
    process::apply(&mut draft, root);
    profiles(&mut draft, root);
    defaults::apply(root);
    environment::apply(&mut draft, root, project);
    ports::apply(&mut draft, root);
    network::apply(&mut draft, root, project);
    health::apply(&mut draft, root);
    resources::apply(&mut draft, root);
    storage::apply(&mut draft, root, project);
    draft.service.cutover = Some(cutover(&draft, project));
    draft
}

/// Compose starts a service with a profile only when somebody asks for it.
fn profiles(draft: &mut Draft<'_>, root: Field<'_>) {
    if root.list("profiles").next().is_some()
        && let Some(profiles) = root.get("profiles")
    {
        draft.optional = true;
        let reason = "Compose starts it only with this profile; here it always runs, and is not public";
        profiles.say(&super::codes::CHANGED, reason, "take the service away if only development needs it");
    }
}

fn cutover(draft: &Draft<'_>, project: &Project<'_>) -> Cutover {
    let port = draft.published.first().and_then(|port| port.published).or_else(|| {
        let port = draft.service.port.as_ref().map(|port| port.value);
        port.or_else(|| draft.service.ports.values().next().map(|port| port.value))
    });
    let from = CutoverSource {
        service: format!("compose/{}/{}", project.app, draft.object.name()),
        port: port.map(spanned),
        ..CutoverSource::fallback()
    };
    Cutover { from, ..Cutover::fallback() }
}

/// The texts of a field that is one text or a list of texts, with their variables filled in.
fn texts(field: Field<'_>) -> Vec<String> {
    let items: Vec<_> = field.items().collect();
    let fields = if items.is_empty() { vec![field] } else { items };
    fields.into_iter().filter_map(super::variables::text).collect()
}

/// The keys and values of a field that is a mapping or a list of `key=value` (or, for hosts, `key:value`).
fn pairs<'o>(field: Field<'o>, separators: &[char]) -> Vec<(String, String, Field<'o>)> {
    let mapping = field.entries().filter_map(|(key, value)| {
        let text = super::variables::text(value)?;
        Some((key.to_owned(), text, value))
    });
    let list = field.items().filter_map(|item| {
        let text = super::variables::text(item)?;
        let (key, value) = text.split_once(separators)?;
        Some((key.to_owned(), value.to_owned(), item))
    });
    mapping.chain(list).collect()
}

/// `true` and `false`, also as texts.
fn truth(field: Field<'_>) -> bool {
    field.boolean().unwrap_or_else(|| field.written() == Some("true"))
}
