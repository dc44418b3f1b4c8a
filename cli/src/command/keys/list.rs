//! `skiff keys list`: the keys of this machine, and whose signatures count.

use clap::Args;
use serde_json::{Value, json};
use skiff_runtime::trust::{KeyEntry, TrustedRoot};
use skiff_wire::{PrincipalKind, TrustRoot};

use super::change::newest;
use crate::{
    action,
    failure::Failure,
    operating::{OperatingArguments, open_ledger, wait_for},
    outcome::Outcome,
    signing, words,
};

/// List the keys of this machine, and who is in the trust root
///
/// Forms: text, json.
#[derive(Debug, Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    place: OperatingArguments,
}

/// One key: on this machine, in the root, or both.
struct Row {
    name: String,
    kind: PrincipalKind,
    public_key: String,
    here: bool,
    elsewhere: bool,
    principal: Option<String>,
    roles: Vec<String>,
}

/// Lists keys and principals.
pub(super) fn run(arguments: &ListArguments) -> Result<Outcome, Failure> {
    wait_for(async {
        let root = newest(&open_ledger(&arguments.place.folder())?).await?;
        let folder = signing::folder()?;
        let rows = rows(&folder.entries()?, root.as_ref().map(|root| &root.root));
        let data = json!({
            "folder": folder.path(),
            "keys": rows.iter().map(data).collect::<Vec<_>>(),
            "trust_root": root.as_ref().map(|root| json!({ "digest": root.digest, "root": root.root })),
        });
        let summary = format!(
            "{} in `{}`",
            words::count(rows.iter().filter(|row| row.here).count(), "key"),
            folder.path().display()
        );
        let outcome = Outcome::done("KEYS_LISTED", summary).body(text(&rows, root.as_ref())).data(data);
        Ok(if rows.is_empty() {
            outcome.action(action::write("new-key", &["keys", "new", "me"], "makes a key, encrypted with a passphrase"))
        } else {
            outcome
        })
    })
}

fn rows(entries: &[KeyEntry], root: Option<&TrustRoot>) -> Vec<Row> {
    let principal = |key: &str| {
        root?.principals.iter().find(|(_, principal)| principal.public_key == key).map(|(name, _)| name.clone())
    };
    let mut rows: Vec<Row> = entries
        .iter()
        .map(|entry| {
            let principal = principal(&entry.public_key);
            Row {
                name: entry.name.clone(),
                kind: entry.kind,
                public_key: entry.public_key.clone(),
                here: true,
                elsewhere: !entry.command.is_empty(),
                roles: principal.as_deref().map(|name| roles(root, name)).unwrap_or_default(),
                principal,
            }
        })
        .collect();
    for (name, principal) in root.iter().flat_map(|root| &root.principals) {
        if entries.iter().all(|entry| entry.public_key != principal.public_key) {
            rows.push(Row {
                name: name.clone(),
                kind: principal.kind,
                public_key: principal.public_key.clone(),
                here: false,
                elsewhere: false,
                principal: Some(name.clone()),
                roles: roles(root, name),
            });
        }
    }
    rows
}

fn roles(root: Option<&TrustRoot>, name: &str) -> Vec<String> {
    let roles = root.into_iter().flat_map(|root| &root.roles);
    roles.filter(|(_, rule)| rule.principals.iter().any(|one| one == name)).map(|(role, _)| role.clone()).collect()
}

fn data(row: &Row) -> Value {
    json!({
        "name": row.name,
        "kind": row.kind,
        "public_key": row.public_key,
        "on_this_machine": row.here,
        "signed_by_command": row.elsewhere,
        "principal": row.principal,
        "roles": row.roles,
    })
}

fn text(rows: &[Row], root: Option<&TrustedRoot>) -> String {
    let mut text = String::new();
    for row in rows {
        let place = match (row.here, row.elsewhere) {
            (true, false) => "here",
            (true, true) => "by command",
            _ => "not here",
        };
        let standing = match &row.principal {
            Some(principal) if *principal != row.name => format!("as {principal}: {}", row.roles.join(", ")),
            Some(_) => row.roles.join(", "),
            None => "not enrolled".into(),
        };
        let kind = format!("{:?}", row.kind).to_lowercase();
        text += &format!("{:<16} {kind:<6} {place:<10} {}  {standing}\n", row.name, row.public_key);
    }
    match root {
        None => text + "no trust root yet\n",
        Some(TrustedRoot { root, digest }) => {
            let rules = root.roles.iter();
            let rules = rules.map(|(role, rule)| format!("{role} {} of {}", rule.threshold, rule.principals.len()));
            let rules = rules.collect::<Vec<_>>().join(", ");
            text + &format!("trust root {} ({digest}), until {}: {rules}\n", root.version, root.expires)
        }
    }
}
