//! What was asked for, checked before anything is read.

use std::path::{Path, PathBuf};

use skiff_compiler::{
    diagnostic::Code,
    facts::regions,
    spec::{
        decode::closest,
        values::{AccountId, Arn, Name, Scalar as _},
    },
};

use super::Flags;
use crate::{
    action,
    failure::Failure,
    seam::{self, ImportOptions},
};

/// What was asked for.
pub(super) struct Asked {
    /// What no manifest says.
    pub(super) options: ImportOptions,
    /// The codes that do not decide the exit code.
    pub(super) allowed: Vec<&'static Code>,
}

pub(super) fn check(flags: &Flags) -> Result<Asked, Failure> {
    let allowed = flags.allowed.iter().map(|word| code(word)).collect::<Result<_, _>>()?;
    let certificates = flags.certificates.iter().map(|text| certificate(text)).collect::<Result<_, _>>()?;
    let options = ImportOptions {
        app: flags.app.as_deref().map_or_else(|| Ok(folder_name(&flags.paths)), name)?,
        account: flags.account.as_deref().map(account).transpose()?,
        region: flags.region.as_deref().map(region).transpose()?,
        certificates,
    };
    Ok(Asked { options, allowed })
}

fn name(text: &str) -> Result<String, Failure> {
    Name::parse(text).map(|name| name.to_string()).ok_or_else(|| {
        Failure::usage(format!("`{text}` cannot be an application's name"))
            .hint("use at most 32 lower-case letters, digits and hyphens, beginning with a letter, such as `web-shop`")
    })
}

fn account(text: &str) -> Result<String, Failure> {
    AccountId::parse(text).map(|account| account.to_string()).ok_or_else(|| {
        Failure::usage(format!("`{text}` is no AWS account"))
            .hint("an account has twelve digits, such as `111122223333`")
    })
}

fn region(text: &str) -> Result<String, Failure> {
    if regions::find(text).is_some() {
        return Ok(text.to_owned());
    }
    let failure = Failure::usage(format!("`{text}` is not an AWS region"));
    Err(match closest(text, regions::names().into_iter()) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("name one such as `eu-west-1`"),
    })
}

fn certificate(text: &str) -> Result<Arn, Failure> {
    Arn::parse(text).filter(|arn| matches!(arn.service(), "acm" | "iam")).ok_or_else(|| {
        Failure::usage(format!("`{text}` is no ARN of a certificate"))
            .hint("give one such as `arn:aws:acm:eu-west-1:111122223333:certificate/…`")
    })
}

/// A code of the importers by its id or its name.
fn code(word: &str) -> Result<&'static Code, Failure> {
    let codes = seam::import_codes();
    let named = |code: &&&Code| code.id.eq_ignore_ascii_case(word) || code.name.eq_ignore_ascii_case(word);
    if let Some(code) = codes.iter().find(named) {
        return Ok(code);
    }
    let failure = Failure::usage(format!("no import reports the code `{word}`"));
    let near = closest(&word.to_lowercase(), codes.iter().map(|code| code.name));
    let near = near.or_else(|| closest(&word.to_uppercase(), codes.iter().map(|code| code.id)));
    Err(match near {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("`skiff explain` lists all codes").action(action::look(
            "list",
            &["explain"],
            "lists all codes",
        )),
    })
}

/// The folder that the first path names or lies in, as an application's name.
fn folder_name(paths: &[PathBuf]) -> String {
    let first = paths.first().filter(|path| path.as_os_str() != "-");
    let named = first.map_or(Path::new("."), PathBuf::as_path);
    let whole = named.canonicalize().unwrap_or_else(|_| named.to_path_buf());
    let folder = if whole.is_dir() { Some(whole.as_path()) } else { whole.parent() };
    let name = folder.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    seam::tidy(&name.unwrap_or_default()).to_string()
}
