//! Names: of things, of variables, of hosts; and the permissions of a file.

use super::{FileMode, HostName, Name, Scalar, VariableName};
use crate::{
    diagnostic::Diagnostics,
    source::Span,
    spec::{codes, decode::Key},
};

impl Scalar for Name {
    const EXPECTED: &'static str = "a name: lower-case letters, digits and hyphens, first a letter, at most 32";
    const NAME: &'static str = "Name";
    const PATTERN: &'static str = "^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$";
    const EXAMPLE: &'static str = "checkout";

    fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let inner = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
        let ends = bytes.first()?.is_ascii_lowercase() && bytes.last() != Some(&b'-');
        (ends && bytes.len() <= 32 && bytes.iter().all(inner)).then(|| Self(text.into()))
    }

    fn stand_in() -> Self {
        Self("unnamed".into())
    }
}

impl Name {
    /// A name that the compiler itself chose.
    #[must_use]
    pub fn known(text: &str) -> Self {
        Self(text.into())
    }
}

impl Key for Name {
    fn decode_key(text: &str, span: Span, diagnostics: &mut Diagnostics) -> Option<Self> {
        let name = Self::parse(text);
        if name.is_none() {
            diagnostics.push(&codes::BAD_NAME, span, format!("`{text}` is not a name")).hint(
                "use lower-case letters, digits and hyphens, first a letter, at most 32: names become part of AWS names and DNS labels",
            );
        }
        name
    }
}

impl Scalar for VariableName {
    const EXPECTED: &'static str = "an environment variable name";
    const NAME: &'static str = "VariableName";
    const PATTERN: &'static str = "^[A-Za-z_][A-Za-z0-9_]*$";
    const EXAMPLE: &'static str = "LOG_LEVEL";

    fn parse(text: &str) -> Option<Self> {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let first = text.bytes().next().is_some_and(|byte| inner(byte) && !byte.is_ascii_digit());
        (first && text.bytes().all(inner)).then(|| Self(text.into()))
    }

    fn stand_in() -> Self {
        Self("UNKNOWN".into())
    }
}

impl Key for VariableName {
    fn decode_key(text: &str, span: Span, diagnostics: &mut Diagnostics) -> Option<Self> {
        let name = Self::parse(text);
        if name.is_none() {
            diagnostics
                .push(&codes::BAD_NAME, span, format!("`{text}` is not an environment variable name"))
                .hint("use letters, digits and underscores, first not a digit");
        }
        name
    }
}

impl Scalar for HostName {
    const EXPECTED: &'static str = "a host name such as `shop.example.com` or `*.example.com`";
    const NAME: &'static str = "HostName";
    const PATTERN: &'static str = r"^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$";
    const EXAMPLE: &'static str = "shop.example.com";

    fn parse(text: &str) -> Option<Self> {
        let labels = text.strip_prefix("*.").unwrap_or(text);
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(inner)
        };
        (text.len() <= 128 && labels.split('.').all(label)).then(|| Self(text.into()))
    }

    fn stand_in() -> Self {
        Self("unknown.invalid".into())
    }
}

impl Scalar for FileMode {
    const EXPECTED: &'static str = "quoted octal permissions such as `\"0644\"`";
    const NAME: &'static str = "FileMode";
    const PATTERN: &'static str = "^0[0-7]{3}$";
    const EXAMPLE: &'static str = "0644";

    fn parse(text: &str) -> Option<Self> {
        let octal = text.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
        (text.len() == 4 && text.starts_with('0') && octal).then(|| Self(text.into()))
    }

    fn stand_in() -> Self {
        Self("0644".into())
    }
}
