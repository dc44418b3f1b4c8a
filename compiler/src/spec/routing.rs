//! What a route does with a request besides forwarding it as it is.

use super::{
    declare::{choice, mapping},
    decode::Spanned,
    values::Duration,
};

mapping! {
    /// What is changed in a request before the service gets it.
    Rewrite, "a rewrite" {
        /// What takes the place of what `regex` matched; `$1` is its first group.
        shape path: Option<Spanned<String>>,
        /// What is replaced, a regular expression on path and query. Default what the route's own `path` matched: a prefix
        /// (`/api/x` with path `/v2` becomes `/v2/x`), the whole of an exact path, the match of an expression.
        shape regex: Option<Spanned<String>>,
        /// The host that the service sees.
        shape host: Option<Spanned<String>>,
    }
}

choice! {
    /// The scheme of a redirect.
    RedirectScheme, "a scheme" {
        /// HTTP.
        Http = "http",
        /// HTTPS.
        Https = "https",
    }
}

mapping! {
    /// Where a client is sent; what is absent stays as it was.
    Redirect, "a redirect" {
        /// The scheme; with it the port is the scheme's own, unless `port` says another.
        shape scheme: Option<RedirectScheme>,
        /// The host.
        shape host: Option<Spanned<String>>,
        /// The port.
        shape port: Option<Spanned<u16>>,
        /// The path; `#{path}` is the one of the request, without its first `/`.
        shape path: Option<Spanned<String>>,
        /// The query, without `?`; `#{query}` is the one of the request.
        shape query: Option<Spanned<String>>,
        /// 301, for good, or 302, for now; default 301.
        shape status: Option<Spanned<u16>>,
    }
}

mapping! {
    /// An answer of the load balancer itself.
    Respond, "an answer" {
        /// The status: 2xx, 4xx or 5xx.
        shape status: Spanned<u16>,
        /// The body, at most 1,024 bytes.
        shape body: Option<Spanned<String>>,
        /// The body's type: `text/plain`, `text/css`, `text/html`, `application/javascript` or `application/json`; default
        /// the first.
        shape content_type: Option<Spanned<String>>,
    }
}

mapping! {
    /// How a client stays with the member that it met first.
    Stickiness, "stickiness" {
        /// How long; default `1d`, at most `7d`.
        shape duration: Option<Spanned<Duration>>,
        /// The cookie of the application that it follows; absent, the load balancer sets one of its own.
        shape cookie: Option<Spanned<String>>,
    }
}
