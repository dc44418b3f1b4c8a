//! Values that are locked by hand, checked before they get into the file.

use std::collections::BTreeMap;

use skiff_wire::{Input, InputKind};

use crate::failure::Failure;

/// Splits `NAME=VALUE` at the first `=`, which no name, architecture or image reference contains.
pub(crate) fn pair<'a>(flag: &str, argument: &'a str) -> Result<(&'a str, &'a str), Failure> {
    let (name, value) = argument.split_once('=').unwrap_or((argument, ""));
    if name.is_empty() || value.is_empty() {
        return Err(Failure::usage(format!("`{flag} {argument}` is not of the form NAME=VALUE")));
    }
    Ok((name, value))
}

/// `--ami ARCH=ami-…`.
pub(crate) fn ami(argument: &str) -> Result<(&str, &str), Failure> {
    let (architecture, image) = pair("--ami", argument)?;
    if !matches!(architecture, "arm64" | "x86_64") {
        let hint = match architecture {
            "aarch64" | "arm" => "did you mean `arm64`?",
            "amd64" | "x86-64" | "x64" => "did you mean `x86_64`?",
            _ => "use `arm64` or `x86_64`",
        };
        return Err(Failure::usage(format!("`{architecture}` is not an architecture of EC2 images")).hint(hint));
    }
    match is_id("ami-", image) {
        true => Ok((architecture, image)),
        false => Err(wrong("--ami", image, "`ami-` and 8 or 17 hexadecimal digits")),
    }
}

/// `--image REF=sha256:…`.
pub(crate) fn image(argument: &str) -> Result<(&str, &str), Failure> {
    let (reference, digest) = pair("--image", argument)?;
    match is_digest(digest) {
        true => Ok((reference, digest)),
        false => Err(wrong("--image", digest, "`sha256:` and 64 hexadecimal digits")),
    }
}

/// `--input NAME=VALUE`, against the inputs that the plan knows.
pub(crate) fn input<'a>(argument: &'a str, known: &BTreeMap<String, Input>) -> Result<(&'a str, &'a str), Failure> {
    let (name, value) = pair("--input", argument)?;
    let Some(input) = known.get(name) else {
        return Err(unknown_input(name, known));
    };
    let digest = "`sha256:` and 64 hexadecimal digits";
    let (fits, form) = match input.kind {
        InputKind::PrefixList => (is_id("pl-", value), "`pl-` and 8 or 17 hexadecimal digits"),
        InputKind::Vpc => (is_id("vpc-", value), "`vpc-` and 8 or 17 hexadecimal digits"),
        InputKind::SubnetList => {
            (value.split(',').all(|one| is_id("subnet-", one)), "`subnet-…` ids, separated by commas without spaces")
        }
        InputKind::HostedZone => (is_zone(value), "a hosted zone id, such as `Z0123456789ABCDEFGHIJ`"),
        InputKind::RunnerDigest | InputKind::TrustRootDigest => (is_digest(value), digest),
        InputKind::Ami => return Err(elsewhere(name, "`--ami ARCH=ami-…` locks it, for all services of a region")),
        InputKind::Digest => {
            return Err(elsewhere(name, "`skiff lock` resolves it, and `--image REF=sha256:…` sets it"));
        }
        InputKind::RulePriority => return Err(elsewhere(name, "`skiff lock` allocates it")),
    };
    if fits { Ok((name, value)) } else { Err(wrong(&format!("--input {name}"), value, form)) }
}

/// The lock has another place for this value, and what stood among the inputs would be ignored.
fn elsewhere(name: &str, how: &str) -> Failure {
    Failure::usage(format!("`{name}` is not locked with `--input`")).hint(how)
}

fn unknown_input(name: &str, known: &BTreeMap<String, Input>) -> Failure {
    let failure = Failure::usage(format!("the plan has no input `{name}`"));
    let best = known.keys().max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
    match best {
        None => failure.hint("it has no inputs at all"),
        Some(best) if strsim::jaro_winkler(best, name) > 0.8 => failure.hint(format!("did you mean `{best}`?")),
        Some(_) => failure.hint(format!("its inputs are {}", known.keys().cloned().collect::<Vec<_>>().join(", "))),
    }
}

fn wrong(flag: &str, value: &str, form: &str) -> Failure {
    Failure::usage(format!("`{value}` cannot be the value of `{flag}`")).hint(format!("it takes {form}"))
}

/// EC2 ids are a prefix and 8 (old) or 17 hexadecimal digits (EC2 User Guide, "Resource IDs").
fn is_id(prefix: &str, value: &str) -> bool {
    value.strip_prefix(prefix).is_some_and(|digits| matches!(digits.len(), 8 | 17) && is_hexadecimal(digits))
}

/// Whether a text is a sha256 digest in the form of the OCI image specification.
pub(crate) fn is_digest(value: &str) -> bool {
    value.strip_prefix("sha256:").is_some_and(|digits| digits.len() == 64 && is_hexadecimal(digits))
}

fn is_hexadecimal(digits: &str) -> bool {
    digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

/// A hosted zone id is at most 32 capital letters and digits beginning with Z (Route 53 API, `ResourceId`).
fn is_zone(value: &str) -> bool {
    value.starts_with('Z')
        && value.len() <= 32
        && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ami_needs_its_architecture_and_its_form() {
        assert_eq!(ami("arm64=ami-0123456789abcdef0").unwrap(), ("arm64", "ami-0123456789abcdef0"));
        for wrong in ["arm64", "arm64=", "=ami-0123456789abcdef0", "amd64=ami-0123456789abcdef0", "arm64=ami-123"] {
            assert!(ami(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_image_keeps_the_colons_of_its_reference() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let argument = format!("localhost:5000/shop:1={digest}");
        assert_eq!(image(&argument).unwrap(), ("localhost:5000/shop:1", &*digest));
        assert!(image("shop:1=sha256:abc").is_err());
    }

    #[test]
    fn an_input_is_checked_by_its_kind() {
        let input_of = |kind| Input { kind, description: String::new(), lookup: None, locked_by: Vec::new() };
        let known = BTreeMap::from([
            ("subnets".to_owned(), input_of(InputKind::SubnetList)),
            ("vpc_id".to_owned(), input_of(InputKind::Vpc)),
            ("ami".to_owned(), input_of(InputKind::Ami)),
            ("digest".to_owned(), input_of(InputKind::Digest)),
            ("zone_id".to_owned(), input_of(InputKind::HostedZone)),
        ]);
        for right in ["vpc_id=vpc-01234567", "subnets=subnet-01234567,subnet-89abcdef", "zone_id=Z01ABC"] {
            assert!(input(right, &known).is_ok(), "{right}");
        }
        for wrong in [
            "vpc_id=subnet-01234567",
            "subnets=subnet-01234567, subnet-89abcdef",
            "zone_id=example.com",
            "vpcid=x",
            "ami=ami-01234567",
            &format!("digest=sha256:{}", "a".repeat(64)),
        ] {
            assert!(input(wrong, &known).is_err(), "{wrong}");
        }
    }
}
