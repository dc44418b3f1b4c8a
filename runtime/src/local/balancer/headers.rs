//! Headers between the two sides: what belongs to one connection stays there, what a target should know is added.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Headers that are about one connection only (RFC 9110, 7.6.1).
const HOP_BY_HOP: [HeaderName; 7] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// What `Connection` may not take away, however much a client would like a target not to see it.
const KEPT: [HeaderName; 3] = [header::HOST, header::CONTENT_LENGTH, header::AUTHORIZATION];

/// Says of a request that its answer goes nowhere. Only the load balancer says it.
pub(super) const MIRRORED: HeaderName = HeaderName::from_static("x-skiff-mirrored");

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");
/// The name that Elastic Load Balancing gives it, so that an application reads the same one everywhere.
const TRACE: HeaderName = HeaderName::from_static("x-amzn-trace-id");

/// Removes what is about the connection it came by.
pub(super) fn strip(headers: &mut HeaderMap) {
    if headers.contains_key(header::CONNECTION) {
        let named: Vec<HeaderName> = tokens(headers).filter_map(|token| token.parse().ok()).collect();
        for name in named.iter().filter(|name| !KEPT.contains(name)) {
            headers.remove(name);
        }
    }
    for name in &HOP_BY_HOP {
        headers.remove(name);
    }
    let trailers_only = headers.get(header::TE).is_none_or(|value| value == "trailers");
    if !trailers_only {
        headers.remove(header::TE);
    }
}

/// The words of `Connection`, in small letters.
fn tokens(headers: &HeaderMap) -> impl Iterator<Item = String> {
    let values = headers.get_all(header::CONNECTION).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(|token| token.trim().to_ascii_lowercase())
}

/// The protocol that a message wants to change to, or changes to.
pub(super) fn upgrade(headers: &HeaderMap) -> Option<HeaderValue> {
    let wanted = headers.get(header::UPGRADE)?;
    tokens(headers).any(|token| token == "upgrade").then(|| wanted.clone())
}

/// Says again that the protocol changes, after [`strip`].
pub(super) fn set_upgrade(headers: &mut HeaderMap, protocol: HeaderValue) {
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, protocol);
}

/// What a target should know of the client, beside what is there.
pub(super) struct Client<'a> {
    pub(super) address: IpAddr,
    /// The port that the client asked.
    pub(super) port: u16,
    /// A fresh id.
    pub(super) trace: &'a dyn Fn() -> String,
}

/// Makes a request's headers those that a target gets.
pub(super) fn for_target(headers: &mut HeaderMap, client: &Client<'_>) {
    strip(headers);
    // hyper says `100 Continue` to the client when the target takes the body; the target need not say it too.
    headers.remove(header::EXPECT);
    headers.remove(MIRRORED);
    let address = client.address.to_canonical().to_string();
    let before: Vec<&str> =
        headers.get_all(FORWARDED_FOR).into_iter().filter_map(|value| value.to_str().ok()).collect();
    let list = if before.is_empty() { address } else { format!("{}, {address}", before.join(", ")) };
    set(headers, FORWARDED_FOR, list);
    headers.insert(FORWARDED_PROTO, HeaderValue::from_static("http"));
    headers.insert(FORWARDED_PORT, HeaderValue::from(client.port));
    let fresh = (client.trace)();
    let given = headers.get(TRACE).and_then(|value| value.to_str().ok()).filter(|value| value.contains("Root="));
    let trace = given.map_or_else(|| format!("Root={fresh}"), |given| format!("Self={fresh};{given}"));
    set(headers, TRACE, trace);
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

/// The host that a request is for, in small letters and without its port; the error is why it is none.
///
/// Exactly one `Host` is asked of HTTP/1.1 (RFC 9112, 3.2); an absolute target stands above it.
pub(super) fn host(uri: &http::Uri, headers: &HeaderMap, is_http_11: bool) -> Result<String, &'static str> {
    let mut given = headers.get_all(header::HOST).into_iter();
    let first = given.next();
    if given.next().is_some() {
        return Err("more than one `Host`");
    }
    let authority = match (uri.authority(), first) {
        (Some(authority), _) => authority.as_str(),
        (None, Some(host)) => host.to_str().map_err(|_| "a `Host` that is no text")?,
        (None, None) if is_http_11 => return Err("no `Host`"),
        (None, None) => "",
    };
    without_port(authority).map(|host| host.trim_end_matches('.').to_ascii_lowercase()).ok_or("a `Host` that is none")
}

fn without_port(authority: &str) -> Option<&str> {
    let end = if authority.starts_with('[') {
        authority.find(']')? + 1
    } else {
        authority.find(':').unwrap_or(authority.len())
    };
    let (host, port) = authority.split_at(end);
    let is_port =
        port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    let is_host = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~[]:%!$&'()*+,;=".contains(&byte));
    (is_port && is_host).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"));
        }
        headers
    }

    #[test]
    fn what_is_about_a_connection_is_removed() {
        let mut of = headers(&[
            ("connection", "close, X-Own"),
            ("connection", "Host"),
            ("x-own", "1"),
            ("host", "a"),
            ("keep-alive", "timeout=5"),
            ("te", "gzip"),
            ("upgrade", "h2c"),
            ("accept", "*/*"),
        ]);
        strip(&mut of);
        assert_eq!(of, headers(&[("host", "a"), ("accept", "*/*")]));
    }

    #[test]
    fn the_client_is_told_of_and_cannot_lie_about_the_last_step() {
        let trace = || "1-x-y".to_owned();
        let client = Client { address: IpAddr::from([127, 0, 0, 1]), port: 8080, trace: &trace };
        let mut of =
            headers(&[("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https"), ("expect", "100-continue")]);
        for_target(&mut of, &client);
        assert_eq!(of["x-forwarded-for"], "203.0.113.9, 127.0.0.1");
        assert_eq!(
            (&of["x-forwarded-proto"], &of["x-forwarded-port"]),
            (&HeaderValue::from_static("http"), &HeaderValue::from(8080))
        );
        assert_eq!(of["x-amzn-trace-id"], "Root=1-x-y");
        assert!(!of.contains_key("expect"));
        let mut of = headers(&[("x-amzn-trace-id", "Root=1-a-b")]);
        for_target(&mut of, &client);
        assert_eq!(of["x-amzn-trace-id"], "Self=1-x-y;Root=1-a-b");
    }

    #[test]
    fn a_host_is_one_and_well_formed() {
        let of = |lines: &[(&'static str, &str)]| host(&"/".parse().expect("a path"), &headers(lines), true);
        assert_eq!(of(&[("host", "Shop.Example.com:8080")]).as_deref(), Ok("shop.example.com"));
        assert_eq!(of(&[("host", "[::1]:80")]).as_deref(), Ok("[::1]"));
        assert!(of(&[]).is_err() && of(&[("host", "a"), ("host", "b")]).is_err());
        assert!(of(&[("host", "a b")]).is_err() && of(&[("host", "a:8o")]).is_err() && of(&[("host", "a/b")]).is_err());
        let absolute = "http://a.example.com/x".parse().expect("an address");
        assert_eq!(host(&absolute, &headers(&[("host", "b")]), true).as_deref(), Ok("a.example.com"));
    }
}
