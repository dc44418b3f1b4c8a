//! Where a route sends the client instead of forwarding.

use super::{super::Reporter, codes};
use crate::{
    facts::limits,
    ir::load_balancing,
    source::Span,
    spec::{
        decode::Spanned,
        routing::{Redirect, RedirectScheme},
        service::Match,
    },
};

/// What is known of the requests that a redirect answers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Requests<'route> {
    /// The route's host.
    pub(super) host: Option<&'route str>,
    /// Its path.
    pub(super) path: &'route str,
    /// How that is compared.
    pub(super) kind: Match,
    /// Whether they come by HTTPS, all of them or some.
    pub(super) https: bool,
}

/// A redirect of which every part is said: what is absent stays as it was.
pub(super) fn resolve(
    written: &Redirect,
    requests: Requests<'_>,
    report: &mut Reporter<'_>,
) -> load_balancing::Redirect {
    check_parts(written, report);
    check_way(written, requests, report);
    let text =
        |part: &Option<Spanned<String>>, same: &str| part.as_ref().map_or(same.to_owned(), |it| it.value.clone());
    let (protocol, port) = match written.scheme {
        Some(RedirectScheme::Http) => ("HTTP", "80"),
        Some(RedirectScheme::Https) => ("HTTPS", "443"),
        None => ("#{protocol}", "#{port}"),
    };
    load_balancing::Redirect {
        host: Some(text(&written.host, "#{host}")),
        path: Some(text(&written.path, "/#{path}")),
        port: written.port.as_ref().map_or_else(|| port.to_owned(), |port| port.value.to_string()),
        protocol: protocol.to_owned(),
        query: Some(text(&written.query, "#{query}")),
        status_code: status(written, report),
    }
}

fn refuse(span: Span, message: impl Into<String>, hint: &str, report: &mut Reporter<'_>) {
    report.report(&codes::BAD_REDIRECT, span, message, hint);
}

fn status(written: &Redirect, report: &mut Reporter<'_>) -> &'static str {
    match written.status.as_ref().map_or(301, |status| status.value) {
        302 => "HTTP_302",
        301 => "HTTP_301",
        other => {
            let message = format!("a load balancer does not redirect with status {other}");
            refuse(written.at.field("status"), message, "301 is for good, 302 for now", report);
            "HTTP_301"
        }
    }
}

/// Which parts of the request a part may take up (ELBv2 API reference, `RedirectActionConfig`).
fn known(part: &str) -> &'static [&'static str] {
    match part {
        "host" => &["host"],
        "path" => &["host", "path", "port"],
        _ => &["protocol", "host", "port", "path", "query"],
    }
}

fn check_parts(written: &Redirect, report: &mut Reporter<'_>) {
    let parts = [(&written.host, "host"), (&written.path, "path"), (&written.query, "query")];
    for (text, name) in parts {
        let Some(text) = text else { continue };
        if let Some(problem) = problem(text, name) {
            refuse(text.span(), format!("`{}`: {problem}", text.value), hint(name), report);
        }
    }
    if let Some(port) = written.port.as_ref().filter(|port| port.value == 0) {
        refuse(port.span(), "port 0 is no port", "give a port of 1 to 65535", report);
    }
}

fn hint(part: &str) -> &'static str {
    match part {
        "host" => "write a host such as `www.example.com`; `#{host}` is the one of the request",
        "path" => "write a path such as `/new/#{path}`; `#{path}`, `#{host}` and `#{port}` are those of the request",
        _ => "write a query such as `page=1&#{query}`; `#{query}` is the one of the request",
    }
}

fn problem(text: &str, part: &str) -> Option<String> {
    let mut plain = text.to_owned();
    for name in known(part) {
        plain = plain.replace(&format!("#{{{name}}}"), "");
    }
    let is_of_host = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-');
    if plain.contains("#{") {
        return Some(format!("a {part} cannot take up this part of the request"));
    }
    if text.len() > limits::REDIRECT_PART_CHARACTERS {
        return Some(format!("a {part} of more than {} characters", limits::REDIRECT_PART_CHARACTERS));
    }
    let wrong = match part {
        "host" => text.is_empty() || !plain.chars().all(is_of_host),
        "path" => !text.starts_with('/') || plain.contains(['?', '#']),
        _ => text.starts_with('?') || plain.contains('#'),
    };
    let ascii = text.chars().all(|letter| letter.is_ascii_graphic());
    (wrong || !ascii).then(|| format!("this is not a {part}"))
}

/// A redirect leads elsewhere, and never from HTTPS to HTTP.
fn check_way(written: &Redirect, requests: Requests<'_>, report: &mut Reporter<'_>) {
    if requests.https && written.scheme == Some(RedirectScheme::Http) {
        let hint = "take `scheme` away";
        refuse(written.at.field("scheme"), "a load balancer does not redirect from HTTPS to HTTP", hint, report);
    }
    let readable = !written.at.written().any(|(_, span)| report.is_poisoned(span));
    if readable && !leads_elsewhere(written, requests) {
        let hint = "change `host`, `path` or `port`; the HTTP listener redirects to HTTPS by itself when there is a certificate";
        refuse(written.at.whole, "this redirect leads back to where the request was", hint, report);
    }
}

fn leads_elsewhere(written: &Redirect, requests: Requests<'_>) -> bool {
    let says = |part: &Option<Spanned<String>>, same: &[Option<&str>]| {
        part.as_ref().is_some_and(|text| !same.contains(&Some(text.value.as_str())))
    };
    let exact = (requests.kind == Match::Exact).then_some(requests.path);
    let own = if requests.https { (RedirectScheme::Https, 443) } else { (RedirectScheme::Http, 80) };
    says(&written.host, &[Some("#{host}"), requests.host])
        || says(&written.path, &[Some("/#{path}"), exact])
        || written.scheme.is_some_and(|scheme| scheme != own.0)
        || written.port.as_ref().is_some_and(|port| port.value != own.1)
}
