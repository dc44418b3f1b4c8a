//! Credentials for registries, from where `docker login` leaves them. They are used and never shown.
//!
//! Format: docker CLI, "Configuration files" and "Credential stores"; the helper's protocol is that of
//! docker-credential-helpers (`get`: a server's name in, a JSON object with `Username` and `Secret` out).

use std::{
    collections::BTreeMap,
    fmt,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Deserialize;
use skiff_wire::ExitCode;

use crate::{document, failure::Failure};

/// The name under which Docker Hub's credentials are kept.
const DOCKER_HUB_KEY: &str = "https://index.docker.io/v1/";

/// What opens a registry.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Credentials {
    /// Sent as Basic authorization.
    Password {
        /// Name of the account.
        user: String,
        /// Its password.
        password: String,
    },
    /// Exchanged for an access token at the token service.
    IdentityToken(String),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Credentials(hidden)")
    }
}

impl Credentials {
    /// The `Authorization` header, when there is a password.
    pub(super) fn basic(&self) -> Option<String> {
        match self {
            Self::Password { user, password } => {
                Some(format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}"))))
            }
            Self::IdentityToken(_) => None,
        }
    }
}

/// Docker's configuration file, as far as it concerns credentials.
#[derive(Default)]
pub(crate) struct CredentialStore {
    path: PathBuf,
    config: Config,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Config {
    auths: BTreeMap<String, Entry>,
    cred_helpers: BTreeMap<String, String>,
    creds_store: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    auth: String,
    identitytoken: String,
}

impl CredentialStore {
    /// Reads `config.json` of `$DOCKER_CONFIG` or `~/.docker`; no file means no credentials.
    pub(crate) fn from_environment() -> Result<Self, Failure> {
        let folder = std::env::var_os("DOCKER_CONFIG").filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let folder = folder.or_else(|| std::env::home_dir().map(|home| home.join(".docker")));
        folder.map_or_else(|| Ok(Self::default()), |folder| Self::read(&folder.join("config.json")))
    }

    /// Reads a configuration file.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = document::read_if_present(path)?.unwrap_or_else(|| "{}".into());
        let config = serde_json::from_str(&text).map_err(|error| {
            // Serde's own words may quote a value, and a value here may be a password: only the place is told.
            let (line, column) = (error.line(), error.column());
            Failure::unusable(format!(
                "`{}` is not a Docker configuration: line {line}, column {column}",
                path.display()
            ))
        })?;
        Ok(Self { path: path.to_owned(), config })
    }

    /// The credentials of a registry, `None` for an anonymous visit.
    pub(super) fn of(&self, registry: &str) -> Result<Option<Credentials>, Failure> {
        let helper = self.config.cred_helpers.get(registry);
        if let Some(helper) = helper {
            return ask_helper(helper, registry);
        }
        let server = if registry == "docker.io" { DOCKER_HUB_KEY } else { registry };
        let entry = self.config.auths.iter().find(|(name, _)| host(name) == host(server)).map(|(_, entry)| entry);
        match entry.filter(|entry| !entry.auth.is_empty() || !entry.identitytoken.is_empty()) {
            Some(entry) => self.decode(registry, entry).map(Some),
            None => match self.config.creds_store.as_deref().filter(|helper| !helper.is_empty()) {
                Some(helper) => ask_helper(helper, server),
                None => Ok(None),
            },
        }
    }

    fn decode(&self, registry: &str, entry: &Entry) -> Result<Credentials, Failure> {
        if !entry.identitytoken.is_empty() {
            return Ok(Credentials::IdentityToken(entry.identitytoken.clone()));
        }
        let decoded = BASE64_STANDARD.decode(entry.auth.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let pair = decoded.as_deref().and_then(|text| text.trim_end_matches('\0').split_once(':'));
        let (user, password) = pair.ok_or_else(|| {
            Failure::unusable(format!("the credentials of `{registry}` in `{}` cannot be read", self.path.display()))
                .hint(format!("log in again: `docker login {registry}`"))
        })?;
        Ok(Credentials::Password { user: user.into(), password: password.into() })
    }
}

/// The host of a server's name, which older versions write as an address.
fn host(server: &str) -> &str {
    let name = server.strip_prefix("https://").or_else(|| server.strip_prefix("http://")).unwrap_or(server);
    name.split('/').next().unwrap_or(name)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HelperAnswer {
    username: String,
    secret: String,
}

/// Runs a credential helper; its output is read and never repeated.
fn ask_helper(helper: &str, server: &str) -> Result<Option<Credentials>, Failure> {
    let program = format!("docker-credential-{helper}");
    let failed = |what: String| {
        let message = format!("`{program}` gave no credentials for `{server}`: {what}");
        Failure::new("NOT_AUTHORISED", ExitCode::NotAuthorised, message).hint("it is named in Docker's `config.json`")
    };
    if !helper.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
        return Err(failed("that is not a program's name".into()));
    }
    let mut child = Command::new(&program)
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(format!("it could not be started: {error}")))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(server.as_bytes()).map_err(|error| failed(format!("it does not read: {error}")))?;
    }
    let output = child.wait_with_output().map_err(|error| failed(format!("it did not end: {error}")))?;
    if !output.status.success() {
        return if says_not_found(&output.stdout) { Ok(None) } else { Err(failed("it ended with an error".into())) };
    }
    let answer: HelperAnswer =
        serde_json::from_slice(&output.stdout).map_err(|_| failed("its answer is not what a helper says".into()))?;
    Ok(Some(match answer.username.as_str() {
        "<token>" => Credentials::IdentityToken(answer.secret),
        _ => Credentials::Password { user: answer.username, password: answer.secret },
    }))
}

/// The helpers' sentence for "I have none", which is not an error but an anonymous visit.
fn says_not_found(stdout: &[u8]) -> bool {
    String::from_utf8_lossy(stdout).contains("credentials not found")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(config: &str) -> CredentialStore {
        CredentialStore { path: "config.json".into(), config: serde_json::from_str(config).unwrap() }
    }

    #[test]
    fn docker_hub_is_kept_under_its_old_address() {
        let store = store(r#"{"auths": {"https://index.docker.io/v1/": {"auth": "bWU6c2VjOnJldA=="}, "ghcr.io": {}}}"#);
        let credentials = store.of("docker.io").unwrap().unwrap();
        assert!(credentials == Credentials::Password { user: "me".into(), password: "sec:ret".into() });
        assert!(store.of("ghcr.io").unwrap().is_none());
        assert!(store.of("quay.io").unwrap().is_none());
        assert_eq!(format!("{credentials:?}"), "Credentials(hidden)");
    }

    #[test]
    fn broken_credentials_are_an_error_that_does_not_repeat_them() {
        let failure = store(r#"{"auths": {"ghcr.io": {"auth": "c2VjcmV0"}}}"#).of("ghcr.io").unwrap_err();
        let outcome = failure.into_outcome();
        assert_eq!(outcome.exit, ExitCode::InputErrors);
        assert!(!outcome.summary.contains("c2VjcmV0") && !outcome.summary.contains("secret"), "{}", outcome.summary);
    }

    #[test]
    fn a_helper_that_is_missing_says_which() {
        let outcome =
            store(r#"{"credHelpers": {"ghcr.io": "no-such-helper"}}"#).of("ghcr.io").unwrap_err().into_outcome();
        assert_eq!(outcome.exit, ExitCode::NotAuthorised);
        assert!(outcome.summary.contains("docker-credential-no-such-helper"), "{}", outcome.summary);
    }

    #[test]
    fn a_helper_cannot_be_a_path() {
        assert!(store(r#"{"credsStore": "../../bin/sh"}"#).of("ghcr.io").is_err());
    }
}
