//! Which digest an image tag means today, asked over the OCI distribution API.
//!
//! The manifest is fetched whole and hashed here, so that the digest in the lock is that of bytes that were seen; a
//! header that says otherwise is an error. Specification: OCI distribution-spec 1.1, "Pulling manifests"; the token
//! flow is that of the CNCF distribution project ("Token Authentication Specification").
//!
//! **Absent on purpose:** plain HTTP to anything but this machine, and credentials in any message.

mod challenge;
mod credentials;
mod reference;
#[cfg(test)]
mod tests;

use std::{io::Read as _, sync::Arc, time::Duration};

use sha2::{Digest as _, Sha256};
use skiff_wire::ExitCode;
use ureq::{
    Agent,
    config::{AutoHeaderValue, RedirectAuthHeaders},
    http::{HeaderMap, Response, StatusCode},
    tls::{RootCerts, TlsConfig, TlsProvider},
};

use self::challenge::Challenge;
pub(crate) use self::{
    credentials::{CredentialStore, Credentials},
    reference::ImageReference,
};
use crate::failure::Failure;

/// What a tag may point to: an index of platforms or one manifest, in both dialects.
const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json";
/// No manifest is larger: 4 MiB is what registries must accept at most (OCI distribution-spec, "Pushing manifests").
const LARGEST_MANIFEST: u64 = 4 * 1024 * 1024;
/// A token document is small; anything larger is not one.
const LARGEST_TOKEN: u64 = 256 * 1024;
/// How long one request may take in all.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The longest wait that a busy registry can ask for before the one retry.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Asks registries what tags mean.
pub(crate) struct Registry {
    secure: Agent,
    loopback: Agent,
    credentials: CredentialStore,
    pause: Duration,
}

/// An answer with its body read.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Registry {
    /// A registry client; `pause` is the wait before a retry when the registry names none.
    pub(crate) fn new(credentials: CredentialStore, pause: Duration) -> Self {
        Self { secure: agent(true), loopback: agent(false), credentials, pause }
    }

    /// The digest that a reference means today.
    ///
    /// # Errors
    /// Exit 4 when the registry wants other credentials, 5 when there is no such image, 7 when the registry or the
    /// network has trouble, 10 when the bytes are not what the registry says they are, 12 when the reference is none.
    pub(crate) fn resolve(&self, reference: &ImageReference) -> Result<String, Failure> {
        let mut answer = self.ask(reference, None)?;
        if answer.status == StatusCode::UNAUTHORIZED {
            let authorization = self.authorize(reference, &answer.headers)?;
            answer = self.ask(reference, Some(&authorization))?;
        }
        match answer.status {
            StatusCode::OK => verified(reference, &answer),
            status => Err(refused(reference, status)),
        }
    }

    fn ask(&self, reference: &ImageReference, authorization: Option<&str>) -> Result<Answer, Failure> {
        let send = || {
            let mut request = self.agent(reference).get(reference.manifest_url()).header("Accept", ACCEPT);
            if let Some(authorization) = authorization {
                request = request.header("Authorization", authorization);
            }
            request.call()
        };
        self.patiently(reference, LARGEST_MANIFEST, send)
    }

    /// The value of the `Authorization` header that a challenge asks for.
    fn authorize(&self, reference: &ImageReference, headers: &HeaderMap) -> Result<String, Failure> {
        let credentials = self.credentials.of(reference.registry_key())?;
        let challenges = headers.get_all("www-authenticate").iter().filter_map(|value| value.to_str().ok());
        match challenge::best(challenges) {
            Some(Challenge::Bearer { realm, service, scope }) => {
                let scope = scope.unwrap_or_else(|| reference.pull_scope());
                let token = self.token(reference, &realm, service.as_deref(), &scope, credentials.as_ref())?;
                Ok(format!("Bearer {token}"))
            }
            Some(Challenge::Basic) => match credentials.as_ref().and_then(Credentials::basic) {
                Some(basic) => Ok(basic),
                None => Err(refused(reference, StatusCode::UNAUTHORIZED)),
            },
            None => Err(refused(reference, StatusCode::UNAUTHORIZED)),
        }
    }

    fn token(
        &self,
        reference: &ImageReference,
        realm: &str,
        service: Option<&str>,
        scope: &str,
        credentials: Option<&Credentials>,
    ) -> Result<String, Failure> {
        let answer = self.patiently(reference, LARGEST_TOKEN, || match credentials {
            Some(Credentials::IdentityToken(token)) => self.agent(reference).post(realm).send_form([
                ("grant_type", "refresh_token"),
                ("refresh_token", token),
                ("service", service.unwrap_or_default()),
                ("scope", scope),
                ("client_id", "skiff"),
            ]),
            _ => {
                let mut request = self.agent(reference).get(realm).query("scope", scope);
                if let Some(service) = service {
                    request = request.query("service", service);
                }
                if let Some(basic) = credentials.and_then(Credentials::basic) {
                    request = request.header("Authorization", basic);
                }
                request.call()
            }
        })?;
        if answer.status != StatusCode::OK {
            return Err(refused(reference, answer.status));
        }
        challenge::token(&answer.body).ok_or_else(|| trouble(reference, "its token service sent no token"))
    }

    /// Sends a request, and once more when the registry is busy, failing or out of reach.
    fn patiently(
        &self,
        reference: &ImageReference,
        limit: u64,
        send: impl Fn() -> Result<Response<ureq::Body>, ureq::Error>,
    ) -> Result<Answer, Failure> {
        let attempt = || send().and_then(|response| read(response, limit));
        let first = attempt();
        let pause = match &first {
            Ok(answer) if !is_transient(answer.status) => None,
            Ok(answer) => Some(pause_asked_for(&answer.headers).unwrap_or(self.pause).min(LONGEST_PAUSE)),
            Err(error) if is_worth_a_retry(error) => Some(self.pause),
            Err(_) => None,
        };
        let last = match pause {
            None => first,
            Some(pause) => {
                std::thread::sleep(pause);
                attempt()
            }
        };
        last.map_err(|error| unreachable_registry(reference, &error))
    }

    fn agent(&self, reference: &ImageReference) -> &Agent {
        if reference.is_loopback() { &self.loopback } else { &self.secure }
    }
}

/// An HTTP client; a secure one refuses plain HTTP, also behind a redirect or as a token service.
fn agent(secure: bool) -> Agent {
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .https_only(secure)
        .http_status_as_error(false)
        .timeout_global(Some(TIMEOUT))
        .max_redirects(5)
        .redirect_auth_headers(RedirectAuthHeaders::SameHost)
        .user_agent(AutoHeaderValue::Provided(Arc::new(format!("skiff/{}", env!("CARGO_PKG_VERSION")))));
    // A proxy is for the world outside; a registry on this machine is asked directly.
    if secure { config.build().into() } else { config.proxy(None).build().into() }
}

fn read(response: Response<ureq::Body>, limit: u64) -> Result<Answer, ureq::Error> {
    let (parts, body) = response.into_parts();
    let mut bytes = Vec::new();
    body.into_reader().take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(ureq::Error::BodyExceedsLimit(limit));
    }
    Ok(Answer { status: parts.status, headers: parts.headers, body: bytes })
}

fn is_transient(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::REQUEST_TIMEOUT || status.is_server_error()
}

fn is_worth_a_retry(error: &ureq::Error) -> bool {
    use ureq::Error;
    if certificate_trouble(error) {
        return false;
    }
    matches!(
        error,
        Error::Io(_) | Error::Timeout(_) | Error::ConnectionFailed | Error::HostNotFound | Error::Protocol(_)
    )
}

/// Whether the other side could not prove who it is; the TLS library's error travels inside an IO error.
fn certificate_trouble(error: &ureq::Error) -> bool {
    let cause = match error {
        ureq::Error::Rustls(cause) => Some(cause),
        ureq::Error::Io(error) => error.get_ref().and_then(|cause| cause.downcast_ref()),
        _ => None,
    };
    matches!(cause, Some(rustls::Error::InvalidCertificate(_)))
}

fn unreachable_registry(reference: &ImageReference, error: &ureq::Error) -> Failure {
    if !certificate_trouble(error) {
        return trouble(reference, &format!("it could not be asked: {error}"));
    }
    let message = format!("`{}` could not prove who it is: {error}", reference.registry_key());
    Failure::new("VERIFICATION_FAILED", ExitCode::VerificationFailed, message)
        .hint("a company's own certificate authority is trusted through the system's store, or through `SSL_CERT_FILE`")
}

/// `Retry-After` in seconds; its other form, a date, is not worth a clock.
fn pause_asked_for(headers: &HeaderMap) -> Option<Duration> {
    headers.get("retry-after")?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// The digest of the bytes, when the registry agrees.
fn verified(reference: &ImageReference, answer: &Answer) -> Result<String, Failure> {
    let hexadecimal: String = Sha256::digest(&answer.body).iter().map(|byte| format!("{byte:02x}")).collect();
    let digest = format!("sha256:{hexadecimal}");
    let claimed = answer.headers.get("docker-content-digest").and_then(|value| value.to_str().ok()).map(str::trim);
    match claimed {
        // Another algorithm cannot be compared; the digest of the bytes stands on its own.
        Some(claimed) if claimed.starts_with("sha256:") && claimed != digest => {
            let message = format!("the manifest of `{reference}` is {digest}, and the registry says {claimed}");
            Err(Failure::new("VERIFICATION_FAILED", ExitCode::VerificationFailed, message)
                .hint("the registry or something on the way to it changes what it sends; do not use this image"))
        }
        _ if !is_manifest(&answer.body) => Err(trouble(reference, "what it sent is not an image manifest")
            .hint("is the registry's address right? a login page would look like this")),
        _ => Ok(digest),
    }
}

/// A manifest or an index is a JSON object of schema version 2.
fn is_manifest(body: &[u8]) -> bool {
    serde_json::from_slice(body).is_ok_and(|manifest: serde_json::Value| manifest["schemaVersion"] == 2)
}

fn refused(reference: &ImageReference, status: StatusCode) -> Failure {
    let registry = reference.registry_key();
    match status {
        StatusCode::NOT_FOUND => Failure::not_found(format!("there is no image `{reference}`"))
            .hint("check its name and its tag, and that it has been pushed"),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            let message = format!("`{registry}` does not let us read `{reference}` ({status})");
            Failure::new("NOT_AUTHORISED", ExitCode::NotAuthorised, message).hint(login(reference))
        }
        status => trouble(reference, &format!("it answered {status}")),
    }
}

/// The command that gives access to a registry.
fn login(reference: &ImageReference) -> String {
    let registry = reference.registry_key();
    match reference.ecr_region() {
        Some(region) => format!(
            "an ECR login lasts 12 hours: `aws ecr get-login-password --region {region} | docker login --username AWS \
             --password-stdin {registry}`"
        ),
        None => format!("the image does not exist or needs a login: `docker login {registry}`"),
    }
}

fn trouble(reference: &ImageReference, what: &str) -> Failure {
    let message = format!("`{reference}` could not be resolved at `{}`: {what}", reference.registry_key());
    Failure::new("REGISTRY_TROUBLE", ExitCode::Provider, message)
        .hint("run it again; `--image REF=sha256:…` locks by hand")
}
