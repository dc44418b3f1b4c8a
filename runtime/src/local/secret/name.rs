//! Names of secrets, and what a reference of a manifest is called on this machine.

use serde_json::Value;

use crate::{
    error::{Error, ErrorKind},
    local::secret::codes,
};

/// The longest name; encoded as a file name it stays below what file systems take (255 bytes).
const LONGEST: usize = 80;

/// Whether a name can be one of a secret: the letters that AWS Secrets Manager takes.
///
/// # Errors
/// A name with another letter, an empty one, one that is too long.
pub fn check_name(name: &str) -> Result<(), Error> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+=.@-".contains(&byte);
    let part = |part: &str| !matches!(part, "" | "." | "..");
    if name.len() <= LONGEST && name.bytes().all(letter) && name.split('/').all(part) {
        return Ok(());
    }
    let shown: String = name.chars().take(LONGEST).flat_map(char::escape_default).collect();
    Err(Error::new(&codes::SECRET_UNFIT, ErrorKind::Usage, format!("`{shown}` cannot be the name of a secret"))
        .hint("use 1 to 80 of A–Z a–z 0–9 / _ + = . @ -"))
}

/// What a manifest's reference to a secret is called on this machine; `None` for a reference to something else.
///
/// The name under which a spec names it; of an existing secret, the name within its ARN, without the suffix that Secrets
/// Manager adds (`-` and six letters); of a parameter, its path.
#[must_use]
pub fn local_name(reference: &Value) -> Option<String> {
    match reference {
        Value::String(arn) => of_arn(arn),
        Value::Object(fields) => {
            let (_, name) = fields.get("resource")?.as_str()?.split_once(".secret.")?;
            Some(name.to_owned())
        }
        _ => None,
    }
    .filter(|name| check_name(name).is_ok())
}

fn of_arn(arn: &str) -> Option<String> {
    let mut parts = arn.splitn(6, ':').skip(2);
    match (parts.next()?, parts.nth(2)?) {
        ("secretsmanager", rest) => Some(without_suffix(rest.strip_prefix("secret:")?).to_owned()),
        ("ssm", rest) => Some(rest.strip_prefix("parameter/")?.to_owned()),
        _ => None,
    }
}

fn without_suffix(name: &str) -> &str {
    let suffix = |end: &str| end.len() == 6 && end.bytes().all(|byte| byte.is_ascii_alphanumeric());
    name.rsplit_once('-').filter(|(_, end)| suffix(end)).map_or(name, |(name, _)| name)
}

/// A name as one segment of a path: everything but `A–Z a–z 0–9 _ -` as `%` and two hexadecimal digits.
pub(super) fn segment(name: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    name.bytes().map(encode).collect()
}
