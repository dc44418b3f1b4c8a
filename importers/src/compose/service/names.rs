//! The names under which services find each other: their keys, aliases, container names, host names, and those of links.

use std::collections::BTreeMap;

use skiff_compiler::spec::{
    decode::Decode,
    values::{HostName, Scalar},
    workload::Discovery,
};

use super::Draft;
use crate::{
    compose::{codes, project::Project},
    import::spanned,
    kube::object::Field,
};

/// Names in lower case, each with the service that it leads to.
pub(super) type Known = BTreeMap<String, usize>;

/// A name that the file gives to a service beside its key.
struct Given<'o> {
    name: String,
    service: usize,
    field: Field<'o>,
}

/// All names of the file; of two services with one name, the first has it.
pub(super) fn known(drafts: &[Draft<'_>]) -> Known {
    let mut known = Known::new();
    for (index, draft) in drafts.iter().enumerate() {
        known.entry(draft.object.name().to_ascii_lowercase()).or_insert(index);
    }
    for given in given(drafts, &known) {
        known.entry(given.name).or_insert(given.service);
    }
    known
}

/// Gives each service its names, and says which name leads to another one.
pub(super) fn join(drafts: &mut [Draft<'_>], project: &Project<'_>) {
    let known = known(drafts);
    for given in given(drafts, &known) {
        let owner = known.get(&given.name).and_then(|index| drafts.get(*index)).map(|draft| draft.object.name());
        if known.get(&given.name) != Some(&given.service) {
            let reason =
                format!("`{}` leads to `{}`: a name leads to one service", given.name, owner.unwrap_or_default());
            given.field.say(&codes::UNSUPPORTED, reason, "give each of the services a name of its own");
        } else if whole(&given.name, &known, project).is_none() && given.field.key() != Some("container_name") {
            let reason = format!("`{}` cannot be a name in the zone of the application", given.name);
            given.field.say(&codes::UNSUPPORTED, reason, "use one label of letters, digits and hyphens");
        }
    }
    for (name, index) in &known {
        if let (Some(draft), Some(whole)) = (drafts.get_mut(*index), whole(name, &known, project)) {
            draft.names.push(whole);
        }
    }
    for draft in drafts {
        if whole(&draft.object.name().to_ascii_lowercase(), &known, project).is_none() {
            let free = !known.contains_key(draft.name.as_str());
            draft.names.extend(whole(draft.name.as_str(), &known, project).filter(|_| free));
            let reason =
                format!("`{}` is no name that DNS has: others find it as `{}`", draft.object.name(), draft.name);
            draft.object.root().note(&codes::CHANGED, reason, "use the new name where the old one stands");
        }
    }
}

/// Writes the names of services that can be connected to, and says so of those that cannot.
pub(super) fn write(drafts: &mut [Draft<'_>], project: &Project<'_>) {
    let known = known(drafts);
    for given in given(drafts, &known) {
        let Some(draft) = drafts.get(given.service) else { continue };
        match (draft.service.port.is_some(), given.field.key()) {
            (true, Some("container_name")) if whole(&given.name, &known, project).is_some() => {
                given.field.mapped_to("discovery.names");
            }
            (_, Some("container_name" | "hostname")) | (true, _) => {}
            (false, _) => {
                let reason =
                    format!("no port of `{}` is known, so that nothing connects to this name", draft.object.name());
                given.field.say(&codes::UNSUPPORTED, reason, "add the port to `expose`");
            }
        }
    }
    for draft in drafts.iter_mut().filter(|draft| draft.service.port.is_some() && !draft.names.is_empty()) {
        let names = draft.names.iter().cloned().map(spanned).collect();
        draft.service.discovery = Some(Discovery { names, ..Discovery::fallback() });
    }
}

/// A name in the zone of the application; a name of several labels must not make a zone of another name.
fn whole(name: &str, known: &Known, project: &Project<'_>) -> Option<HostName> {
    let hides = name.split_once('.').is_some_and(|(_, zone)| known.contains_key(zone));
    HostName::parse(&format!("{name}.{}", project.zone())).filter(|_| !hides && !name.starts_with('*'))
}

fn given<'o>(drafts: &[Draft<'o>], known: &Known) -> Vec<Given<'o>> {
    let mut all = Vec::new();
    for (service, draft) in drafts.iter().enumerate() {
        let root = draft.object.root();
        let aliases = root.map("networks").flat_map(|(_, network)| network.list("aliases"));
        let own = ["container_name", "hostname"].into_iter().filter_map(|key| root.get(key));
        let own = aliases.chain(own).filter_map(|field| Some((field.text()?, field)));
        // A name of several labels is not below the zone of the application.
        let own = own.filter(|(name, field)| field.key() != Some("hostname") || !name.contains('.'));
        all.extend(own.map(|(name, field)| Given { name: name.to_ascii_lowercase(), service, field }));
        for link in root.list("links") {
            let Some((target, alias)) = link.text().and_then(|text| text.split_once(':')) else { continue };
            if let Some(service) = known.get(&target.to_ascii_lowercase()).copied() {
                all.push(Given { name: alias.to_ascii_lowercase(), service, field: link });
            }
        }
    }
    all.retain(|given| known.get(&given.name) != Some(&given.service) || !is_key(drafts, given));
    all
}

/// A name that is the service's key says nothing new.
fn is_key(drafts: &[Draft<'_>], given: &Given<'_>) -> bool {
    drafts.get(given.service).is_some_and(|draft| draft.object.name().eq_ignore_ascii_case(&given.name))
}
