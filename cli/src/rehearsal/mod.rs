//! Requests to send to two releases: given one by one, recorded as HAR, or written as JSON lines.
//!
//! **Only what may be sent twice is sent: GET, HEAD and OPTIONS. No credential is taken over: requests are kept in the
//! ledger.**

mod har;
mod lines;

use std::path::Path;

use skiff_runtime::shadow::Request;

use crate::{document::read_if_present, failure::Failure, words};

/// How many requests one rehearsal has at most.
pub(crate) const MOST: usize = 1_000;
/// What may be sent twice, and to two releases.
const METHODS: [&str; 3] = ["GET", "HEAD", "OPTIONS"];
/// Words in the name of a header that carries a credential, such as `authorization`, `x-auth-token` or `x-api-key`.
const CREDENTIALS: [&str; 10] = [
    "authorization",
    "cookie",
    "token",
    "secret",
    "password",
    "credential",
    "apikey",
    "api-key",
    "session",
    "signature",
];
/// Parameters of a query that carry one. A word within is not enough: `page_token` turns pages.
const CREDENTIAL_PARAMETERS: [&str; 13] = [
    "access_token",
    "api-key",
    "api_key",
    "apikey",
    "auth_token",
    "client_secret",
    "id_token",
    "password",
    "refresh_token",
    "secret",
    "token",
    "x-amz-security-token",
    "x-amz-signature",
];

/// Requests that can be sent, and what was left out.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Read {
    /// In the order they were given.
    pub(crate) requests: Vec<Request>,
    /// One sentence for each thing that was left out.
    pub(crate) warnings: Vec<String>,
}

/// Reads requests from a file and from the command line.
pub(crate) fn read(file: Option<&Path>, given: &[String]) -> Result<Read, Failure> {
    let mut read = match file {
        Some(path) => of_file(path)?,
        None => Read::default(),
    };
    for words in given {
        read.requests.push(of_words(words)?);
    }
    if read.requests.len() > MOST {
        let message = format!("{} were given, and {MOST} are the most", words::count(read.requests.len(), "request"));
        return Err(Failure::usage(message).hint("give a part of them, and send it in more rounds: `--rounds`"));
    }
    Ok(read)
}

fn of_file(path: &Path) -> Result<Read, Failure> {
    let name = path.display().to_string();
    let text = read_if_present(path)?.ok_or_else(|| Failure::not_found(format!("there is no file `{name}`")))?;
    // One JSON document with a `log` is HAR; anything else is read line by line.
    let document: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    let read = match document.filter(|document| document.get("log").is_some()) {
        Some(document) => har::read(&document, &name)?,
        None => lines::read(&text, &name)?,
    };
    if read.requests.is_empty() {
        return Err(Failure::unusable(format!("`{name}` has no request that can be sent"))
            .hint("only GET, HEAD and OPTIONS are sent, as JSON lines or as HAR"));
    }
    Ok(read)
}

/// A request as a person writes it: `GET /path`, or only the path.
fn of_words(words: &str) -> Result<Request, Failure> {
    let (method, path) = match words.trim().split_once(' ') {
        Some((method, path)) => (method.to_uppercase(), path.trim()),
        None => ("GET".to_owned(), words.trim()),
    };
    sendable(Request { method, path: path.to_owned(), headers: Vec::new() })
        .map_err(|why| Failure::usage(format!("`{words}` cannot be sent: {why}")).hint("write it as 'GET /path'"))
}

/// A request that may be sent, or why not.
fn sendable(request: Request) -> Result<Request, String> {
    if !METHODS.contains(&request.method.as_str()) {
        return Err(format!("`{}` may change something; only GET, HEAD and OPTIONS are sent", request.method));
    }
    let plain = |path: &str| path.starts_with('/') && path.chars().all(|letter| letter.is_ascii_graphic());
    if !plain(&request.path) {
        return Err("its path does not begin with `/`, or has characters that must be percent-encoded".into());
    }
    let query = request.path.split_once('?').map_or("", |(_, query)| query);
    let names = query.split('&').map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name).to_ascii_lowercase());
    match names.into_iter().find(|name| CREDENTIAL_PARAMETERS.contains(&name.as_str())) {
        Some(name) => Err(format!("its query has `{name}`, a credential, and requests are kept in the ledger")),
        None => Ok(request),
    }
}

/// Whether a header carries a credential, as far as its name tells.
fn is_credential(header: &str) -> bool {
    let header = header.to_ascii_lowercase().replace('_', "-");
    header == "auth" || header.ends_with("-auth") || CREDENTIALS.iter().any(|word| header.contains(word))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn file(content: &str) -> Result<Read, (String, String)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("requests");
        fs::write(&path, content).unwrap();
        read(Some(&path), &[]).map_err(|failure| {
            let outcome = failure.into_outcome();
            (outcome.code.to_string(), outcome.summary)
        })
    }

    #[test]
    fn requests_are_given_one_by_one() {
        let requests = read(None, &["get /a?b=1".into(), "/c".into(), "HEAD /d".into()]).unwrap().requests;
        let said: Vec<_> = requests.iter().map(|it| format!("{} {}", it.method, it.path)).collect();
        assert_eq!(said, ["GET /a?b=1", "GET /c", "HEAD /d"]);
        assert!(read(None, &["/a?page_token=2".into()]).is_ok(), "what turns pages is no credential");
        for wrong in ["POST /orders", "GET orders", "GET /a b", "", "GET /a?x=1&Access_Token=2"] {
            assert!(read(None, &[wrong.into()]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn json_lines_are_read_and_a_credential_is_refused() {
        let read = file(
            "{\"path\": \"/a\"}\n\n{\"method\": \"HEAD\", \"path\": \"/b\", \"headers\": [[\"accept\", \"*/*\"]]}\n",
        );
        let requests = read.unwrap().requests;
        assert_eq!((requests.len(), requests[1].headers.len()), (2, 1));
        let (code, said) =
            file("{\"path\": \"/a\"}\n{\"path\": \"/b\", \"headers\": {\"Cookie\": \"x\"}}\n").unwrap_err();
        assert!(code == "DOCUMENT_UNUSABLE" && said.contains("line 2") && said.contains("`Cookie`"), "{said}");
        let secret = ["X-Auth-Token", "x-amz-security-token", "Api_Key", "X-Session-Id", "Proxy-Authorization"];
        assert!(secret.iter().all(|name| is_credential(name)) && !is_credential("accept") && !is_credential("author"));
        let (_, said) = file("{\"path\": \"/a\", \"method\": \"DELETE\"}").unwrap_err();
        assert!(said.contains("`DELETE` may change something"), "{said}");
        let (_, said) = file("{\"path\": ").unwrap_err();
        assert!(said.contains("line 1"), "{said}");
    }

    #[test]
    fn of_a_recording_what_may_be_sent_is_taken() {
        let entry = |method: &str, url: &str| {
            format!(
                r#"{{"request": {{"method": "{method}", "url": "{url}", "headers": [
                    {{"name": "Accept", "value": "text/html"}}, {{"name": "Authorization", "value": "Bearer x"}},
                    {{"name": ":path", "value": "/"}}, {{"name": "Host", "value": "shop.example"}}]}}}}"#
            )
        };
        let entries = [
            entry("GET", "https://shop.example/a?b=1#top"),
            entry("POST", "https://shop.example/buy"),
            entry("GET", "http://shop.example"),
        ];
        let read = file(&format!(r#"{{"log": {{"entries": [{}]}}}}"#, entries.join(","))).unwrap();
        let said: Vec<_> = read.requests.iter().map(|it| (it.path.as_str(), it.headers.len())).collect();
        assert_eq!(said, [("/a?b=1", 1), ("/", 1)]);
        assert_eq!(read.warnings.len(), 2, "{:?}", read.warnings);
        assert!(read.warnings[0].contains("1 request"), "{:?}", read.warnings);
    }

    #[test]
    fn there_is_a_most() {
        let (code, said) = file(&"{\"path\": \"/a\"}\n".repeat(MOST + 1)).unwrap_err();
        assert!(code == "USAGE" && said.contains("1001 requests"), "{said}");
        assert_eq!(file("").unwrap_err().0, "DOCUMENT_UNUSABLE");
    }
}
