//! A new version of the trust root: sign it, and put it into the ledger or into a file for others to sign.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use skiff_runtime::{
    Error,
    state::{Ledger, event::NewEvent},
    trust::{KeyFolder, SigningKey, TrustedRoot, codes, envelope, load_root, root},
};
use skiff_wire::{ExitCode, TrustRoot};

use crate::{
    action,
    document::{self, Existing},
    failure::Failure,
    operating::{OperatingArguments, open_ledger},
    outcome::Outcome,
    signing::{self, SigningArguments, validity::term},
    words,
};

/// What every change of the root takes.
#[derive(Debug, Args)]
pub(crate) struct ChangeArguments {
    #[command(flatten)]
    pub(crate) place: OperatingArguments,
    #[command(flatten)]
    pub(crate) signing: SigningArguments,
    /// How long the new root is good for: `365d`, `52w`
    #[arg(long, value_name = "TERM", value_parser = term, default_value = "365d")]
    expires: SignedDuration,
    /// Where to keep the new root when more must sign it than have; they add theirs with `skiff keys sign-root FILE`
    #[arg(long, value_name = "FILE")]
    proposal: Option<PathBuf>,
    /// Show the new root; sign and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// A ledger, and the root that is to be followed.
pub(crate) struct Change<'a> {
    pub(crate) arguments: &'a ChangeArguments,
    pub(crate) ledger: Ledger,
    pub(crate) before: Option<TrustedRoot>,
    pub(crate) folder: KeyFolder,
}

/// What happens to the root, in the words of its command.
pub(crate) struct Told {
    /// The stable word of its success.
    pub(crate) code: &'static str,
    /// The kind of its event.
    pub(crate) event: &'static str,
    /// One clause: what is so now.
    pub(crate) summary: String,
}

impl ChangeArguments {
    /// Opens the ledger and reads its newest root; there may be none yet.
    pub(crate) async fn open(&self) -> Result<Change<'_>, Failure> {
        let ledger = open_ledger(&self.place.folder())?;
        let before = newest(&ledger).await?;
        Ok(Change { arguments: self, ledger, before, folder: signing::folder()? })
    }
}

/// The newest root, `None` before the first.
pub(crate) async fn newest(ledger: &Ledger) -> Result<Option<TrustedRoot>, Failure> {
    match load_root(ledger, None, 0).await {
        Ok(root) => Ok(Some(root)),
        Err(error) if error.code() == &codes::NO_ROOT => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Change<'_> {
    /// When a root that is made now expires.
    pub(crate) fn expires(&self) -> Timestamp {
        self.ledger.world.clock.now() + self.arguments.expires
    }

    /// The root there is; without one there is nothing to change.
    pub(crate) fn root(&self) -> Result<&TrustRoot, Failure> {
        self.before.as_ref().map(|before| &before.root).ok_or_else(|| {
            let place = self.ledger.store.place();
            Error::new(&codes::NO_ROOT, skiff_runtime::ErrorKind::NotFound, format!("no trust root is in `{place}`"))
                .hint("the first `skiff keys enroll NAME` makes it")
                .into()
        })
    }

    /// Signs the next root, and publishes it when enough have signed.
    ///
    /// `more` are keys that sign in any case: the new one of a rotation.
    pub(crate) async fn conclude(
        &self,
        next: &TrustRoot,
        more: Vec<SigningKey>,
        told: Told,
    ) -> Result<Outcome, Failure> {
        let changes = differences(self.before.as_ref().map(|before| &before.root), next);
        if self.arguments.dry_run {
            let summary = format!("version {} of the trust root would be made: {}", next.version, told.summary);
            let data = json!({ "root": next, "changes": changes });
            return Ok(Outcome::done("WOULD_CHANGE_ROOT", summary).announced().body(lines(&changes)).data(data));
        }
        let mut keys = self.signers(next, &more)?;
        keys.extend(more);
        let payload = serde_json::to_vec(next).map_err(|error| Failure::defect(error.to_string()))?;
        let envelope = envelope::sign(TrustRoot::PAYLOAD_TYPE, &payload, &keys)?;
        match root::follow(self.before.as_ref(), &envelope, next.version) {
            Err(error) if error.code() == &codes::ROOT_NOT_APPROVED => self.propose(&envelope, next, &changes, error),
            Err(error) => Err(error.into()),
            Ok(_) => self.publish(&envelope, &keys, &changes, told).await,
        }
    }

    /// The keys that were named; else those of this machine that count in the old root or in the new one.
    fn signers(&self, next: &TrustRoot, more: &[SigningKey]) -> Result<Vec<SigningKey>, Failure> {
        let named = &self.arguments.signing;
        if !named.keys.is_empty() {
            return signing::keys(named);
        }
        let roots = self.before.iter().map(|before| &before.root).chain([next]);
        let counting: Vec<&String> = roots.flat_map(root_keys).collect();
        let mine = self.folder.entries()?.into_iter().filter(|entry| {
            counting.contains(&&entry.public_key) && more.iter().all(|key| key.public().hex() != entry.public_key)
        });
        mine.map(|entry| signing::open(&self.folder, &entry.name, &named.passphrase)).collect()
    }

    fn propose(&self, envelope: &[u8], next: &TrustRoot, changes: &[String], error: Error) -> Result<Outcome, Failure> {
        let Some(file) = &self.arguments.proposal else {
            let advice = error.advice().unwrap_or_default().to_owned();
            return Err(Failure::from(error).hint(format!("{advice}; `--proposal FILE` keeps it for them to sign")));
        };
        document::write(file, &String::from_utf8_lossy(envelope), Existing::Keep)?;
        Ok(proposed(file, next, changes, &error))
    }

    async fn publish(
        &self,
        envelope: &[u8],
        keys: &[SigningKey],
        changes: &[String],
        told: Told,
    ) -> Result<Outcome, Failure> {
        let root = root::publish(&self.ledger, self.before.as_ref(), envelope).await?;
        let actor = words::list(&keys.iter().map(|key| key.name().to_owned()).collect::<Vec<_>>());
        record(&self.ledger, &self.arguments.place, &root, actor, told.event, &told.summary).await?;
        let summary = format!("version {} of the trust root: {}", root.root.version, told.summary);
        Ok(Outcome::done(told.code, summary).announced().body(lines(changes)).fact("trust_root", &root.digest).data(
            json!({ "version": root.root.version, "digest": root.digest, "root": root.root, "changes": changes }),
        ))
    }
}

/// Notes the new root among the events of the environment that the spec means; without a spec the signed root is the record.
pub(crate) async fn record(
    ledger: &Ledger,
    place: &OperatingArguments,
    root: &TrustedRoot,
    actor: String,
    kind: &'static str,
    summary: &str,
) -> Result<(), Failure> {
    let Ok(operating) = place.open() else { return Ok(()) };
    let event = NewEvent {
        kind,
        audit: true,
        actor,
        service: None,
        operation: None,
        summary: format!("version {} of the trust root: {summary}", root.root.version),
        data: json!({ "root_version": root.root.version, "trust_root": root.digest }),
    };
    ledger.event(&operating.scope, event).await?;
    Ok(())
}

/// The outcome of a root that others must sign too.
pub(crate) fn proposed(file: &Path, next: &TrustRoot, changes: &[String], error: &Error) -> Outcome {
    let shown = file.display().to_string();
    let mut outcome = Outcome::new("MORE_MUST_SIGN", ExitCode::ApprovalNeeded, error.message())
        .body(lines(changes))
        .data(json!({ "proposal": shown, "root": next, "changes": changes }))
        .action(action::write(
            "sign-root",
            &["keys", "sign-root", &shown],
            "adds a signature; the last one publishes it",
        ));
    outcome.hint = error.advice().map(|advice| format!("`{shown}` has what was signed so far; {advice}"));
    outcome
}

fn root_keys(root: &TrustRoot) -> impl Iterator<Item = &String> {
    let names = root.roles.get("root").into_iter().flat_map(|rule| &rule.principals);
    names.filter_map(|name| root.principals.get(name)).map(|principal| &principal.public_key)
}

/// What a new root changes, one line each: what whoever signs it should read.
pub(crate) fn differences(before: Option<&TrustRoot>, next: &TrustRoot) -> Vec<String> {
    let empty = TrustRoot {
        principals: Default::default(),
        roles: Default::default(),
        revoked_releases: Vec::new(),
        ..next.clone()
    };
    let before = before.unwrap_or(&empty);
    let value = |root: &TrustRoot| -> Value { json!({ "principal": root.principals, "role": root.roles }) };
    let (old, new) = (value(before), value(next));
    let mut lines = Vec::new();
    for what in ["principal", "role"] {
        let (Some(old), Some(new)) = (old[what].as_object(), new[what].as_object()) else { continue };
        for (name, value) in new.iter().filter(|(name, value)| old.get(*name) != Some(value)) {
            let sign = if old.contains_key(name) { '~' } else { '+' };
            lines.push(format!("{sign} {what} {name}: {}", plain(value)));
        }
        lines.extend(
            old.iter().filter(|(name, _)| !new.contains_key(*name)).map(|(name, _)| format!("- {what} {name}")),
        );
    }
    let revoked = next.revoked_releases.iter().filter(|id| !before.revoked_releases.contains(id));
    lines.extend(revoked.map(|id| format!("- release {id}")));
    lines.push(format!("~ expires {}", next.expires));
    lines
}

fn plain(value: &Value) -> String {
    let names = |value: &Value| {
        let names = value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
        words::list(&names.collect::<Vec<_>>())
    };
    match value["threshold"].as_u64() {
        Some(threshold) => format!("{threshold} of {}", names(&value["principals"])),
        None => format!(
            "{} {}",
            value["kind"].as_str().unwrap_or_default(),
            value["public_key"].as_str().unwrap_or_default()
        ),
    }
}

/// Lines as they are printed.
pub(crate) fn lines(changes: &[String]) -> String {
    changes.iter().map(|line| format!("{line}\n")).collect()
}
