//! What a route changes in a request before it forwards it.

use super::{super::Reporter, codes, expression};
use crate::{
    facts::limits,
    ir::load_balancing::{Rewrite as Replacement, Transform},
    source::Span,
    spec::{
        decode::Spanned,
        routing::Rewrite,
        service::Match,
        values::{HostName, Scalar},
    },
};

/// The changes, those of the host before those of the path.
pub(super) fn resolve(written: &Rewrite, of: (&str, Match), report: &mut Reporter<'_>) -> Vec<Transform> {
    if written.path.is_none() {
        check_without_path(written, report);
    }
    let host = written.host.as_ref().map(|host| Transform::host(host_name(host, report)));
    let url = written.path.as_ref().map(|path| Transform::url(url(written, path, of, report)));
    host.into_iter().chain(url).collect()
}

fn refuse(span: Span, message: impl Into<String>, hint: &str, report: &mut Reporter<'_>) {
    report.report(&codes::BAD_REWRITE, span, message, hint);
}

fn check_without_path(written: &Rewrite, report: &mut Reporter<'_>) {
    if let Some(regex) = &written.regex {
        refuse(regex.span(), "nothing takes the place of what `regex` matches", "add `path:`", report);
    } else if written.host.is_none() {
        refuse(written.at.whole, "a rewrite that changes nothing", "add `path:` or `host:`", report);
    }
}

/// A host is never empty, so that anchors make one match of it.
fn host_name(host: &Spanned<String>, report: &mut Reporter<'_>) -> Replacement {
    if host.starts_with('*') || HostName::parse(host).is_none() {
        let message = format!("`{}` is not the name of a host", host.value);
        refuse(host.span(), message, "write a name such as `shop.internal`", report);
    }
    Replacement { regex: "^.+$".into(), replace: host.value.clone() }
}

fn url(written: &Rewrite, to: &Spanned<String>, (path, kind): (&str, Match), report: &mut Reporter<'_>) -> Replacement {
    let expression = written.regex.as_ref().map(|regex| (regex.value.as_str(), regex.span()));
    let of_route = (kind == Match::Regex).then_some((path, to.span()));
    let replacement = match expression.or(of_route) {
        Some((regex, span)) => matched(regex, span, to, report),
        None => whole(path, kind, to, report),
    };
    if replacement.regex.len().max(replacement.replace.len()) > limits::REWRITE_CHARACTERS {
        let message = format!("a rewrite of more than {} characters", limits::REWRITE_CHARACTERS);
        refuse(to.span(), message, "shorten `path` or `regex`", report);
    }
    replacement
}

/// What an expression matches, with references to its groups.
fn matched(regex: &str, span: Span, to: &Spanned<String>, report: &mut Reporter<'_>) -> Replacement {
    match expression::groups(regex) {
        Ok(groups) => {
            if let Some(problem) = expression::misreferred(to, groups) {
                let hint = "refer to the groups of the expression by `$1`, `$2` and so on";
                refuse(to.span(), format!("`{}`: {problem}", to.value), hint, report);
            }
        }
        // The route's own expression is judged as its path.
        Err(_) if span == to.span() => {}
        Err(problem) => {
            let hint = "write an expression without look-around, back-references and Unicode classes";
            refuse(span, format!("`{regex}`: {problem}"), hint, report);
        }
    }
    Replacement { regex: regex.to_owned(), replace: to.value.clone() }
}

/// A whole path, or a prefix of it. The rule's condition has matched it already, and the query stays.
fn whole(path: &str, kind: Match, to: &Spanned<String>, report: &mut Reporter<'_>) -> Replacement {
    let plain = |letter: char| letter.is_ascii_graphic() && !matches!(letter, '?' | '#' | '$');
    if !to.starts_with('/') || !to.chars().all(plain) {
        let hint = "write a path such as `/v2`; groups such as `$1` need a `regex`";
        refuse(to.span(), format!("`{}` is not a path", to.value), hint, report);
    }
    let base = path.trim_end_matches('/');
    let (regex, replace) = match kind {
        Match::Exact => ("^[^?]*".to_owned(), to.value.clone()),
        // `/x` becomes `/v2/x`: what is replaced is the first slash.
        _ if base.is_empty() => ("^/".to_owned(), format!("{}/", to.trim_end_matches('/'))),
        // The slash behind the prefix goes with it, so that `/api/x` and `/api` become `/x` and `/`.
        _ if to.ends_with('/') => (format!("^{}/?", expression::literal(base)), to.value.clone()),
        _ => (format!("^{}", expression::literal(base)), to.value.clone()),
    };
    Replacement { regex, replace }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnostic::Diagnostics,
        spec::decode::{Decode, Place},
    };

    /// What a service gets of a path and query that its route has matched.
    fn rewritten(route: (&str, Match), rewrite: &Rewrite, url: &str) -> String {
        let mut diagnostics = Diagnostics::default();
        let transforms = resolve(rewrite, route, &mut Reporter { diagnostics: &mut diagnostics });
        assert!(!diagnostics.has_errors(), "{rewrite:?}");
        let rewrites = transforms.last().and_then(|transform| transform.url_rewrite_config.as_ref());
        let Replacement { regex, replace } = &rewrites.expect("a rewrite of the path").rewrites[0];
        regex::Regex::new(regex).expect("an expression").replace(url, replace).into_owned()
    }

    fn to(path: &str) -> Rewrite {
        Rewrite { path: Some(text(path)), ..Rewrite::fallback() }
    }

    fn text(text: &str) -> Spanned<String> {
        Spanned { value: text.to_owned(), at: Place(Span::default()) }
    }

    #[test]
    fn a_prefix_gives_way_to_another() {
        let cases = [
            ("/api", "/v2", "/api/x?a=1", "/v2/x?a=1"),
            ("/api", "/v2", "/api", "/v2"),
            ("/api", "/v2", "/api?a=/api", "/v2?a=/api"),
            ("/api/", "/v2", "/api/x", "/v2/x"),
            ("/api", "/v2/", "/api/x", "/v2/x"),
            ("/api", "/", "/api/x", "/x"),
            ("/api", "/", "/api", "/"),
            ("/api", "/", "/api?a=1", "/?a=1"),
            ("/a.b", "/c", "/a.b/x", "/c/x"),
            ("/", "/v2", "/x", "/v2/x"),
            ("/", "/v2/", "/", "/v2/"),
            ("/", "/", "/x", "/x"),
        ];
        for (path, replacement, url, wanted) in cases {
            assert_eq!(
                rewritten((path, Match::Prefix), &to(replacement), url),
                wanted,
                "{path} to {replacement}: {url}"
            );
        }
    }

    #[test]
    fn an_exact_path_gives_way_whole_and_the_query_stays() {
        assert_eq!(rewritten(("/old/page", Match::Exact), &to("/new"), "/old/page?a=1"), "/new?a=1");
        assert_eq!(rewritten(("/old/page", Match::Exact), &to("/"), "/old/page"), "/");
    }

    #[test]
    fn an_expression_gives_way_with_its_groups() {
        let of_route = ("^/items/([0-9]+)", Match::Regex);
        assert_eq!(rewritten(of_route, &to("/item-$1"), "/items/7?a=1"), "/item-7?a=1");
        let own = Rewrite { regex: Some(text("^/user/([a-z]+)/(.*)$")), ..to("/$2?name=$1") };
        assert_eq!(rewritten(("/user", Match::Prefix), &own, "/user/ann/cart"), "/cart?name=ann");
    }
}
