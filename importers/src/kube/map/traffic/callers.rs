//! Who uses whom: names of Services in variables, arguments and files.

use std::collections::{BTreeMap, BTreeSet};

use skiff_compiler::spec::{
    decode::Decode,
    service::Service,
    shorthand::{File, Use, UseOf},
    values::{HostName, Name, Scalar},
    workload::Resolver,
};

use super::{Traffic, policy};
use crate::{
    import::spanned,
    kube::{
        codes::traffic as codes,
        map::draft::Draft,
        object::Field,
        read::{Node, Value},
    },
};

/// Words in the key of a value that is the name of a host.
const HINTS: &[&str] = &[
    "host", "addr", "url", "uri", "server", "endpoint", "service", "svc", "broker", "upstream", "dns", "conn",
    "backend", "node",
];

/// A text in which a name may stand, and what it is the value of.
struct Text {
    key: String,
    text: String,
}

/// Writes `uses` for every name that is found, and where short names need it `dns.search`.
pub(super) fn find(traffic: &mut Traffic<'_, '_>) {
    let mut names: BTreeMap<(String, String), usize> = BTreeMap::new();
    for service in &traffic.services {
        let Some(main) = service.main() else { continue };
        for object in service.objects() {
            names.insert((object.namespace().to_owned(), object.name().to_owned()), main);
        }
    }
    let all: Vec<Option<Name>> =
        traffic.drafts.iter().map(|draft| draft.service.port.as_ref().map(|_| draft.name.clone())).collect();
    for (index, draft) in traffic.drafts.iter_mut().enumerate() {
        let found = found(draft, &names);
        let used: BTreeSet<usize> = found.iter().map(|(used, _)| *used).filter(|used| *used != index).collect();
        say_members(draft, &names);
        if found.iter().any(|(_, short)| *short) {
            search(draft);
        }
        for name in used.into_iter().filter_map(|used| all.get(used)?.as_ref()) {
            uses(&mut draft.service, name);
        }
    }
    let policies = policy::is_complete(traffic);
    if let ([first, _, ..], false, false) = (&*traffic.drafts, traffic.services.is_empty(), policies) {
        first.workload.root().note(
            &codes::ASSUMED_EDGES,
            "in the cluster everybody reaches everybody; Skiff lets in those callers in whose variables, arguments and files the \
             name of a Service stands, and lets out HTTPS",
            "read `uses` of each service, and add callers that make up the name and `egress` for other ports",
        );
    }
}

/// Adds a use, once.
pub(super) fn uses(service: &mut Service, name: &Name) {
    if !service.uses.iter().any(|used| used.0.name.value == *name) {
        service.uses.push(Use(UseOf { name: spanned(name.clone()), ..UseOf::fallback() }));
    }
}

/// The drafts whose names stand in a draft's texts, and whether a short name does.
fn found(draft: &Draft<'_>, names: &BTreeMap<(String, String), usize>) -> BTreeSet<(usize, bool)> {
    let namespace = draft.workload.namespace();
    texts(draft).iter().flat_map(|text| mentioned(text, namespace, names)).collect()
}

fn texts(draft: &Draft<'_>) -> Vec<Text> {
    let mut texts = Vec::new();
    let service = &draft.service;
    let environments = std::iter::once(&service.env)
        .chain(service.containers.values().map(|container| &container.env))
        .chain(service.init.iter().map(|init| &init.env));
    for (name, value) in environments.flatten() {
        texts.push(Text { key: name.to_string(), text: value.value.clone() });
    }
    let files = service.files.iter().chain(service.containers.values().flat_map(|container| &container.files));
    let files = files.chain(service.init.iter().flat_map(|init| &init.files));
    texts.extend(files.filter_map(|(_, File(file))| Some(Text { key: String::new(), text: file.content.clone()? })));
    declared(&draft.workload.manifest.node, &mut texts);
    texts
}

/// Variables and arguments as the manifest has them, wherever its containers are.
fn declared(node: &Node, texts: &mut Vec<Text>) {
    let mut nodes = vec![node];
    while let Some(node) = nodes.pop() {
        for entry in node.entries() {
            match (&*entry.key, &entry.node.value) {
                ("env", Value::Sequence(items)) => texts.extend(items.iter().filter_map(variable)),
                ("command" | "args", Value::Sequence(items)) => {
                    let words: Vec<_> = items.iter().filter_map(Node::text).map(ToString::to_string).collect();
                    texts.push(Text { key: String::new(), text: words.join(" ") });
                }
                _ => nodes.push(&entry.node),
            }
        }
        nodes.extend(node.items());
    }
}

fn variable(node: &Node) -> Option<Text> {
    Some(Text { key: node.get("name")?.text()?.to_string(), text: node.get("value")?.text()?.to_string() })
}

/// The names of a text: the draft that each leads to, and whether it was a short one.
fn mentioned(text: &Text, namespace: &str, names: &BTreeMap<(String, String), usize>) -> Vec<(usize, bool)> {
    let (mut found, mut key, mut start) = (Vec::new(), text.key.as_str(), 0);
    while let Some(begin) = text.text.get(start..).and_then(|rest| rest.find(is_inner)).map(|offset| start + offset) {
        let rest = text.text.get(begin..).unwrap_or_default();
        let word = rest.get(..rest.find(|letter| !is_inner(letter)).unwrap_or(rest.len())).unwrap_or_default();
        let (before, after) = (text.text.get(..begin).unwrap_or_default(), rest.get(word.len()..).unwrap_or_default());
        found.extend(host(word.trim_end_matches('.'), (before, after, key), namespace, names));
        key = word;
        start = begin + word.len();
    }
    found
}

fn is_inner(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '_')
}

/// The draft of a name for a single pod, such as `db-0.db` or `db-0.db.shop.svc.cluster.local`, and whether it is a short one.
fn member(word: &str, namespace: &str, names: &BTreeMap<(String, String), usize>) -> Option<(usize, bool)> {
    let mut labels = word.trim_end_matches('.').split('.');
    let (_, ordinal) = labels.next()?.rsplit_once('-')?;
    let service = labels.next()?;
    let rest: Vec<_> = labels.collect();
    let (space, short) = match rest.as_slice() {
        [] => (namespace, true),
        [space] | [space, "svc"] => (*space, true),
        [space, "svc", "cluster", "local"] => (*space, false),
        _ => return None,
    };
    let numbered = !ordinal.is_empty() && ordinal.bytes().all(|byte| byte.is_ascii_digit());
    let index = names.get(&(space.to_owned(), service.to_owned())).filter(|_| numbered)?;
    Some((*index, short))
}

/// Says where names of single pods stand, which lead nowhere with Skiff.
fn say_members(draft: &Draft<'_>, names: &BTreeMap<(String, String), usize>) {
    let namespace = draft.workload.namespace();
    let first = |text: &str| {
        let mut words = text.split(|letter| !is_inner(letter));
        words.find(|word| member(word, namespace, names).is_some()).map(str::to_owned)
    };
    let Some(any) = texts(draft).iter().find_map(|text| first(&text.text)) else { return };
    let say = |field: Field<'_>, word: &str| {
        let reason = format!("`{word}` is the name of a single pod, and does not resolve");
        field.say(&codes::SERVICE_SETTING, reason, "use the name of the Service, which leads to all healthy members");
    };
    let (mut said, mut fields) = (false, vec![draft.workload.root()]);
    while let Some(field) = fields.pop() {
        for (key, below) in field.entries() {
            let values: Vec<_> = match key {
                "env" => below.items().filter_map(|item| item.get("value")).collect(),
                "command" | "args" => below.items().collect(),
                _ => Vec::new(),
            };
            for (value, word) in values.into_iter().filter_map(|value| Some((value, first(value.written()?)?))) {
                say(value, &word);
                said = true;
            }
            fields.push(below);
        }
        fields.extend(field.items());
    }
    if !said {
        let reason = format!("`{any}` is the name of a single pod, and does not resolve");
        let action = "use the name of the Service, which leads to all healthy members";
        draft.workload.root().note(&codes::SERVICE_SETTING, reason, action);
    }
}

/// What a word leads to when it is the name of a Service. A name without dots is a word like any other, unless what stands
/// around it says that it is a host.
fn host(
    word: &str,
    (before, after, key): (&str, &str, &str),
    namespace: &str,
    names: &BTreeMap<(String, String), usize>,
) -> Option<(usize, bool)> {
    let mut labels = word.split('.');
    let name = labels.next()?;
    let of = labels.next();
    let rest: Vec<_> = labels.collect();
    let service = |namespace: &str| names.get(&(namespace.to_owned(), name.to_owned())).copied();
    let named = match (of, rest.as_slice()) {
        (Some(of), ["svc", "cluster", "local"]) => service(of).map(|index| (index, false)),
        (Some(of), [] | ["svc"]) => service(of).map(|index| (index, true)),
        (None, []) => {
            let port =
                after.strip_prefix(':').is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()));
            let place = before.ends_with("//") || before.ends_with('@');
            let hinted = HINTS.iter().any(|hint| key.to_ascii_lowercase().contains(hint));
            (port || place || hinted).then(|| service(namespace))?.map(|index| (index, true))
        }
        _ => None,
    };
    named.or_else(|| member(word, namespace, names))
}

/// Short names are looked up in the zones that a cluster looks in.
fn search(draft: &mut Draft<'_>) {
    let namespace = draft.workload.namespace();
    let zones = [format!("{namespace}.svc.cluster.local"), "svc.cluster.local".into(), "cluster.local".into()];
    let dns = draft.service.dns.get_or_insert_with(Resolver::fallback);
    if !dns.servers.is_empty() {
        return;
    }
    let own: Vec<_> = zones.iter().filter_map(|zone| HostName::parse(zone)).map(spanned).collect();
    let more: Vec<_> = dns.search.iter().filter(|zone| !own.contains(zone)).cloned().collect();
    dns.search = own.into_iter().chain(more).collect();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leads(key: &str, text: &str) -> Vec<(usize, bool)> {
        let names = [(("shop", "redis"), 0), (("shop", "checkout-api"), 1), (("data", "redis"), 2)];
        let names =
            names.into_iter().map(|((space, name), index)| ((space.to_owned(), name.to_owned()), index)).collect();
        mentioned(&Text { key: key.into(), text: text.into() }, "shop", &names)
    }

    #[test]
    fn a_name_with_a_port_a_scheme_or_a_telling_key_is_a_host() {
        assert_eq!(leads("CACHE", "redis:6379"), [(0, true)]);
        assert_eq!(leads("CACHE", "redis://redis/0"), [(0, true)]);
        assert_eq!(leads("CACHE", "user:pass@redis"), [(0, true)]);
        assert_eq!(leads("REDIS_HOST", "redis"), [(0, true)]);
        assert_eq!(leads("", "--cache-addr redis --x"), [(0, true)]);
    }

    #[test]
    fn a_name_that_is_only_a_word_is_none() {
        assert_eq!(leads("CACHE_DRIVER", "redis"), []);
        assert_eq!(leads("", "run redis-like --mode=redis"), []);
        assert_eq!(leads("URL", "http://my-redis:1/ http://redis2:1/ http://redis.example.com/"), []);
    }

    #[test]
    fn longer_names_say_their_namespace() {
        assert_eq!(leads("", "redis.data:6379"), [(2, true)]);
        assert_eq!(leads("", "http://redis.data.svc/"), [(2, true)]);
        assert_eq!(leads("", "checkout-api.shop.svc.cluster.local"), [(1, false)]);
        assert_eq!(leads("", "checkout-api.shop.svc.cluster.local."), [(1, false)]);
        assert_eq!(leads("", "redis.nowhere.svc.cluster.local"), []);
    }
}
