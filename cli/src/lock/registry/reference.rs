//! An image reference, as people write it and as a registry knows it.

use std::fmt;

use skiff_wire::ExitCode;

use crate::failure::Failure;

/// Where Docker Hub answers, and the name it goes by in references and in credentials.
const DOCKER_HUB: (&str, &str) = ("registry-1.docker.io", "docker.io");

/// A registry, a repository in it and a tag.
///
/// Grammar: the CNCF distribution project's `reference` package. A first part with a dot, a colon or the name
/// `localhost` is a registry; without one it is Docker Hub, where a single word lives under `library/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ImageReference {
    written: String,
    registry: String,
    repository: String,
    tag: String,
}

impl ImageReference {
    /// Reads a reference; the tag is `latest` when none is written.
    pub(crate) fn parse(written: &str) -> Result<Self, Failure> {
        let (registry, rest) = match written.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (first, rest),
            _ => (DOCKER_HUB.1, written),
        };
        let (path, tag) = match rest.rsplit_once(':') {
            Some((path, tag)) if !tag.contains('/') => (path, tag),
            _ => (rest, "latest"),
        };
        let hub = matches!(registry, "docker.io" | "index.docker.io" | "registry-1.docker.io");
        let repository = if hub && !path.contains('/') { format!("library/{path}") } else { path.to_owned() };
        let registry = if hub { DOCKER_HUB.1.to_owned() } else { registry.to_ascii_lowercase() };
        if !is_registry(&registry) || !repository.split('/').all(is_component) || !is_tag(tag) {
            return Err(malformed(written));
        }
        Ok(Self { written: written.to_owned(), registry, repository, tag: tag.to_owned() })
    }

    /// The address of the manifest that the tag means.
    pub(super) fn manifest_url(&self) -> String {
        let scheme = if self.is_loopback() { "http" } else { "https" };
        let host = if self.registry == DOCKER_HUB.1 { DOCKER_HUB.0 } else { &self.registry };
        format!("{scheme}://{host}/v2/{}/manifests/{}", self.repository, self.tag)
    }

    /// The registry as credentials name it.
    pub(super) fn registry_key(&self) -> &str {
        &self.registry
    }

    /// What a token must allow.
    pub(super) fn pull_scope(&self) -> String {
        format!("repository:{}:pull", self.repository)
    }

    /// Whether the registry is on this machine, the only place that is asked without TLS.
    pub(super) fn is_loopback(&self) -> bool {
        let host = self.registry.rsplit_once(':').map_or(&*self.registry, |(host, _)| host);
        matches!(host, "localhost" | "127.0.0.1")
    }

    /// The AWS region of a private ECR registry (`ACCOUNT.dkr.ecr.REGION.amazonaws.com`).
    pub(super) fn ecr_region(&self) -> Option<&str> {
        let (_, after) = self.registry.split_once(".dkr.ecr.")?;
        after.split_once(".amazonaws.com").map(|(region, _)| region)
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.written)
    }
}

fn malformed(written: &str) -> Failure {
    Failure::new("INPUT_ERRORS", ExitCode::InputErrors, format!("`{written}` is not an image reference"))
        .hint("write REGISTRY/NAME:TAG, such as `ghcr.io/acme/shop:1.4`, in lower case")
}

fn is_registry(registry: &str) -> bool {
    let (host, port) = registry.split_once(':').unwrap_or((registry, "443"));
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    !host.is_empty() && host.bytes().all(letters) && port.parse::<u16>().is_ok()
}

/// Lower-case letters and digits, with `.`, `_`, `__` or hyphens between them.
fn is_component(component: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = component.as_bytes();
    let edges = bytes.first().is_some_and(|byte| word(*byte)) && bytes.last().is_some_and(|byte| word(*byte));
    edges && bytes.iter().all(|byte| word(*byte) || b"._-".contains(byte)) && !component.contains("..")
}

fn is_tag(tag: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let bytes = tag.as_bytes();
    bytes.len() <= 128
        && bytes.first().is_some_and(|byte| word(*byte))
        && bytes.iter().all(|byte| word(*byte) || b".-".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(written: &str) -> String {
        ImageReference::parse(written).unwrap().manifest_url()
    }

    #[test]
    fn short_names_are_docker_hub() {
        assert_eq!(url("nginx"), "https://registry-1.docker.io/v2/library/nginx/manifests/latest");
        assert_eq!(url("acme/shop:1.4"), "https://registry-1.docker.io/v2/acme/shop/manifests/1.4");
        assert_eq!(url("docker.io/nginx:1"), "https://registry-1.docker.io/v2/library/nginx/manifests/1");
    }

    #[test]
    fn a_registry_is_known_by_its_dot_or_port() {
        assert_eq!(url("ghcr.io/acme/shop:a"), "https://ghcr.io/v2/acme/shop/manifests/a");
        assert_eq!(url("registry.test:5000/shop"), "https://registry.test:5000/v2/shop/manifests/latest");
    }

    #[test]
    fn only_this_machine_is_asked_without_tls() {
        assert_eq!(url("localhost:5000/shop:1"), "http://localhost:5000/v2/shop/manifests/1");
        assert_eq!(url("127.0.0.1:5000/shop:1"), "http://127.0.0.1:5000/v2/shop/manifests/1");
        assert!(url("127.0.0.1.example.com/shop:1").starts_with("https://"));
    }

    #[test]
    fn what_could_leave_the_path_is_refused() {
        for wrong in
            ["", "Shop:1", "a/../b:1", "a?b", "a/b:1/..", "ghcr.io/", "a b", "ghcr.io/a:", "x.io:99999/a", "a:b:c"]
        {
            assert!(ImageReference::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_ecr_registry_knows_its_region() {
        let image = ImageReference::parse("123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:1").unwrap();
        assert_eq!(image.ecr_region(), Some("eu-central-1"));
    }
}
