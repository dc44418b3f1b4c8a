//! How a service resolves names, and the names it has itself.

use std::{collections::BTreeSet, net::IpAddr};

use skiff_compiler::spec::{
    decode::Decode,
    values::{HostName, Scalar},
    workload::{Discovery, Resolver},
};

use super::{Draft, pairs, texts};
use crate::{
    compose::{codes, project::Project},
    import::spanned,
    kube::object::Field,
};

pub(super) fn apply(draft: &mut Draft<'_>, root: Field<'_>, project: &Project<'_>) {
    resolver(draft, root, project);
    aliases(draft, root, project);
    name(draft);
    for (host, address, field) in root.get("extra_hosts").map(|field| pairs(field, &['=', ':'])).unwrap_or_default() {
        let address = address.trim_matches(['[', ']']).to_owned();
        if address.parse::<IpAddr>().is_ok() {
            draft.service.hosts.entry(address).or_default().push(host);
        } else {
            field.say(&codes::UNSUPPORTED, "it leads to the machine that runs Compose", "name a service or an address");
        }
    }
    if let Some(mode) = root.get("network_mode") {
        match mode.text() {
            Some("bridge" | "default") => mode.touch(),
            Some("host") => {
                mode.say(
                    &codes::CHANGED,
                    "it shared the machine's network; here a VM of its own has all its ports",
                    "",
                );
            }
            _ => mode.say(
                &codes::UNSUPPORTED,
                "a service has its own network",
                "put both containers into one service, under `containers`",
            ),
        }
    }
}

/// Services find each other by the short names they have in the file.
fn resolver(draft: &mut Draft<'_>, root: Field<'_>, project: &Project<'_>) {
    let mut resolver = Resolver {
        search: HostName::parse(&project.zone()).map(spanned).into_iter().collect(),
        ..Resolver::fallback()
    };
    for domain in root.get("dns_search").map(texts).unwrap_or_default() {
        resolver.search.extend(HostName::parse(&domain).map(spanned));
    }
    if let Some(servers) = root.get("dns") {
        resolver.servers = texts(servers).into_iter().map(spanned).collect();
    }
    resolver.options = root.get("dns_opt").map(texts).unwrap_or_default().into_iter().map(spanned).collect();
    draft.service.dns = Some(resolver);
}

/// The names under which others find it, once it has a port.
fn aliases(draft: &mut Draft<'_>, root: Field<'_>, project: &Project<'_>) {
    let aliases = root.map("networks").flat_map(|(_, network)| network.list("aliases")).filter_map(Field::text);
    let names = std::iter::once(draft.object.name()).chain(aliases).map(str::to_ascii_lowercase);
    let names: BTreeSet<String> = names.collect();
    let whole = names.iter().filter_map(|name| HostName::parse(&format!("{name}.{}", project.zone())));
    draft.names = whole.collect();
}

/// Writes its names, once it has a port that can be connected to.
pub(super) fn name(draft: &mut Draft<'_>) {
    if draft.service.port.is_some() && draft.service.discovery.is_none() && !draft.names.is_empty() {
        let names = draft.names.iter().cloned().map(spanned).collect();
        draft.service.discovery = Some(Discovery { names, ..Discovery::fallback() });
    }
}
