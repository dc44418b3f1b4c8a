//! `skiff release show`: everything that a release says.

use std::collections::BTreeMap;

use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use skiff_runtime::{
    release,
    trust::{Purpose, envelope::Opened},
};
use skiff_wire::ReleasePredicate;

use super::create::described;
use crate::{
    failure::Failure,
    operating::{OperatingArguments, wait_for},
    outcome::Outcome,
    standing::short,
};

/// Show what a release says, once it is verified
///
/// Forms: text, json; JSON has the manifest, the bill of materials and the provenance too.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff release show v2\n  skiff release show 3f9a1c22d0b4 --service web")]
pub(super) struct ShowArguments {
    /// Its id, the first digits of it, or its label
    #[arg(value_name = "RELEASE")]
    release: String,
    /// The service, when several have such a release
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    #[command(flatten)]
    place: OperatingArguments,
}

/// Everything that a release says.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ShownRelease {
    /// SHA-256 of the signed payload.
    id: String,
    /// Who has signed it.
    signers: Vec<String>,
    /// What it says.
    predicate: ReleasePredicate,
    /// The statements beside it: `sbom`, `provenance`.
    attestations: BTreeMap<String, Value>,
}

/// Shows a release.
pub(super) fn run(arguments: &ShowArguments) -> Result<Outcome, Failure> {
    let operating = arguments.place.open()?;
    wait_for(async {
        let (scope, id) = super::find(&operating, arguments.service.as_deref(), &arguments.release).await?;
        let root = super::root(&operating, &scope).await?;
        let found =
            release::read_verified(&operating.ledger, &scope, &id, &root, Purpose::Boot { sequence: 0 }).await?;
        let predicate = &found.predicate;
        let mut attestations = BTreeMap::new();
        for what in ["sbom", "provenance"] {
            if let Some(bytes) = release::shelf::attestation(&operating.ledger, &scope, &id, what).await? {
                let statement: Value = serde_json::from_slice(Opened::read(&bytes)?.unverified()).unwrap_or_default();
                attestations.insert(what.into(), statement);
            }
        }
        let mut body = format!(
            "release   {id}\nservice   {}\nsequence  {}\nlabel     {}\nexpires   {}\nsigned by {}\n",
            scope.service,
            predicate.sequence,
            predicate.label.as_deref().unwrap_or("-"),
            predicate.expires,
            found.signers.join(", "),
        );
        let others = [("repeats", &predicate.rollback_of), ("after", &predicate.previous)];
        others.iter().filter_map(|(what, id)| Some((what, id.as_ref()?))).for_each(|(what, id)| {
            body += &format!("{what:<9} {}\n", short(id));
        });
        predicate.artifacts.iter().for_each(|(name, artifact)| body += &format!("{name}: {}\n", described(artifact)));
        let (signers, predicate) = (found.signers.clone(), predicate.clone());
        let data = json!(ShownRelease { id: id.clone(), signers, predicate, attestations });
        Ok(Outcome::done("RELEASE_SHOWN", format!("release {} of `{}`", short(&id), scope.service))
            .body(body)
            .data(data))
    })
}
