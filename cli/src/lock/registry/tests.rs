//! The client against a real HTTP registry on this machine.

use std::{
    collections::VecDeque,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::Duration,
};

use sha2::{Digest as _, Sha256};
use skiff_wire::ExitCode;

use super::{CredentialStore, ImageReference, Registry};
use crate::outcome::Outcome;

const MANIFEST: &str = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json"}"#;
const INDEX: &str = r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#;

/// A request as it came in: its first line and its headers, in lower case names.
type Request = (String, Vec<String>);

/// A registry that gives the listed answers in order, whatever it is asked.
struct Served {
    address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

fn serve(answers: impl Fn(&str) -> Vec<String>) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut answers: VecDeque<_> = answers(&address).into();
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&requests);
    std::thread::spawn(move || {
        while let Some(answer) = answers.pop_front() {
            let (stream, _) = listener.accept().unwrap();
            seen.lock().unwrap().push(exchange(stream, &answer));
        }
    });
    Served { address, requests }
}

fn exchange(mut stream: TcpStream, answer: &str) -> Request {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim_end().is_empty() {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    let length = lines.iter().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    stream.write_all(answer.as_bytes()).unwrap();
    let first = lines.remove(0);
    lines.push(format!("body: {}", String::from_utf8_lossy(&body)));
    (first, lines)
}

fn answer(status: &str, headers: &[&str], body: &str) -> String {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

fn digest(body: &str) -> String {
    format!("sha256:{}", Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

fn resolve_with(served: &Served, credentials: CredentialStore) -> Result<String, Box<Outcome>> {
    let reference = ImageReference::parse(&format!("{}/acme/shop:1.4", served.address)).unwrap();
    let registry = Registry::new(credentials, Duration::from_millis(1));
    registry.resolve(&reference).map_err(|failure| Box::new(failure.into_outcome()))
}

fn resolve(served: &Served) -> Result<String, Box<Outcome>> {
    resolve_with(served, CredentialStore::default())
}

fn login(served: &Served, entry: &str) -> CredentialStore {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    std::fs::write(&path, format!(r#"{{"auths": {{"{}": {entry}}}}}"#, served.address)).unwrap();
    CredentialStore::read(&path).unwrap()
}

#[track_caller]
fn fails(served: &Served, exit: ExitCode, words: &str) {
    let outcome = resolve(served).unwrap_err();
    assert_eq!(outcome.exit, exit, "{}", outcome.summary);
    assert!(outcome.summary.contains(words), "{}", outcome.summary);
    assert!(outcome.hint.is_some());
}

#[test]
fn a_tag_is_the_digest_of_its_manifest() {
    let header = format!("Docker-Content-Digest: {}", digest(MANIFEST));
    let served = serve(|_| vec![answer("200 OK", &[&header], MANIFEST)]);
    assert_eq!(resolve(&served).unwrap(), digest(MANIFEST));
    let requests = served.requests.lock().unwrap();
    assert_eq!(requests[0].0, "GET /v2/acme/shop/manifests/1.4 HTTP/1.1");
    let accept = requests[0].1.iter().find(|header| header.to_lowercase().starts_with("accept:")).unwrap();
    for kind in ["oci.image.index.v1+json", "manifest.list.v2+json", "oci.image.manifest.v1+json", "manifest.v2+json"] {
        assert!(accept.contains(kind), "{accept}");
    }
}

#[test]
fn an_index_counts_as_a_whole_and_needs_no_header() {
    let served = serve(|_| vec![answer("200 OK", &[], INDEX)]);
    assert_eq!(resolve(&served).unwrap(), digest(INDEX));
}

#[test]
fn a_token_is_fetched_and_sent() {
    let served = serve(|address| {
        let challenge = format!(r#"WWW-Authenticate: Bearer realm="http://{address}/token",service="shop registry""#);
        vec![
            answer("401 Unauthorized", &[&challenge], "{}"),
            answer("200 OK", &[], r#"{"token":"t0ken"}"#),
            answer("200 OK", &[], MANIFEST),
        ]
    });
    let credentials = login(&served, r#"{"auth": "bWU6c2VjcmV0"}"#);
    assert_eq!(resolve_with(&served, credentials).unwrap(), digest(MANIFEST));
    let requests = served.requests.lock().unwrap();
    assert!(requests[1].0.starts_with("GET /token?scope=repository"), "{}", requests[1].0);
    assert!(requests[1].0.contains("acme") && requests[1].0.contains("service=shop"), "{}", requests[1].0);
    assert!(requests[1].1.iter().any(|header| header.eq_ignore_ascii_case("authorization: Basic bWU6c2VjcmV0")));
    assert!(requests[2].1.iter().any(|header| header.eq_ignore_ascii_case("authorization: Bearer t0ken")));
}

#[test]
fn an_identity_token_is_exchanged() {
    let served = serve(|address| {
        let challenge =
            format!(r#"WWW-Authenticate: Bearer realm="http://{address}/token",service="s",scope="x:y:pull""#);
        vec![
            answer("401 Unauthorized", &[&challenge], "{}"),
            answer("200 OK", &[], r#"{"access_token":"fresh"}"#),
            answer("200 OK", &[], MANIFEST),
        ]
    });
    let credentials = login(&served, r#"{"identitytoken": "refresh-me"}"#);
    assert_eq!(resolve_with(&served, credentials).unwrap(), digest(MANIFEST));
    let requests = served.requests.lock().unwrap();
    assert!(requests[1].0.starts_with("POST /token"));
    assert!(requests[1].1.iter().any(|line| line.starts_with("body: ") && line.contains("refresh_token=refresh-me")));
    assert!(requests[2].1.iter().any(|header| header.eq_ignore_ascii_case("authorization: Bearer fresh")));
}

#[test]
fn a_password_answers_a_basic_challenge() {
    let served = serve(|_| {
        vec![answer("401 Unauthorized", &["WWW-Authenticate: Basic realm=\"r\""], ""), answer("200 OK", &[], MANIFEST)]
    });
    let credentials = login(&served, r#"{"auth": "bWU6c2VjcmV0"}"#);
    assert_eq!(resolve_with(&served, credentials).unwrap(), digest(MANIFEST));
}

#[test]
fn a_header_that_does_not_fit_the_bytes_is_refused() {
    let header = format!("Docker-Content-Digest: {}", digest("something else"));
    let served = serve(|_| vec![answer("200 OK", &[&header], MANIFEST)]);
    fails(&served, ExitCode::VerificationFailed, "the registry says sha256:");
}

#[test]
fn a_login_page_is_not_a_manifest() {
    fails(&serve(|_| vec![answer("200 OK", &[], "<html>")]), ExitCode::Provider, "not an image manifest");
}

#[test]
fn an_image_that_does_not_exist_is_not_found() {
    fails(&serve(|_| vec![answer("404 Not Found", &[], "{}")]), ExitCode::NotFound, "/acme/shop:1.4");
}

#[test]
fn a_refusal_names_the_login_and_no_secret() {
    let challenge = "WWW-Authenticate: Basic realm=\"r\"";
    let served =
        serve(|_| vec![answer("401 Unauthorized", &[challenge], ""), answer("401 Unauthorized", &[challenge], "")]);
    let credentials = login(&served, r#"{"auth": "bWU6c2VjcmV0"}"#);
    let outcome = resolve_with(&served, credentials).unwrap_err();
    assert_eq!(outcome.exit, ExitCode::NotAuthorised);
    let words = format!("{outcome:?}");
    assert!(words.contains("docker login 127.0.0.1:"), "{words}");
    assert!(!words.contains("secret") && !words.contains("bWU6c2VjcmV0"), "{words}");
    fails(&serve(|_| vec![answer("403 Forbidden", &[], "")]), ExitCode::NotAuthorised, "403");
    fails(&serve(|_| vec![answer("401 Unauthorized", &[], "")]), ExitCode::NotAuthorised, "401");
}

#[test]
fn a_busy_registry_is_asked_once_more_and_not_twice() {
    let busy = || answer("429 Too Many Requests", &["Retry-After: 0"], "");
    let broken = || answer("503 Service Unavailable", &[], "");
    assert!(resolve(&serve(|_| vec![busy(), answer("200 OK", &[], MANIFEST)])).is_ok());
    assert!(resolve(&serve(|_| vec![broken(), answer("200 OK", &[], MANIFEST)])).is_ok());
    let served = serve(|_| vec![busy(), busy(), answer("200 OK", &[], MANIFEST)]);
    fails(&served, ExitCode::Provider, "429");
    assert_eq!(served.requests.lock().unwrap().len(), 2);
}

#[test]
fn a_redirect_is_followed() {
    let served = serve(|address| {
        let location = format!("Location: http://{address}/elsewhere");
        vec![answer("307 Temporary Redirect", &[&location], ""), answer("200 OK", &[], MANIFEST)]
    });
    assert_eq!(resolve(&served).unwrap(), digest(MANIFEST));
    assert!(served.requests.lock().unwrap()[1].0.starts_with("GET /elsewhere "));
}

#[test]
fn an_endless_redirect_and_an_endless_body_end() {
    let served = serve(|address| {
        let location = format!("Location: http://{address}/again");
        vec![answer("302 Found", &[&location], ""); 12]
    });
    assert_eq!(resolve(&served).unwrap_err().exit, ExitCode::Provider);
    let served = serve(|_| vec![answer("200 OK", &[], &" ".repeat(4 * 1024 * 1024 + 1))]);
    fails(&served, ExitCode::Provider, "could not be asked");
}

#[test]
fn nobody_there_is_transient_trouble() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let served = Served { address: listener.local_addr().unwrap().to_string(), requests: Arc::default() };
    drop(listener);
    fails(&served, ExitCode::Provider, "could not be asked");
}

#[test]
fn a_secure_client_speaks_nothing_but_tls() {
    let served = serve(|_| vec![answer("200 OK", &[], MANIFEST)]);
    let agent = super::agent(true);
    let plain = agent.get(format!("http://{}/", served.address)).call().unwrap_err();
    assert!(matches!(plain, ureq::Error::RequireHttpsOnly(_)), "{plain:?}");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut hello = [0; 3];
        stream.read_exact(&mut hello).unwrap();
        assert_eq!(hello[0], 0x16, "a TLS handshake record");
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    });
    let confused = agent.get(format!("https://{address}/")).call().unwrap_err();
    assert!(matches!(confused, ureq::Error::Rustls(_) | ureq::Error::Io(_)), "{confused:?}");
    assert!(confused.to_string().to_lowercase().contains("corrupt message"), "{confused}");
}
