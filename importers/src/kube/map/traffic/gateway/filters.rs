//! Filters of a rule: redirects and rewrites have a counterpart, the others do not.

use skiff_compiler::spec::{
    decode::Decode,
    routing::{Redirect, RedirectScheme, Rewrite},
    service::{Match, Route},
};

use crate::{
    import::spanned,
    kube::{codes::traffic as codes, object::Field},
};

/// What the filters of a rule do.
#[derive(Debug, Default)]
pub(super) struct Filtered {
    pub(super) redirect: Option<Redirect>,
    /// What takes the place of the prefix in a redirect.
    pub(super) prefix: Option<String>,
    host: Option<String>,
    path: Option<NewPath>,
}

#[derive(Debug)]
enum NewPath {
    Full(String),
    Prefix(String),
}

/// Reads the filters of a rule.
pub(super) fn of(rule: Field<'_>) -> Filtered {
    let mut filtered = Filtered::default();
    for filter in rule.list("filters") {
        let kind = filter.get("type");
        kind.iter().for_each(|kind| kind.touch());
        if let Some(redirect) = filter.get("requestRedirect") {
            filtered.redirect(redirect);
        } else if let Some(rewrite) = filter.get("urlRewrite") {
            filtered.host = rewrite.text_of("hostname").map(str::to_owned);
            filtered.path = rewrite.get("path").and_then(new_path);
        } else {
            others(filter, kind.and_then(Field::text).unwrap_or_default());
        }
    }
    filtered
}

fn others(filter: Field<'_>, kind: &str) {
    let (code, reason, action) = match kind {
        "ExternalAuth" => (
            &codes::AUTHENTICATION,
            "nobody asks who a client is before the service does",
            "let the service check its clients before traffic moves",
        ),
        "RequestHeaderModifier" | "ResponseHeaderModifier" => {
            (&codes::ROUTE_FILTER, "a route changes no headers", "set the headers in the service")
        }
        "RequestMirror" => (
            &codes::ROUTE_FILTER,
            "the load balancer copies no requests",
            "try a new version on a shadow release instead",
        ),
        "CORS" => (
            &codes::ROUTE_FILTER,
            "the load balancer adds no headers for CORS",
            "let the service answer preflight requests itself",
        ),
        _ => (
            &codes::ROUTE_FILTER,
            "it is an extension of one controller",
            "look up what it does, and do it in the service",
        ),
    };
    filter.say(code, reason, action);
}

fn new_path(path: Field<'_>) -> Option<NewPath> {
    path.get("type").iter().for_each(|kind| kind.touch());
    let full = path.text_of("replaceFullPath").map(|text| NewPath::Full(text.to_owned()));
    full.or_else(|| path.text_of("replacePrefixMatch").map(|text| NewPath::Prefix(slashed(text))))
}

/// An empty replacement is `/`.
fn slashed(text: &str) -> String {
    if text.is_empty() { "/".into() } else { text.to_owned() }
}

impl Filtered {
    fn redirect(&mut self, field: Field<'_>) {
        let code = field.integer_of("statusCode").unwrap_or(302);
        let scheme = match field.text_of("scheme") {
            Some("https") => Some(RedirectScheme::Https),
            Some("http") => Some(RedirectScheme::Http),
            _ => None,
        };
        let usual = if scheme == Some(RedirectScheme::Https) { 443 } else { 80 };
        let port = field.integer_of("port").and_then(|port| u16::try_from(port).ok());
        let path = field.get("path").and_then(new_path);
        let full = match path {
            Some(NewPath::Full(path)) => Some(slashed(&path)),
            Some(NewPath::Prefix(prefix)) => {
                self.prefix = Some(prefix);
                None
            }
            None => None,
        };
        self.redirect = Some(Redirect {
            scheme,
            host: field.text_of("hostname").map(|host| spanned(host.to_owned())),
            port: port.filter(|port| *port != usual).map(spanned),
            path: full.map(spanned),
            status: (!matches!(code, 301 | 308)).then(|| spanned(302)),
            ..Redirect::fallback()
        });
        // The listener for plain HTTP redirects for good.
        let nearest = if self.is_upgrade() || matches!(code, 301 | 308) { 301 } else { 302 };
        if code != nearest {
            let reason = format!("a load balancer redirects with {nearest} instead of {code}");
            let action = "check that nobody sends a POST to the old address";
            match field.get("statusCode") {
                Some(status) => status.say(&codes::REDIRECT_CODE, reason, action),
                None => field.note(&codes::REDIRECT_CODE, reason, action),
            }
        }
    }

    /// Whether the redirect leads to the same address by HTTPS, which Skiff does by itself.
    pub(super) fn is_upgrade(&self) -> bool {
        self.prefix.is_none()
            && self.redirect.as_ref().is_some_and(|redirect| {
                let same = redirect.host.is_none() && redirect.path.is_none() && redirect.port.is_none();
                same && redirect.scheme == Some(RedirectScheme::Https)
            })
    }

    /// The rewrite for a route.
    pub(super) fn rewrite(&self, route: &Route) -> Option<Rewrite> {
        if self.host.is_none() && self.path.is_none() {
            return None;
        }
        let exact = route.r#match.as_ref().is_some_and(|kind| kind.value == Match::Exact);
        let (path, regex) = match &self.path {
            None => (None, None),
            Some(NewPath::Full(path)) => (Some(slashed(path)), (!exact).then(|| "^[^?]*".to_owned())),
            Some(NewPath::Prefix(path)) => (Some(path.clone()), None),
        };
        Some(Rewrite {
            path: path.map(spanned),
            regex: regex.map(spanned),
            host: self.host.clone().map(spanned),
            ..Rewrite::fallback()
        })
    }
}

/// The path of a redirect that replaces a prefix, which a load balancer can do for `/` and for exact paths.
///
/// # Errors
/// Why it cannot.
pub(super) fn redirected(filtered: &Filtered, route: &Route) -> Result<Option<String>, &'static str> {
    let Some(prefix) = &filtered.prefix else { return Ok(None) };
    let kind = route.r#match.as_ref().map_or(Match::Prefix, |kind| kind.value);
    match (&route.path, kind) {
        (None, _) => Ok(Some(format!("{}/#{{path}}", prefix.trim_end_matches('/')))),
        (Some(_), Match::Exact) => Ok(Some(prefix.clone())),
        _ => Err("a load balancer keeps the whole path in a redirect, or replaces all of it, not its prefix"),
    }
}
