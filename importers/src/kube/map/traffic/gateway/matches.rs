//! Matches of the Gateway API as routes.

use skiff_compiler::spec::service::{Match, Route};

use super::super::route::{literal, plain, route};
use crate::{
    import::spanned,
    kube::{codes::traffic as codes, object::Field},
};

/// A route for every request.
pub(super) fn whole() -> Route {
    route(None, "/", Match::Prefix)
}

/// The route of a match; `None` when a load balancer cannot compare it, which is said.
pub(super) fn of(field: Field<'_>, grpc: bool) -> Option<Route> {
    if let Some(reason) = incomparable(field) {
        let action = "write the values that occur, or let the service look at them";
        field.say(&codes::ROUTE_CONDITION, reason, action);
        return None;
    }
    let mut route = if grpc { method(field) } else { path(field) };
    if let Some(method) = field.get("method").filter(|_| !grpc).and_then(Field::text) {
        route.methods.push(spanned(method.to_owned()));
    }
    for header in field.list("headers") {
        let (name, value) = compared(header)?;
        route.headers.insert(name.to_owned(), vec![spanned(value.to_owned())]);
    }
    for parameter in field.list("queryParams") {
        let (name, value) = compared(parameter)?;
        route.query.insert(name.to_owned(), spanned(value.to_owned()));
    }
    Some(route)
}

fn path(field: Field<'_>) -> Route {
    let Some(path) = field.get("path") else { return whole() };
    let text = path.text_of("value").unwrap_or("/");
    match path.text_of("type").unwrap_or("PathPrefix") {
        "Exact" => plain(None, text, Match::Exact),
        "RegularExpression" => {
            path.say(
                &codes::PATH_MEANING,
                "each controller compares expressions in its own way; the whole path must match here",
                "compare the route with what the service answers to",
            );
            let (begins, ends) =
                (if text.starts_with('^') { "" } else { "^" }, if text.ends_with('$') { "" } else { "$" });
            route(None, &format!("{begins}{text}{ends}"), Match::Regex)
        }
        _ => plain(None, text, Match::Prefix),
    }
}

/// gRPC's path is `/service/method`.
fn method(field: Field<'_>) -> Route {
    let Some(method) = field.get("method") else { return whole() };
    let regex = method.text_of("type") == Some("RegularExpression");
    match (method.text_of("service"), method.text_of("method")) {
        (service, name) if regex => {
            let any = |text: Option<&str>| text.unwrap_or("[^/]+").to_owned();
            route(None, &format!("^/{}/{}$", any(service), any(name)), Match::Regex)
        }
        (Some(service), Some(name)) => plain(None, &format!("/{service}/{name}"), Match::Exact),
        (Some(service), None) => plain(None, &format!("/{service}"), Match::Prefix),
        (None, Some(name)) => route(None, &format!("^/[^/]+/{}$", literal(name)), Match::Regex),
        (None, None) => whole(),
    }
}

/// Why a load balancer cannot compare a header or parameter of a match.
fn incomparable(field: Field<'_>) -> Option<&'static str> {
    field.list("headers").chain(field.list("queryParams")).find_map(|compared| {
        let exact = compared.text_of("type").is_none_or(|kind| kind == "Exact");
        let plain = compared.text_of("value").is_none_or(|value| !value.contains(['*', '?']));
        match (exact, plain) {
            (false, _) => Some("a load balancer compares texts, not expressions; the match has no route"),
            (true, false) => Some("`*` and `?` would be wildcards; the match has no route"),
            (true, true) => None,
        }
    })
}

/// Name and value of a header or parameter, which is compared without regard to case.
fn compared(field: Field<'_>) -> Option<(&str, &str)> {
    let (name, value) = (field.text_of("name")?, field.text_of("value")?);
    field.say(
        &codes::ROUTE_MATCH,
        "a load balancer ignores the case of the value",
        "nothing must be done unless case matters",
    );
    Some((name, value))
}

/// Whole seconds, rounded up, of a duration such as `1m30s` or `500ms` (GEP-2257).
pub(super) fn seconds(text: &str) -> Option<u32> {
    let (mut milliseconds, mut rest) = (0_u64, text);
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let (number, unit) = rest.split_at(digits);
        let number: u64 = number.parse().ok()?;
        let (unit, factor) = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)]
            .into_iter()
            .find(|(word, _)| unit.starts_with(word))?;
        milliseconds = milliseconds.checked_add(number.checked_mul(factor)?)?;
        rest = rest.split_at(digits).1.strip_prefix(unit)?;
    }
    u32::try_from(milliseconds.div_ceil(1000)).ok()
}
