//! References to what is outside: accounts, ARNs, digests, images.

use super::{AccountId, Arn, Digest, ImageReference, Scalar};

impl Scalar for AccountId {
    const EXPECTED: &'static str = "an account id of twelve digits such as `\"111122223333\"`, in quotes";
    const NAME: &'static str = "AccountId";
    const PATTERN: &'static str = "^[0-9]{12}$";
    const EXAMPLE: &'static str = "111122223333";

    fn parse(text: &str) -> Option<Self> {
        (text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| Self(text.into()))
    }

    fn stand_in() -> Self {
        Self("000000000000".into())
    }
}

impl Scalar for Arn {
    const EXPECTED: &'static str = "an ARN such as `arn:aws:sns:eu-west-1:111122223333:alerts`";
    const NAME: &'static str = "Arn";
    const PATTERN: &'static str = "^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12}|aws)?:.+$";
    const EXAMPLE: &'static str = "arn:aws:sns:eu-west-1:111122223333:alerts";

    fn parse(text: &str) -> Option<Self> {
        let arn = Self(text.into());
        let parts: Vec<_> = text.splitn(6, ':').collect();
        let [prefix, partition, service, _, account, resource] = parts[..] else { return None };
        let account_fits = account.is_empty() || account == "aws" || AccountId::parse(account).is_some();
        let fits = prefix == "arn" && partition.starts_with("aws") && !service.is_empty() && !resource.is_empty();
        (fits && account_fits).then_some(arn)
    }

    fn stand_in() -> Self {
        Self("arn:aws:unknown:::unknown".into())
    }
}

impl Arn {
    fn part(&self, index: usize) -> &str {
        self.0.splitn(6, ':').nth(index).unwrap_or_default()
    }

    /// `aws`, `aws-cn` or `aws-us-gov`.
    #[must_use]
    pub fn partition(&self) -> &str {
        self.part(1)
    }

    /// The service, such as `sns`.
    #[must_use]
    pub fn service(&self) -> &str {
        self.part(2)
    }

    /// The region, empty for global services.
    #[must_use]
    pub fn region(&self) -> &str {
        self.part(3)
    }

    /// What follows the account.
    #[must_use]
    pub fn resource(&self) -> &str {
        self.part(5)
    }
}

impl Scalar for Digest {
    const EXPECTED: &'static str = "a digest: `sha256:` and 64 hexadecimal digits";
    const NAME: &'static str = "Digest";
    const PATTERN: &'static str = "^sha256:[0-9a-f]{64}$";
    const EXAMPLE: &'static str = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("sha256:")?;
        let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (digits.len() == 64 && digits.bytes().all(hexadecimal)).then(|| Self(text.into()))
    }

    fn stand_in() -> Self {
        Self(format!("sha256:{}", "0".repeat(64)))
    }
}

impl Scalar for ImageReference {
    const EXPECTED: &'static str = "an image reference such as `ghcr.io/acme/shop:1.4`";
    const NAME: &'static str = "ImageReference";
    const PATTERN: &'static str = r"^([A-Za-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$";
    const EXAMPLE: &'static str = "ghcr.io/acme/shop:1.4";

    fn parse(text: &str) -> Option<Self> {
        let reference = Self(text.into());
        let digest_fits = reference.digest().is_none_or(|digest| Digest::parse(digest).is_some());
        let tag = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        let tag_fits = reference.tag().is_none_or(|text| (1..=128).contains(&text.len()) && text.bytes().all(tag));
        let path = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._/-".contains(&byte);
        let repository = reference.repository();
        let edge = |text: &str| text.starts_with(['.', '_', '/', '-']) || text.ends_with(['.', '_', '/', '-']);
        let path_fits = !repository.is_empty() && repository.bytes().all(path) && !edge(repository);
        (digest_fits && tag_fits && path_fits && !repository.contains("//")).then_some(reference)
    }

    fn stand_in() -> Self {
        Self("unknown".into())
    }
}

impl ImageReference {
    fn without_digest(&self) -> &str {
        self.0.split_once('@').map_or(&self.0, |(name, _)| name)
    }

    /// The digest, when the reference pins one.
    #[must_use]
    pub fn digest(&self) -> Option<&str> {
        self.0.split_once('@').map(|(_, digest)| digest)
    }

    /// The tag, when the reference names one.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        let last = self.without_digest().rsplit('/').next()?;
        last.split_once(':').map(|(_, tag)| tag)
    }

    /// The registry's host and port, `docker.io` when the reference names none.
    #[must_use]
    pub fn registry(&self) -> &str {
        match self.without_digest().split_once('/') {
            Some((first, _)) if first.contains(['.', ':']) || first == "localhost" => first,
            _ => "docker.io",
        }
    }

    /// The repository within the registry, as written.
    #[must_use]
    pub fn repository(&self) -> &str {
        let name = self.without_digest();
        let name = match self.tag() {
            Some(tag) => &name[..name.len() - tag.len() - 1],
            None => name,
        };
        match name.split_once('/') {
            Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => rest,
            _ => name,
        }
    }
}
