//! Who signs: keys by their names, and the passphrases that open them. Neither is ever printed.

pub(crate) mod validity;

use std::{
    env, fs,
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
};

use clap::Args;
use skiff_runtime::trust::{KeyFolder, Passphrase, SigningKey};
use skiff_wire::ExitCode;

use crate::{action, failure::Failure, words};

/// The fewest characters of a new passphrase: NIST SP 800-63B asks for eight.
const FEWEST_CHARACTERS: usize = 8;

/// With which keys a command signs.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SigningArguments {
    /// Sign with this key, again for each that signs; the only key of this machine when none is named
    #[arg(long = "key", value_name = "NAME", help_heading = "Signing")]
    pub(crate) keys: Vec<String>,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseArguments,
}

/// Where a passphrase is read.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct PassphraseArguments {
    /// Read the passphrase from this file; else from the file that SKIFF_PASSPHRASE_FILE names, from
    /// SKIFF_PASSPHRASE, or at the terminal
    #[arg(long, value_name = "FILE", help_heading = "Signing")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// The keys that sign, opened.
pub(crate) fn keys(arguments: &SigningArguments) -> Result<Vec<SigningKey>, Failure> {
    let folder = folder()?;
    let names = if arguments.keys.is_empty() { vec![only(&folder)?] } else { distinct(&arguments.keys) };
    names.iter().map(|name| open(&folder, name, &arguments.passphrase)).collect()
}

/// One key, opened.
pub(crate) fn open(folder: &KeyFolder, name: &str, arguments: &PassphraseArguments) -> Result<SigningKey, Failure> {
    folder.load(name, || existing_passphrase(name, arguments))
}

/// The folder of this user's keys: `$SKIFF_KEYS`, else `skiff/keys` in the user's configuration (XDG Base Directory).
pub(crate) fn folder() -> Result<KeyFolder, Failure> {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let configured = || variable("XDG_CONFIG_HOME").or_else(|| Some(variable("HOME")?.join(".config")));
    let folder = variable("SKIFF_KEYS").or_else(|| Some(configured()?.join("skiff/keys")));
    folder.map(KeyFolder::at).ok_or_else(|| {
        Failure::usage("it is not known where your keys are: neither SKIFF_KEYS nor HOME is set")
            .hint("set SKIFF_KEYS to a folder")
    })
}

/// The only key there is; with several, one must be named.
fn only(folder: &KeyFolder) -> Result<String, Failure> {
    let names: Vec<String> = folder.entries()?.into_iter().map(|entry| entry.name).collect();
    match names.as_slice() {
        [name] => Ok(name.clone()),
        [] => Err(Failure::new("NO_KEY", ExitCode::NotFound, format!("no key is in `{}`", folder.path().display()))
            .hint("make one with `skiff keys new NAME`")
            .action(action::write("new-key", &["keys", "new", "me"], "makes a key, encrypted with a passphrase"))),
        several => {
            let names: Vec<String> = several.iter().map(|name| format!("`{name}`")).collect();
            Err(Failure::usage("several keys are there, and none is named to sign with")
                .hint(format!("`--key NAME` with one of {}", words::list(&names))))
        }
    }
}

fn distinct(names: &[String]) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for name in names {
        if !distinct.contains(name) {
            distinct.push(name.clone());
        }
    }
    distinct
}

/// The passphrase of a key that there is.
fn existing_passphrase(name: &str, arguments: &PassphraseArguments) -> Result<Passphrase, Failure> {
    match given_passphrase(arguments)? {
        Some(passphrase) => Ok(passphrase),
        None => ask(&format!("Passphrase of the key `{name}`: ")),
    }
}

/// The passphrase of a key that is made; at the terminal it is asked for twice.
pub(crate) fn new_passphrase(name: &str, arguments: &PassphraseArguments) -> Result<Passphrase, Failure> {
    let passphrase = match given_passphrase(arguments)? {
        Some(passphrase) => passphrase,
        None => {
            let first = ask(&format!("Passphrase for the new key `{name}`: "))?;
            if first != ask("The same again: ")? {
                return Err(Failure::usage("the two passphrases differ").hint("run the command again"));
            }
            first
        }
    };
    if passphrase.characters() < FEWEST_CHARACTERS {
        return Err(Failure::usage(format!("a passphrase needs {FEWEST_CHARACTERS} characters at least"))
            .hint("take several words"));
    }
    Ok(passphrase)
}

/// What was given without being asked for: by a file, or by the environment.
fn given_passphrase(arguments: &PassphraseArguments) -> Result<Option<Passphrase>, Failure> {
    let named = env::var_os("SKIFF_PASSPHRASE_FILE").filter(|path| !path.is_empty()).map(PathBuf::from);
    if let Some(file) = arguments.passphrase_file.clone().or(named) {
        return read(&file).map(Some);
    }
    match env::var("SKIFF_PASSPHRASE") {
        Ok(passphrase) => Ok(Some(Passphrase::new(passphrase))),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(Failure::usage("SKIFF_PASSPHRASE is not UTF-8 text")),
    }
}

fn read(file: &Path) -> Result<Passphrase, Failure> {
    fs::read_to_string(file).map(Passphrase::new).map_err(|error| Failure::file("read", file, &error))
}

fn ask(prompt: &str) -> Result<Passphrase, Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::usage("a passphrase is needed, and there is no terminal to ask at")
            .hint("`--passphrase-file FILE`, or SKIFF_PASSPHRASE_FILE, or SKIFF_PASSPHRASE"));
    }
    rpassword::prompt_password(prompt)
        .map(Passphrase::new)
        .map_err(|error| Failure::file("read the passphrase from", Path::new("/dev/tty"), &error))
}
