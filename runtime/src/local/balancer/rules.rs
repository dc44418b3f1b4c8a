//! Rules as requests are matched against them: patterns in small letters, expressions compiled.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName, Method};
use regex::bytes::{Regex, RegexBuilder};

use super::{
    configuration::{Condition, QueryValue, Replacement, Rewrite, Rule},
    network::Network,
    pattern,
};

/// What rules look at in a request.
pub(super) struct Facts<'a> {
    /// The host without its port, in small letters.
    pub(super) host: &'a str,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) method: &'a Method,
    pub(super) headers: &'a HeaderMap,
    pub(super) peer: IpAddr,
}

/// A condition, ready.
#[derive(Debug)]
pub(super) enum Test {
    Host(Vec<String>),
    Path(Vec<String>, Vec<Regex>),
    Method(Vec<Method>),
    Header(HeaderName, Vec<String>),
    Query(Vec<(Option<String>, String)>),
    Source(Vec<Network>),
}

/// Makes a rule's conditions ready; the error is one clause.
pub(super) fn tests(rule: &Rule) -> Result<Vec<Test>, String> {
    rule.conditions.iter().map(test).collect()
}

fn test(condition: &Condition) -> Result<Test, String> {
    Ok(match condition {
        Condition::Host { values } => Test::Host(small(values)),
        Condition::Path { values, expressions } => {
            Test::Path(values.clone(), expressions.iter().map(|text| expression(text)).collect::<Result<_, _>>()?)
        }
        Condition::Method { values } => Test::Method(values.iter().map(|text| method(text)).collect::<Result<_, _>>()?),
        Condition::Header { name, values } => {
            let name = name.parse().map_err(|_| format!("`{name}` cannot be the name of a header"))?;
            Test::Header(name, small(values))
        }
        Condition::Query { values } => Test::Query(values.iter().map(query_value).collect()),
        Condition::Source { values } => {
            Test::Source(values.iter().map(|text| network(text)).collect::<Result<_, _>>()?)
        }
    })
}

fn small(values: &[String]) -> Vec<String> {
    values.iter().map(|value| value.to_ascii_lowercase()).collect()
}

fn query_value(value: &QueryValue) -> (Option<String>, String) {
    (value.key.as_ref().map(|key| key.to_ascii_lowercase()), value.value.to_ascii_lowercase())
}

fn method(text: &str) -> Result<Method, String> {
    text.parse().map_err(|_| format!("`{text}` cannot be a method"))
}

fn network(text: &str) -> Result<Network, String> {
    Network::read(text).ok_or_else(|| format!("`{text}` is no network in CIDR notation"))
}

/// Bytes rather than characters, since the compiler takes expressions without Unicode classes as well.
fn expression(text: &str) -> Result<Regex, String> {
    let read = RegexBuilder::new(text).unicode(false).size_limit(1 << 20).build();
    read.map_err(|error| format!("the expression `{text}` cannot be read: {}", error.to_string().replace('\n', " ")))
}

/// Whether a request meets all conditions. `only_host` is the one host that all rules name, if there is one.
pub(super) fn all_hold(tests: &[Test], facts: &Facts<'_>, only_host: Option<&str>) -> bool {
    tests.iter().all(|test| holds(test, facts, only_host))
}

fn holds(test: &Test, facts: &Facts<'_>, only_host: Option<&str>) -> bool {
    match test {
        Test::Host(patterns) => host_holds(patterns, facts.host, only_host),
        Test::Path(patterns, expressions) => {
            let path = facts.path.as_bytes();
            patterns.iter().any(|pattern| pattern::matches(pattern.as_bytes(), path))
                || expressions.iter().any(|expression| expression.is_match(path))
        }
        Test::Method(methods) => methods.contains(facts.method),
        Test::Header(name, patterns) => {
            let mut values = facts.headers.get_all(name).iter();
            values.any(|value| patterns.iter().any(|pattern| pattern::matches_any_case(pattern, value.as_bytes())))
        }
        Test::Query(wanted) => query_holds(wanted, facts.query),
        Test::Source(networks) => networks.iter().any(|network| network.has(facts.peer)),
    }
}

fn host_holds(patterns: &[String], host: &str, only_host: Option<&str>) -> bool {
    let like = |host: &str| patterns.iter().any(|pattern| pattern::matches(pattern.as_bytes(), host.as_bytes()));
    if like(host) {
        return true;
    }
    let below_localhost = host.strip_suffix(".localhost");
    let local = below_localhost.is_some() || matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    // With one host in all, whoever asks this machine means that one.
    below_localhost.is_some_and(like) || (local && only_host.is_some_and(|only| patterns.iter().any(|own| own == only)))
}

fn query_holds(wanted: &[(Option<String>, String)], query: &str) -> bool {
    let is_like = |part: &str, (key, value): &(Option<String>, String)| {
        let (own_key, own_value) = part.split_once('=').unwrap_or((part, ""));
        key.as_ref().is_none_or(|key| pattern::matches_any_case(key, own_key.as_bytes()))
            && pattern::matches_any_case(value, own_value.as_bytes())
    };
    query.split('&').filter(|part| !part.is_empty()).any(|part| wanted.iter().any(|wanted| is_like(part, wanted)))
}

/// The one host that the rules name, if it is one: then it is what `localhost` means.
pub(super) fn only_host(rules: &[Rule]) -> Option<String> {
    let conditions = rules.iter().flat_map(|rule| &rule.conditions);
    let mut hosts = conditions.filter_map(|condition| match condition {
        Condition::Host { values } => Some(values),
        _ => None,
    });
    let first = hosts.next()?.first()?.to_ascii_lowercase();
    let all = rules.iter().flat_map(|rule| &rule.conditions).all(|condition| match condition {
        Condition::Host { values } => values.iter().all(|value| value.eq_ignore_ascii_case(&first)),
        _ => true,
    });
    all.then_some(first)
}

/// The replacements of a rule, ready.
#[derive(Debug, Default)]
pub(super) struct Rewriting {
    path: Option<(Regex, String)>,
    host: Option<(Regex, String)>,
}

impl Rewriting {
    /// Makes a rule's rewrite ready; the error is one clause.
    pub(super) fn new(rewrite: Option<&Rewrite>) -> Result<Self, String> {
        let Some(rewrite) = rewrite else { return Ok(Self::default()) };
        Ok(Self { path: replacement(rewrite.path.as_ref())?, host: replacement(rewrite.host.as_ref())? })
    }

    /// The path and query to ask a target for, when they change.
    pub(super) fn path(&self, path_and_query: &str) -> Option<String> {
        replaced(self.path.as_ref()?, path_and_query)
    }

    /// The host to ask a target for, when it changes.
    pub(super) fn host(&self, host: &str) -> Option<String> {
        replaced(self.host.as_ref()?, host)
    }
}

fn replacement(replacement: Option<&Replacement>) -> Result<Option<(Regex, String)>, String> {
    let Some(Replacement { expression: text, replace }) = replacement else { return Ok(None) };
    Ok(Some((expression(text)?, braced(replace))))
}

/// `$1` with braces: a letter or digit that follows it is text here, and would be part of the name to the library.
fn braced(replace: &str) -> String {
    let mut parts = replace.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.chars().take_while(char::is_ascii_digit).count().min(1);
        let (group, rest) = part.split_at(digits);
        text.push_str(&if group.is_empty() { format!("$${rest}") } else { format!("${{{group}}}{rest}") });
    }
    text
}

fn replaced((expression, replace): &(Regex, String), text: &str) -> Option<String> {
    let changed = expression.replace(text.as_bytes(), replace.as_bytes());
    let changed = String::from_utf8_lossy(&changed).into_owned();
    (changed != text).then_some(changed)
}
