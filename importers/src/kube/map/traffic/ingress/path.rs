//! Paths of an Ingress: what their type means, which the controller decides.

use skiff_compiler::spec::{
    service::{Match, Route},
    values::HostName,
};

use super::{
    super::route::{literal, plain, route},
    class::Family,
};
use crate::kube::{codes::traffic as codes, object::Field};

/// How the paths of a host are compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner<'a> {
    pub(super) family: &'a Family,
    /// nginx: an Ingress of this host asks for expressions, so that all of its paths are some.
    pub(super) regex: bool,
    /// ALB: `use-regex-path-match`.
    pub(super) alb_regex: bool,
}

/// The route of a path; `None` when a cluster would refuse it, which is said.
pub(super) fn of(field: Field<'_>, host: Option<HostName>, manner: Manner<'_>) -> Option<Route> {
    let text = field.text_of("path").filter(|path| !path.is_empty()).unwrap_or("/");
    let kind = field.get("pathType");
    let word = kind.and_then(Field::text);
    if !text.starts_with('/') {
        let reason = format!("`{text}` does not begin with `/`");
        field.say(&codes::BAD_PATH_TYPE, reason, "write a path that begins with `/`");
        return None;
    }
    match word {
        None if &*field.object().manifest.api_version == "networking.k8s.io/v1" => {
            let action = "write `Prefix`, `Exact` or `ImplementationSpecific`";
            field.say(&codes::BAD_PATH_TYPE, "it has no `pathType`, which this version of the API wants", action);
            return None;
        }
        Some("Prefix" | "Exact" | "ImplementationSpecific") | None => {}
        Some(other) => {
            let reason = format!("`{other}` is no type of path");
            field.say(&codes::BAD_PATH_TYPE, reason, "write `Prefix`, `Exact` or `ImplementationSpecific`");
            return None;
        }
    }
    let path = field.get("path").or(kind).unwrap_or(field);
    let (route, reason) = match word {
        _ if manner.regex => in_nginx_regex(text, host, word),
        Some("Prefix") => (plain(host, text, Match::Prefix), None),
        Some("Exact") => (plain(host, text, Match::Exact), None),
        _ => specific(text, host, manner),
    };
    if !comparable(field, &route) {
        return None;
    }
    if let Some(reason) = reason {
        path.say(&codes::PATH_MEANING, reason, "compare the route with what the service answers to");
    }
    Some(route)
}

/// Whether a load balancer can compare the path (ELBv2 user guide, "Path conditions"); else says so.
fn comparable(field: Field<'_>, route: &Route) -> bool {
    let path = route.path.as_ref().map_or("/", |path| path.value.as_str());
    let around = ["(?=", "(?!", "(?<"].iter().any(|look| path.contains(look));
    let regex = route.r#match.as_ref().is_some_and(|kind| kind.value == Match::Regex);
    let reason = match path {
        _ if path.len() > 126 => "a load balancer compares at most 126 characters of a path",
        _ if regex && around => "a load balancer's expressions have no look-around",
        _ if !path.is_ascii() => "a load balancer compares ASCII",
        _ => return true,
    };
    field.say(&codes::ROUTE_CONDITION, reason, "write a shorter or simpler path; this one has no route");
    false
}

/// nginx compares all paths of such a host as expressions without regard to case, from their beginning.
fn in_nginx_regex(text: &str, host: Option<HostName>, word: Option<&str>) -> (Route, Option<&'static str>) {
    let expression = text.contains(['(', '[', '*', '+', '?', '|', '\\', '^', '$', '{']);
    let (route, reason) = match (expression, word) {
        (true, _) => {
            let begins = if text.starts_with('^') { "" } else { "^" };
            (
                route(host, &format!("{begins}{text}"), Match::Regex),
                "nginx compared this expression without regard to case",
            )
        }
        (false, Some("Exact")) => {
            (plain(host, text, Match::Exact), "nginx compared its beginning, without regard to case")
        }
        (false, _) => {
            (plain(host, text, Match::Prefix), "nginx compared its beginning without regard to case and slashes")
        }
    };
    (route, Some(reason))
}

/// A path whose meaning the controller decides.
fn specific(text: &str, host: Option<HostName>, manner: Manner<'_>) -> (Route, Option<&'static str>) {
    let (route, reason) = match manner.family {
        Family::Alb if manner.alb_regex => return (route(host, text, Match::Regex), None),
        Family::Alb | Family::Google => pattern(text, host),
        Family::Nginx => {
            (plain(host, text, Match::Prefix), Some("nginx compared the beginning of the path, not its elements"))
        }
        Family::Other(_) | Family::Unsaid => (
            plain(host, text, Match::Prefix),
            Some("the controller decides what the path means; it is taken for a prefix"),
        ),
    };
    let harmless = route.path.is_none();
    (route, reason.filter(|_| !harmless))
}

/// `*` stands for anything, `?` for one character; a trailing `/*` is a prefix.
fn pattern(text: &str, host: Option<HostName>) -> (Route, Option<&'static str>) {
    if let Some(base) = text.strip_suffix("/*").filter(|base| !base.contains(['*', '?'])) {
        return (
            plain(host, base, Match::Prefix),
            Some("the pattern did not match the path without a slash behind it"),
        );
    }
    if !text.contains(['*', '?']) {
        return (plain(host, text, Match::Exact), None);
    }
    let expression = literal(text).replace(r"\*", ".*").replace(r"\?", ".");
    (route(host, &format!("^{expression}$"), Match::Regex), Some("the pattern became an expression"))
}
