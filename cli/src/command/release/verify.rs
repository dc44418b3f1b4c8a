//! `skiff release verify`: what a member would verify, and the attestations beside it.

use std::{fs, path::Path};

use clap::Args;
use serde_json::{Value, json};
use skiff_runtime::{
    Error,
    release::{self, binding, fetch_artifact},
    state::layout::ServiceScope,
    trust::{
        Purpose, TrustedRoot, VerifiedRelease,
        verify::{subject, verify_release},
        verify_payload,
    },
};
use skiff_wire::{ReleaseArtifact, ReleaseStatement};

use crate::{
    failure::Failure,
    operating::{Operating, OperatingArguments, wait_for},
    outcome::Outcome,
    standing::short,
};

/// Verify a release as a member does: signatures, binding, revocation, and its bundles byte for byte
///
/// Also the attestations beside it, and whether it could be assigned now. Exits with 10 when it is refused.
/// Forms: text, json.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  skiff release verify v2\n  skiff release verify ./release.dsse.json --service web"
)]
pub(super) struct VerifyArguments {
    /// Its id, the first digits of it, its label, or the path of an envelope
    #[arg(value_name = "RELEASE|FILE")]
    release: String,
    /// The service that it must be for
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    #[command(flatten)]
    place: OperatingArguments,
}

/// Verifies a release.
pub(super) fn run(arguments: &VerifyArguments) -> Result<Outcome, Failure> {
    let operating = arguments.place.open()?;
    let file = Path::new(&arguments.release);
    wait_for(async {
        let (scope, envelope) = if file.is_file() {
            let scope = super::service(&operating, arguments.service.as_deref())?;
            (scope, fs::read(file).map_err(|error| Failure::file("read", file, &error))?)
        } else {
            let (scope, id) = super::find(&operating, arguments.service.as_deref(), &arguments.release).await?;
            let envelope = release::read(&operating.ledger, &scope, &id).await?;
            (scope, envelope)
        };
        verified(&operating, &scope, &envelope).await
    })
}

async fn verified(operating: &Operating, scope: &ServiceScope, envelope: &[u8]) -> Result<Outcome, Failure> {
    let root = super::root(operating, scope).await?;
    let found = verify_release(envelope, &root, &binding(scope), Purpose::Boot { sequence: 0 })?;
    for artifact in found.predicate.artifacts.values() {
        if let ReleaseArtifact::Bundle { .. } = artifact {
            fetch_artifact(&operating.ledger, artifact).await?;
        }
    }
    let attestations = attestations(operating, scope, &root, &found).await?;
    let sequence = super::control(operating, scope).await?.map_or(0, |control| control.sequence);
    let purpose = Purpose::Assign { now: operating.ledger.world.clock.now(), sequence };
    let assignable = verify_release(envelope, &root, &binding(scope), purpose).err();
    let id = short(&found.id);
    let summary = format!("release {id} of `{}` is in order, signed by {}", scope.service, found.signers.join(", "));
    let why = |error: &Error| json!({ "code": error.code().id, "message": error.message() });
    let data = json!({
        "id": found.id,
        "service": scope.service,
        "signers": found.signers,
        "root_version": root.root.version,
        "attestations": attestations,
        "assignable": assignable.is_none(),
        "not_assignable": assignable.as_ref().map(why),
    });
    let outcome = Outcome::done("VERIFIED", summary).announced().data(data);
    let warning = assignable.map(|error| format!("it runs and boots, and cannot be assigned anew: {error}"));
    Ok(outcome.warnings(warning))
}

/// The attestations beside a release: each signed by keys that count, and about exactly its artifacts.
async fn attestations(
    operating: &Operating,
    scope: &ServiceScope,
    root: &TrustedRoot,
    found: &VerifiedRelease,
) -> Result<Vec<Value>, Failure> {
    let mut attestations = Vec::new();
    for what in ["sbom", "provenance"] {
        let Some(bytes) = release::shelf::attestation(&operating.ledger, scope, &found.id, what).await? else {
            continue;
        };
        let signed = verify_payload(&bytes, root, "release", ReleaseStatement::PAYLOAD_TYPE)?;
        let statement: Value = serde_json::from_slice(&signed.bytes).unwrap_or_default();
        if statement["subject"] != json!(subject(&found.predicate.artifacts)) {
            return Err(release::shelf::foreign(&found.id, what).into());
        }
        attestations
            .push(json!({ "kind": what, "predicate_type": statement["predicateType"], "signers": signed.signers }));
    }
    Ok(attestations)
}
