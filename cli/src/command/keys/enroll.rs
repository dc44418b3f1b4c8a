//! `skiff keys enroll`: a key comes into the trust root.

use clap::Args;
use skiff_runtime::trust::{PublicKey, edit, edit::Enrolment, root::ROLES};

use super::{
    change::{Change, ChangeArguments, Told},
    new::{Kind, public_key},
};
use crate::{failure::Failure, operating::wait_for, outcome::Outcome, words};

/// Put a key into the trust root, or give one that is there more roles
///
/// The first enrolment makes the root, with the roles root, release and approval and the threshold one. Roles: `root` signs
/// the next root, `release` what may run, `runner` the runner, `approval` operations of high risk. Forms: text, json.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  skiff keys enroll anna\n  skiff keys enroll build --role release\n  skiff keys enroll ben --role root --role release --threshold release=2 --public-key ben.pem --key anna"
)]
pub(super) struct EnrollArguments {
    /// The key, which is also the name of the principal
    #[arg(value_name = "NAME")]
    name: String,
    /// A role that it gets, again for each; release when none is named (in the first root: root, release and approval)
    #[arg(long = "role", value_name = "ROLE", value_parser = ROLES)]
    roles: Vec<String>,
    /// How many of a role must sign from now on
    #[arg(long = "threshold", value_name = "ROLE=N", value_parser = threshold)]
    thresholds: Vec<(String, u32)>,
    /// The public key of somebody whose key is not on this machine: 64 hexadecimal digits, or a PEM file
    #[arg(long, value_name = "KEY")]
    public_key: Option<String>,
    /// What the owner of that key is
    #[arg(long, value_enum, requires = "public_key")]
    kind: Option<Kind>,
    #[command(flatten)]
    change: ChangeArguments,
}

/// Enrolls a key.
pub(super) fn run(arguments: &EnrollArguments) -> Result<Outcome, Failure> {
    wait_for(async {
        let change = arguments.change.open().await?;
        let enrolment = enrolment(arguments, &change)?;
        let next = match &change.before {
            None => edit::first(&enrolment, change.expires())?,
            Some(before) => edit::enroll(&before.root, &enrolment, change.expires())?,
        };
        let next = edit::thresholds(&next, &arguments.thresholds)?;
        let roles = words::list(&enrolment.roles.iter().map(|role| format!("`{role}`")).collect::<Vec<_>>());
        let summary = format!("`{}` may sign for {roles}", enrolment.name);
        change.conclude(&next, Vec::new(), Told { code: "ENROLLED", event: "key-enrolled", summary }).await
    })
}

fn enrolment(arguments: &EnrollArguments, change: &Change<'_>) -> Result<Enrolment, Failure> {
    let (kind, key) = match &arguments.public_key {
        Some(key) => (arguments.kind.unwrap_or_default().into(), public_key(key)?),
        None => {
            let entry = change.folder.entry(&arguments.name)?;
            (entry.kind, PublicKey::parse(&entry.public_key)?)
        }
    };
    let first: &[&str] = if change.before.is_none() { &["root", "release", "approval"] } else { &["release"] };
    // An agent cannot have the role of the second party; alone in a first root it has the other two.
    let allowed = first.iter().filter(|role| kind != skiff_wire::PrincipalKind::Agent || **role != "approval");
    let roles = match arguments.roles.as_slice() {
        [] => allowed.map(ToString::to_string).collect(),
        roles => roles.to_vec(),
    };
    Ok(Enrolment { name: arguments.name.clone(), kind, key, roles })
}

fn threshold(text: &str) -> Result<(String, u32), String> {
    let parts = text.split_once('=').and_then(|(role, number)| Some((role, number.parse().ok()?)));
    match parts {
        Some((role, number)) if ROLES.contains(&role) => Ok((role.to_owned(), number)),
        _ => Err(format!("write ROLE=N with a role of {}, and a number", ROLES.join(", "))),
    }
}
