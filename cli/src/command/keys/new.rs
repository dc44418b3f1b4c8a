//! `skiff keys new`: a key for a person, a program or a build.

use std::{fs, path::Path};

use clap::{Args, ValueEnum};
use serde_json::json;
use skiff_runtime::{
    trust::{PublicKey, keys::folder::check_name},
    world::World,
};
use skiff_wire::PrincipalKind;

use crate::{
    action,
    failure::Failure,
    outcome::Outcome,
    signing::{self, PassphraseArguments},
};

/// Make a key, encrypted with a passphrase, or name a command that signs with one
///
/// A key that lives elsewhere (an agent, a security module, a cloud's key service) is named by the command that signs with
/// it: it gets the bytes on its standard input and prints the signature as base64. Forms: text, json.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  skiff keys new anna\n  skiff keys new build --kind ci --passphrase-file build.txt\n  skiff keys new vault --public-key vault.pub.pem --key-command 'vault-sign --key release'"
)]
pub(crate) struct NewArguments {
    /// What it is called; small letters, digits, `.`, `_` and `-`
    #[arg(value_name = "NAME")]
    name: String,
    /// What its owner is
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,
    /// The command that signs with a key that is elsewhere
    #[arg(long, value_name = "COMMAND", requires = "public_key")]
    key_command: Option<String>,
    /// The public half of that key: 64 hexadecimal digits, or a PEM file
    #[arg(long, value_name = "KEY", requires = "key_command")]
    public_key: Option<String>,
    #[command(flatten)]
    passphrase: PassphraseArguments,
    /// Check the arguments; make nothing
    #[arg(long)]
    dry_run: bool,
}

/// What the owner of a key is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// A person
    #[default]
    Human,
    /// A program that decides; it may ask for approvals and gives none
    Agent,
    /// A build
    Ci,
}

impl From<Kind> for PrincipalKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Human => Self::Human,
            Kind::Agent => Self::Agent,
            Kind::Ci => Self::Ci,
        }
    }
}

/// Makes the key.
pub(super) fn run(arguments: &NewArguments) -> Result<Outcome, Failure> {
    let (folder, name, kind) = (signing::folder()?, &*arguments.name, arguments.kind.into());
    check_name(name)?;
    let elsewhere = match (&arguments.key_command, &arguments.public_key) {
        (Some(command), Some(key)) => Some((split(command)?, public_key(key)?)),
        _ => None,
    };
    if arguments.dry_run {
        let summary = format!("the key `{name}` would be made in `{}`", folder.path().display());
        return Ok(Outcome::done("WOULD_MAKE_KEY", summary).announced());
    }
    let entry = match elsewhere {
        Some((command, public)) => folder.refer(name, kind, &public, command)?,
        None => {
            let passphrase = signing::new_passphrase(name, &arguments.passphrase)?;
            folder.create(name, kind, &passphrase, &*World::real().random)?
        }
    };
    let summary =
        format!("the key `{name}` is in `{}`; its public half is {}", folder.path().display(), entry.public_key);
    Ok(Outcome::done("KEY_MADE", summary)
        .announced()
        .data(json!({ "name": name, "kind": entry.kind, "public_key": entry.public_key, "folder": folder.path() }))
        .action(action::write("enroll", &["keys", "enroll", name], "makes its signatures count")))
}

/// A public key as it is written, or the file that has it.
pub(super) fn public_key(text: &str) -> Result<PublicKey, Failure> {
    let path = Path::new(text);
    if text.len() == 64 && !path.exists() {
        return Ok(PublicKey::parse(text)?);
    }
    let text = fs::read_to_string(path).map_err(|error| Failure::file("read", path, &error))?;
    Ok(PublicKey::parse(&text)?)
}

fn split(command: &str) -> Result<Vec<String>, Failure> {
    shlex::split(command).filter(|words| !words.is_empty()).ok_or_else(|| {
        Failure::usage(format!("`{command}` is no command: a quote is never closed, or there is no word"))
            .hint("write it as for a shell; no shell runs it")
    })
}
