//! The small values of a spec: each parses from one scalar, prints back to it, and has a pattern in the JSON Schema.

use std::{borrow::Cow, fmt, net::Ipv4Addr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use crate::{
    diagnostic::Diagnostics,
    node::{Node, Value},
    source::Span,
    spec::{
        codes,
        decode::{Decode, Key, bad_value, wrong_type},
    },
};

/// A value that one scalar holds.
pub trait Scalar: Sized + fmt::Display {
    /// What the user should have written.
    const EXPECTED: &'static str;
    /// The name in the JSON Schema.
    const NAME: &'static str;
    /// A regular expression (ECMA 262) that every written form matches.
    const PATTERN: &'static str;
    /// An example that parses.
    const EXAMPLE: &'static str;
    /// Whether a plain number is also a written form.
    const NUMBER: bool = false;

    /// Reads the text; `None` when it is not such a value.
    fn parse(text: &str) -> Option<Self>;

    /// Stands in for a text that could not be read.
    fn stand_in() -> Self;
}

macro_rules! scalars {
    ($($name:ident),+ $(,)?) => {$(
        impl Decode for $name {
            const EXPECTED: &'static str = <Self as Scalar>::EXPECTED;

            fn decode(node: &Node, diagnostics: &mut Diagnostics) -> Self {
                let Value::Scalar(scalar) = &node.value else {
                    wrong_type(node, <Self as Scalar>::EXPECTED, diagnostics);
                    return Self::stand_in();
                };
                Self::parse(&scalar.text).unwrap_or_else(|| {
                    bad_value(node, <Self as Scalar>::EXPECTED, diagnostics);
                    Self::stand_in()
                })
            }

            fn fallback() -> Self {
                Self::stand_in()
            }
        }


        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                <Self as Scalar>::NAME.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let text = json_schema!({
                    "type": "string",
                    "pattern": <Self as Scalar>::PATTERN,
                    "description": <Self as Scalar>::EXPECTED,
                    "examples": [<Self as Scalar>::EXAMPLE],
                });
                if !<Self as Scalar>::NUMBER {
                    return text;
                }
                json_schema!({ "anyOf": [text, { "type": "number", "minimum": 0 }] })
            }
        }
    )+};
}

scalars!(
    AccountId,
    Arn,
    Cidr,
    Cpu,
    Cron,
    Digest,
    Duration,
    FileMode,
    ImageReference,
    MaintenanceWindow,
    MemorySize,
    Name,
    Percent,
    VariableName,
    HostName,
);

macro_rules! text_newtypes {
    ($($(#[doc = $doc:literal])+ $name:ident;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )+};
}

text_newtypes! {
    /// The name of an application, environment, service, queue …: also part of AWS names and DNS labels.
    Name;
    /// A twelve-digit AWS account id.
    AccountId;
    /// An Amazon Resource Name.
    Arn;
    /// `sha256:` and 64 hexadecimal digits.
    Digest;
    /// The name of an environment variable.
    VariableName;
    /// An OCI image reference.
    ImageReference;
    /// A DNS name, whose first label may be `*`.
    HostName;
    /// A five-field cron expression, as Auto Scaling's scheduled actions take it.
    Cron;
    /// `ddd:HH:MM-ddd:HH:MM` in UTC, as RDS takes it.
    MaintenanceWindow;
    /// Octal permissions.
    FileMode;
}

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

impl Scalar for Cron {
    const EXPECTED: &'static str = "a five-field cron expression such as `0 3 * * *`";
    const NAME: &'static str = "Cron";
    const PATTERN: &'static str = r"^\S+ +\S+ +\S+ +\S+ +\S+$";
    const EXAMPLE: &'static str = "0 3 * * *";

    fn parse(text: &str) -> Option<Self> {
        let ranges = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)];
        let fields: Vec<_> = text.split(' ').filter(|field| !field.is_empty()).collect();
        let fits = fields.len() == 5 && fields.iter().zip(ranges).all(|(field, range)| cron_field(field, range));
        fits.then(|| Self(fields.join(" ")))
    }

    fn stand_in() -> Self {
        Self("0 0 * * *".into())
    }
}

/// Whether one field of a cron expression is a list of `*`, numbers, names, ranges and steps within bounds.
fn cron_field(field: &str, (least, most): (u32, u32)) -> bool {
    const NAMES: &[&str] = &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "sun", "mon", "tue", "wed",
        "thu", "fri", "sat",
    ];
    let value = |text: &str| {
        text.parse::<u32>().is_ok_and(|number| (least..=most).contains(&number))
            || (least..=most) != (0..=59) && NAMES.contains(&text.to_ascii_lowercase().as_str())
    };
    let range =
        |text: &str| text == "*" || text.split_once('-').map_or_else(|| value(text), |(a, b)| value(a) && value(b));
    field.split(',').all(|part| match part.split_once('/') {
        Some((base, step)) => range(base) && step.parse::<u32>().is_ok_and(|step| step > 0),
        None => range(part),
    })
}

impl Scalar for MaintenanceWindow {
    const EXPECTED: &'static str = "a weekly window in UTC such as `sun:03:00-sun:04:00`";
    const NAME: &'static str = "MaintenanceWindow";
    const PATTERN: &'static str =
        "^(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):[0-2][0-9]:[0-5][0-9]$";
    const EXAMPLE: &'static str = "sun:03:00-sun:04:00";

    fn parse(text: &str) -> Option<Self> {
        let moment = |text: &str| {
            let parts: Vec<_> = text.split(':').collect();
            let [day, hour, minute] = parts[..] else { return false };
            let number =
                |text: &str, most: u32| text.len() == 2 && text.parse::<u32>().is_ok_and(|number| number <= most);
            ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains(&day) && number(hour, 23) && number(minute, 59)
        };
        let (from, to) = text.split_once('-')?;
        (moment(from) && moment(to) && from != to).then(|| Self(text.into()))
    }

    fn stand_in() -> Self {
        Self("sun:03:00-sun:04:00".into())
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

/// A length of time in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(pub u32);

impl Scalar for Duration {
    const EXPECTED: &'static str = "a duration such as `30s`, `5m`, `12h` or `7d`";
    const NAME: &'static str = "Duration";
    const PATTERN: &'static str = "^[0-9]+(s|m|h|d)$";
    const EXAMPLE: &'static str = "30s";

    fn parse(text: &str) -> Option<Self> {
        let unit = match text.bytes().last()? {
            b's' => 1,
            b'm' => 60,
            b'h' => 3_600,
            b'd' => 86_400,
            _ => return None,
        };
        let digits = &text[..text.len() - 1];
        let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u32>().ok())??;
        number.checked_mul(unit).map(Self)
    }

    fn stand_in() -> Self {
        Self(30)
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, letter) = [(86_400, 'd'), (3_600, 'h'), (60, 'm')]
            .into_iter()
            .find(|(unit, _)| self.0 > 0 && self.0.is_multiple_of(*unit))
            .unwrap_or((1, 's'));
        write!(formatter, "{}{letter}", self.0 / unit)
    }
}

/// An amount of memory or storage in MiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MemorySize(pub u32);

impl Scalar for MemorySize {
    const EXPECTED: &'static str = "a size such as `512Mi`, `4Gi` or `1Ti`";
    const NAME: &'static str = "MemorySize";
    const PATTERN: &'static str = "^[0-9]+(Mi|Gi|Ti)$";
    const EXAMPLE: &'static str = "512Mi";

    fn parse(text: &str) -> Option<Self> {
        let (digits, unit) = [("Mi", 1), ("Gi", 1024), ("Ti", 1024 * 1024)]
            .into_iter()
            .find_map(|(suffix, unit)| Some((text.strip_suffix(suffix)?, unit)))?;
        let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u32>().ok())??;
        number.checked_mul(unit).filter(|size| *size > 0).map(Self)
    }

    fn stand_in() -> Self {
        Self(512)
    }
}

impl MemorySize {
    /// Whole GiB, rounded up.
    #[must_use]
    pub fn gibibytes(self) -> u32 {
        self.0.div_ceil(1024)
    }
}

impl fmt::Display for MemorySize {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            size if size.is_multiple_of(1024 * 1024) => write!(formatter, "{}Ti", size / 1024 / 1024),
            size if size.is_multiple_of(1024) => write!(formatter, "{}Gi", size / 1024),
            size => write!(formatter, "{size}Mi"),
        }
    }
}

/// An amount of processor time in thousandths of a vCPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cpu(pub u32);

impl Scalar for Cpu {
    const EXPECTED: &'static str = "an amount of vCPU such as `500m`, `0.5` or `2`";
    const NAME: &'static str = "Cpu";
    const PATTERN: &'static str = r"^([0-9]+m|[0-9]+(\.[0-9]{1,3})?)$";
    const EXAMPLE: &'static str = "500m";
    const NUMBER: bool = true;

    fn parse(text: &str) -> Option<Self> {
        let thousandths = match text.strip_suffix('m') {
            Some(digits) => digits.parse::<u32>().ok()?,
            None => thousandths(text)?,
        };
        (thousandths > 0).then_some(Self(thousandths))
    }

    fn stand_in() -> Self {
        Self(500)
    }
}

/// A decimal number times a thousand, when it has at most three decimals.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.len() > 3 {
        return None;
    }
    let decimals: u32 = format!("{decimals:0<3}").parse().ok()?;
    whole.parse::<u32>().ok()?.checked_mul(1000)?.checked_add(decimals)
}

impl fmt::Display for Cpu {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(1000) {
            write!(formatter, "{}", self.0 / 1000)
        } else {
            write!(formatter, "{}m", self.0)
        }
    }
}

/// A share, in thousandths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(pub u32);

impl Scalar for Percent {
    const EXPECTED: &'static str = "a percentage such as `1%` or `0.5%`";
    const NAME: &'static str = "Percent";
    const PATTERN: &'static str = r"^[0-9]{1,3}(\.[0-9]{1,3})?%$";
    const EXAMPLE: &'static str = "1%";

    fn parse(text: &str) -> Option<Self> {
        let share = thousandths(text.strip_suffix('%')?)?;
        (share <= 100_000).then_some(Self(share))
    }

    fn stand_in() -> Self {
        Self(50_000)
    }
}

impl Percent {
    /// The number before the sign.
    #[must_use]
    pub fn number(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}%", self.number())
    }
}

/// An IPv4 range; the address is the range's first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cidr {
    /// First address.
    pub address: Ipv4Addr,
    /// Length of the prefix in bits.
    pub prefix: u8,
}

impl Scalar for Cidr {
    const EXPECTED: &'static str = "an IPv4 range such as `10.0.0.0/16`, its host bits zero";
    const NAME: &'static str = "Cidr";
    const PATTERN: &'static str = r"^([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}$";
    const EXAMPLE: &'static str = "10.0.0.0/16";

    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let address: Ipv4Addr = address.parse().ok()?;
        let prefix: u8 = prefix.parse().ok().filter(|prefix| *prefix <= 32)?;
        let host = u32::MAX.checked_shr(u32::from(prefix)).unwrap_or(0);
        (address.to_bits() & host == 0).then_some(Self { address, prefix })
    }

    fn stand_in() -> Self {
        Self { address: Ipv4Addr::new(10, 0, 0, 0), prefix: 16 }
    }
}

impl Cidr {
    /// The `index`-th part when the range is cut into parts of `prefix` bits; `None` when there is no such part.
    #[must_use]
    pub fn part(self, prefix: u8, index: u32) -> Option<Self> {
        let room = prefix.checked_sub(self.prefix)?;
        let fits = prefix <= 32 && u64::from(index) < 1_u64 << room;
        let address = self.address.to_bits() | index.checked_shl(32 - u32::from(prefix)).filter(|_| fits)?;
        Some(Self { address: Ipv4Addr::from_bits(address), prefix })
    }

    /// Whether every address is in it.
    #[must_use]
    pub fn is_everything(self) -> bool {
        self.prefix == 0
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.address, self.prefix)
    }
}
