//! `skiff release create`: pack, sign, and put into the ledger.

use std::{fs, path::PathBuf};

use clap::Args;
use jiff::SignedDuration;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use skiff_runtime::{
    release::{self, Content, CreatedRelease, NewRelease, materials},
    state::layout::ServiceScope,
};
use skiff_wire::{IdempotencyRecord, ReleaseArtifact};

use crate::{
    acting::repetition::reused,
    action,
    failure::Failure,
    operating::{Operating, OperatingArguments, manifest::local_manifest, wait_for},
    outcome::Outcome,
    signing::{self, SigningArguments, validity::term},
    standing, words,
};

/// Pack a service's artifacts, and make a signed release of it
///
/// Folders become reproducible bundles, images are named by their locked digest. A bill of materials and a provenance are
/// signed and put beside the release. Nothing is deployed. Forms: text, json.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  skiff release create --label v2\n  skiff release create web --key anna --key ben --expires 30d\n  skiff release create web --sbom web.cdx.json --dry-run"
)]
pub(super) struct CreateArguments {
    /// The service; the only one when it is not named
    #[arg(value_name = "SERVICE")]
    service: Option<String>,
    /// What people call it, such as `v2` or a commit
    #[arg(long, value_name = "LABEL")]
    label: Option<String>,
    /// How long it may be assigned: `12h`, `90d`; what was assigned goes on running, and boots
    #[arg(long, value_name = "TERM", value_parser = term, default_value = "90d")]
    expires: SignedDuration,
    /// A bill of materials (CycloneDX or SPDX, JSON) in the place of the one that Skiff makes
    #[arg(long, value_name = "FILE")]
    sbom: Option<PathBuf>,
    #[command(flatten)]
    signing: SigningArguments,
    #[command(flatten)]
    place: OperatingArguments,
    /// Show what would be released; sign and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Asking again with the same key is the same release
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
}

/// Makes a release.
pub(super) fn run(arguments: &CreateArguments) -> Result<Outcome, Failure> {
    let operating = arguments.place.open()?;
    let scope = super::service(&operating, arguments.service.as_deref())?;
    let new = new(arguments, &operating, &scope)?;
    if arguments.dry_run {
        return would(&new);
    }
    wait_for(async {
        if let Some(before) = asked_before(arguments, &operating, &new).await? {
            return Ok(before);
        }
        let keys = signing::keys(&arguments.signing)?;
        let created = release::create(&operating.ledger, &new, &keys).await?;
        if let Some(record) = record(arguments, &new, &created.id)? {
            operating.ledger.put_once(&operating.scope.idempotency(&record.key), &record).await?;
        }
        Ok(made(&arguments.place, &new, &created))
    })
}

fn new(arguments: &CreateArguments, operating: &Operating, scope: &ServiceScope) -> Result<NewRelease, Failure> {
    let (declared, overlay) = (&operating.motion(&scope.service)?.release, &operating.compiled.ir.local);
    let manifest = local_manifest(&scope.service, declared, overlay)?;
    let read = |file: &PathBuf| fs::read(file).map_err(|error| Failure::file("read", file, &error));
    let expires = operating.ledger.world.clock.now() + arguments.expires;
    Ok(NewRelease {
        label: arguments.label.clone(),
        sbom: arguments.sbom.as_ref().map(read).transpose()?,
        trust_root: operating.trust_pin(),
        ..NewRelease::new(scope.clone(), manifest, operating.base(), expires)
    })
}

fn would(new: &NewRelease) -> Result<Outcome, Failure> {
    let content = release::prepare(&new.manifest, &new.base)?;
    if let Some(sbom) = &new.sbom {
        materials::given(sbom)?;
    }
    let service = &new.scope.service;
    Ok(Outcome::done("WOULD_RELEASE", format!("a release of `{service}` would be made; nothing was written"))
        .announced()
        .body(lines(&content))
        .data(
            json!({ "service": service, "label": new.label, "expires": new.expires, "artifacts": content.artifacts }),
        ))
}

fn lines(content: &Content) -> String {
    content.artifacts.iter().map(|(name, artifact)| format!("{name}: {}\n", described(artifact))).collect()
}

/// An artifact in a line.
pub(super) fn described(artifact: &ReleaseArtifact) -> String {
    match artifact {
        ReleaseArtifact::Bundle { sha256, size } => format!("bundle {sha256}, {size} bytes"),
        ReleaseArtifact::Image { repository, sha256 } => format!("image {repository}@sha256:{sha256}"),
    }
}

fn made(place: &OperatingArguments, new: &NewRelease, created: &CreatedRelease) -> Outcome {
    let (service, short) = (&new.scope.service, standing::short(&created.id));
    let called = new.label.as_ref().map(|label| format!(" `{label}`")).unwrap_or_default();
    let signers = words::list(&created.signers);
    let summary = format!("release {short}{called} of `{service}`, sequence {}, signed by {signers}", created.sequence);
    let place = place.words();
    let argv: Vec<&str> =
        ["deploy", service, "--release", &created.id].into_iter().chain(place.iter().map(String::as_str)).collect();
    Outcome::done("RELEASE_CREATED", summary)
        .announced()
        .body(format!("{}\n", created.id))
        .data(json!({
            "service": service,
            "release": { "id": created.id, "sequence": created.sequence, "label": new.label },
            "expires": new.expires,
            "signers": created.signers,
        }))
        .action(action::write("deploy", &argv, "brings it into service"))
}

/// The release that an idempotency key stands for already.
async fn asked_before(
    arguments: &CreateArguments,
    operating: &Operating,
    new: &NewRelease,
) -> Result<Option<Outcome>, Failure> {
    let Some(wanted) = record(arguments, new, "")? else { return Ok(None) };
    let key = operating.scope.idempotency(&wanted.key);
    let Some(before) = operating.ledger.get::<IdempotencyRecord>(&key).await? else { return Ok(None) };
    let id =
        before.operation.strip_prefix(IdempotencyRecord::OF_RELEASE).filter(|_| before.arguments == wanted.arguments);
    let Some(id) = id else {
        let message = format!("the key `{}` was used for something else: `{}`", wanted.key, before.operation);
        return Err(reused(message));
    };
    let root = super::root(operating, &new.scope).await?;
    let purpose = skiff_runtime::trust::Purpose::Boot { sequence: 0 };
    let found = release::read_verified(&operating.ledger, &new.scope, id, &root, purpose).await?;
    let envelope = release::read(&operating.ledger, &new.scope, id).await?;
    let created = CreatedRelease { id: found.id, sequence: found.predicate.sequence, envelope, signers: found.signers };
    let then = NewRelease { expires: found.predicate.expires, ..new.clone() };
    Ok(Some(made(&arguments.place, &then, &created)))
}

/// What an idempotency key stands for: the content, the label and the term.
fn record(arguments: &CreateArguments, new: &NewRelease, id: &str) -> Result<Option<IdempotencyRecord>, Failure> {
    let Some(key) = &arguments.idempotency_key else { return Ok(None) };
    let artifacts = release::prepare(&new.manifest, &new.base)?.artifacts;
    let asked = json!({
        "command": "release create",
        "service": new.scope.service,
        "label": new.label,
        "manifest": new.manifest,
        "artifacts": artifacts,
        "hours": arguments.expires.as_hours(),
    });
    let digest = Sha256::digest(asked.to_string());
    let arguments = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Some(IdempotencyRecord {
        schema: IdempotencyRecord::SCHEMA.into(),
        key: key.clone(),
        arguments,
        operation: format!("{}{id}", IdempotencyRecord::OF_RELEASE),
        entries: None,
    }))
}
