//! How a service resolves names.

use std::net::IpAddr;

use skiff_compiler::spec::{
    decode::Decode,
    values::{HostName, Scalar},
    workload::Resolver,
};

use super::{Draft, pairs};
use crate::{
    compose::{codes, project::Project, variables},
    import::spanned,
    kube::object::Field,
};

/// More name servers than these are not asked (`MAXNS`, resolv.conf(5)).
const SERVERS: usize = 3;

pub(super) fn apply(draft: &mut Draft<'_>, root: Field<'_>, project: &Project<'_>) {
    resolver(draft, root, project);
    for (host, address, field) in root.get("extra_hosts").map(|field| pairs(field, &['=', ':'])).unwrap_or_default() {
        let address = address.trim_matches(['[', ']']).to_owned();
        let host = host.trim().to_ascii_lowercase();
        if address.parse::<IpAddr>().is_err() {
            field.say(&codes::UNSUPPORTED, "it leads to the machine that runs Compose", "name a service or an address");
        } else if HostName::parse(&host).is_none() || host.starts_with('*') {
            let reason = format!("`{host}` is no name that DNS has");
            field.say(&codes::UNSUPPORTED, reason, "use letters, digits and hyphens");
        } else {
            draft.service.hosts.entry(address).or_default().push(host);
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
    for (text, field) in each(root, "dns_search") {
        match HostName::parse(text.trim_end_matches('.').to_ascii_lowercase().as_str()) {
            Some(domain) if !text.starts_with('*') => resolver.search.push(spanned(domain)),
            _ => field.say(&codes::BAD_VALUE, "this is no domain to search in", "write labels joined by dots"),
        }
    }
    for (text, field) in each(root, "dns") {
        if text.parse::<IpAddr>().is_err() {
            field.say(&codes::BAD_VALUE, "a name server is named by its IP address", "correct it");
        } else if resolver.servers.len() == SERVERS {
            field.ignore("only three name servers are asked");
        } else {
            resolver.servers.push(spanned(text));
        }
    }
    for (text, field) in each(root, "dns_opt") {
        if is_option(&text) {
            resolver.options.push(spanned(text));
        } else {
            field.say(&codes::BAD_VALUE, "this is no option of resolv.conf(5)", "write it like `ndots:2` or `rotate`");
        }
    }
    draft.service.dns = Some(resolver);
}

/// The texts of a field that is one text or a list of texts, each with where it stands.
fn each<'o>(root: Field<'o>, key: &str) -> Vec<(String, Field<'o>)> {
    let field = root.get(key);
    let single = field.filter(|field| field.items().next().is_none());
    let fields = field.into_iter().flat_map(Field::items).chain(single);
    fields.filter_map(|field| Some((variables::whole(field)?, field))).collect()
}

/// A word, or a word with a number: `rotate`, `ndots:2`.
fn is_option(text: &str) -> bool {
    let (word, number) = text.split_once(':').unwrap_or((text, "0"));
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    !word.is_empty() && word.bytes().all(inner) && digits
}
