//! Where a client is sent instead: the parts of a redirect with their placeholders filled in.

use http::{HeaderValue, StatusCode};

use super::configuration::Action;

/// A redirect, ready.
pub(super) struct Redirecting {
    pub(super) status: StatusCode,
    protocol: String,
    host: String,
    port: String,
    path: String,
    query: String,
}

/// The parts of a request that can stand in a redirect.
pub(super) struct From<'a> {
    /// The host without its port.
    pub(super) host: &'a str,
    /// The port that the load balancer listens on.
    pub(super) port: u16,
    /// The path with its first slash.
    pub(super) path: &'a str,
    /// The query without its question mark.
    pub(super) query: &'a str,
}

impl Redirecting {
    /// The redirect of an action; the error is one clause.
    pub(super) fn new(action: &Action) -> Result<Self, String> {
        let Action::Redirect { protocol, host, port, path, query, status } = action else {
            return Err("it is no redirect".into());
        };
        if ![301, 302, 303, 307, 308].contains(status) {
            return Err(format!("{status} is no status of a redirect"));
        }
        if !["HTTP", "HTTPS", "#{protocol}"].contains(&protocol.as_str()) {
            return Err(format!("`{protocol}` is no protocol of a redirect"));
        }
        let status = StatusCode::from_u16(*status).map_err(|error| error.to_string())?;
        let [protocol, host, port, path, query] = [protocol, host, port, path, query].map(Clone::clone);
        Ok(Self { status, protocol, host, port, path, query })
    }

    /// The `Location`; `None` when what the request says cannot be part of one.
    pub(super) fn location(&self, from: &From<'_>) -> Option<HeaderValue> {
        let protocol = self.protocol.replace("#{protocol}", "HTTP").to_ascii_lowercase();
        let port = fill(&self.port, from);
        // A default port is left out, as everybody who types an address does.
        let port = match (protocol.as_str(), port.as_str()) {
            ("http", "80") | ("https", "443") => String::new(),
            (_, port) => format!(":{port}"),
        };
        let query = fill(&self.query, from);
        let query = query.strip_suffix('&').unwrap_or(&query);
        let question = if query.is_empty() { "" } else { "?" };
        let (host, path) = (fill(&self.host, from), fill(&self.path, from));
        HeaderValue::try_from(format!("{protocol}://{host}{port}{path}{question}{query}")).ok()
    }
}

fn fill(template: &str, from: &From<'_>) -> String {
    let mut text = String::with_capacity(template.len() + from.path.len());
    let mut rest = template;
    // One walk, so that a placeholder inside what was filled in stays text.
    while let Some(start) = rest.find("#{") {
        let (before, after) = rest.split_at(start);
        text.push_str(before);
        let Some(end) = after.find('}') else {
            rest = after;
            break;
        };
        match &after[2..end] {
            "host" => text.push_str(from.host),
            "port" => text.push_str(&from.port.to_string()),
            "path" => text.push_str(from.path.strip_prefix('/').unwrap_or(from.path)),
            "query" => text.push_str(from.query),
            "protocol" => text.push_str("http"),
            _ => text.push_str(&after[..=end]),
        }
        rest = &after[end + 1..];
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(protocol: &str, host: &str, port: &str, path: &str, query: &str) -> String {
        let [protocol, host, port, path, query] = [protocol, host, port, path, query].map(str::to_owned);
        let action = Action::Redirect { protocol, host, port, path, query, status: 301 };
        let from = From { host: "shop.example.com", port: 8080, path: "/a/#{host}", query: "x=1" };
        let location = Redirecting::new(&action).expect("a redirect").location(&from).expect("a location");
        location.to_str().expect("text").to_owned()
    }

    #[test]
    fn placeholders_are_filled_in_once() {
        assert_eq!(
            location("HTTPS", "#{host}", "443", "/#{path}", "#{query}"),
            "https://shop.example.com/a/#{host}?x=1"
        );
        assert_eq!(
            location("#{protocol}", "b.example.com", "#{port}", "/old/#{path}", ""),
            "http://b.example.com:8080/old/a/#{host}"
        );
        assert_eq!(location("HTTPS", "a", "8443", "/", "from=shop&#{query}"), "https://a:8443/?from=shop&x=1");
        assert_eq!(location("HTTP", "a", "80", "/#{none}", ""), "http://a/#{none}");
    }

    #[test]
    fn what_is_no_redirect_is_refused() {
        let of = |protocol: &str, status| Action::Redirect {
            protocol: protocol.into(),
            host: String::new(),
            port: String::new(),
            path: String::new(),
            query: String::new(),
            status,
        };
        assert!(Redirecting::new(&of("FTP", 301)).is_err() && Redirecting::new(&of("HTTP", 200)).is_err());
        assert!(Redirecting::new(&Action::not_found()).is_err());
    }
}
