//! What a route does with a request besides forwarding it as it is.

use super::{
    declare::{choice, mapping},
    decode::Spanned,
    values::Duration,
};

mapping! {
    /// What is changed in a request before the service gets it.
    Rewrite, "a rewrite" {
        /// What takes the place of what `regex` matches; `$1` is its first group. Without `regex` a prefix gives way (`/api/x`
        /// of a route `/api` with path `/v2` becomes `/v2/x`), an exact path whole, and a regular expression its match.
        shape path: Option<Spanned<String>>,
        /// What is replaced, a regular expression on path and query; default what the route's own `path` matched.
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
        /// The body's type, one of `text/plain`, `text/css`, `text/html`, `application/javascript` and `application/json`;
        /// default `text/plain`.
        shape content_type: Option<Spanned<String>>,
    }
}

mapping! {
    /// How a client stays with the member that it met first.
    Stickiness, "stickiness" {
        /// How long, at most `7d`; default `1d`.
        shape duration: Option<Spanned<Duration>>,
        /// The cookie of the application that it follows; absent, the load balancer sets one of its own.
        shape cookie: Option<Spanned<String>>,
    }
}
