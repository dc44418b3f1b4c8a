//! `skiff release list`: the releases of a service, the newest first.

use std::collections::BTreeMap;

use clap::Args;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use skiff_runtime::{
    Error,
    release::{self, Listed},
};
use skiff_wire::ReleaseArtifact;

use crate::{
    failure::Failure,
    operating::{OperatingArguments, wait_for},
    outcome::Outcome,
    releasing::live_release,
    standing::short,
    words,
};

/// List the releases of a service, the newest first
///
/// Each is verified; those that are refused come last, with the reason. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  skiff release list\n  skiff release list web --limit 5")]
pub(super) struct ListArguments {
    /// The service; the only one when it is not named
    #[arg(value_name = "SERVICE")]
    service: Option<String>,
    /// The most that are shown
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    limit: usize,
    #[command(flatten)]
    place: OperatingArguments,
}

/// Lists releases.
pub(super) fn run(arguments: &ListArguments) -> Result<Outcome, Failure> {
    let operating = arguments.place.open()?;
    let scope = super::service(&operating, arguments.service.as_deref())?;
    wait_for(async {
        let root = super::root(&operating, &scope).await?;
        let control = super::control(&operating, &scope).await?;
        let live = control.as_ref().and_then(live_release);
        let all = release::list(&operating.ledger, &scope, &root).await?;
        let shown: Vec<&Listed> = all.iter().take(arguments.limit).collect();
        let releases = shown.iter().map(|listed| ListedRelease::of(listed, live)).collect();
        let summary = format!("{} of `{}`", words::count(all.len(), "release"), scope.service);
        let mut text: String = shown.iter().map(|listed| line(listed, live)).collect();
        if all.len() > shown.len() {
            text += &format!("… and {} older ones\n", all.len() - shown.len());
        }
        Ok(Outcome::done("RELEASES_LISTED", summary).body(text).data(json!(Releases {
            service: scope.service.clone(),
            releases,
            total: all.len()
        })))
    })
}

/// The releases of a service.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Releases {
    /// The service.
    service: String,
    /// The newest first; those that are refused come last.
    releases: Vec<ListedRelease>,
    /// How many there are, also of those that are not shown.
    total: usize,
}

/// One release of a list. What it says of itself is null when it is refused.
#[derive(Debug, Serialize, JsonSchema)]
struct ListedRelease {
    /// SHA-256 of the signed payload.
    id: String,
    /// Its sequence.
    sequence: Option<u64>,
    /// What people call it.
    label: Option<String>,
    /// After this it may not be assigned any more.
    expires: Option<Timestamp>,
    /// The release whose content it repeats.
    rollback_of: Option<String>,
    /// Who has signed it.
    signers: Vec<String>,
    /// Its artifacts by workload.
    artifacts: BTreeMap<String, ReleaseArtifact>,
    /// Whether it is the live one.
    live: bool,
    /// Why it is refused, null when it stands.
    refused: Option<Refused>,
}

/// Why a release is refused.
#[derive(Debug, Serialize, JsonSchema)]
struct Refused {
    /// The code, such as `SK2150`.
    code: String,
    /// The reason, for people.
    message: String,
}

impl ListedRelease {
    fn of(listed: &Listed, live: Option<&str>) -> Self {
        let predicate = listed.release.as_ref().ok().map(|release| &release.predicate);
        Self {
            id: listed.id.clone(),
            sequence: predicate.map(|it| it.sequence),
            label: predicate.and_then(|it| it.label.clone()),
            expires: predicate.map(|it| it.expires),
            rollback_of: predicate.and_then(|it| it.rollback_of.clone()),
            signers: listed.release.as_ref().map(|release| release.signers.clone()).unwrap_or_default(),
            artifacts: predicate.map(|it| it.artifacts.clone()).unwrap_or_default(),
            live: live == Some(&*listed.id),
            refused: listed.release.as_ref().err().map(Refused::of),
        }
    }
}

impl Refused {
    fn of(error: &Error) -> Self {
        Self { code: error.code().id.into(), message: error.message().into() }
    }
}

fn line(listed: &Listed, live: Option<&str>) -> String {
    let id = short(&listed.id);
    let mark = if live == Some(&*listed.id) { " live" } else { "" };
    match &listed.release {
        Ok(release) => {
            let predicate = &release.predicate;
            let label = predicate.label.as_deref().unwrap_or("-");
            let back = predicate.rollback_of.as_deref().map(|old| format!(", repeats {}", short(old)));
            let (sequence, signers) = (predicate.sequence, release.signers.join(", "));
            format!("{id}  {sequence:>6}  {label:<16} signed by {signers}{}{mark}\n", back.unwrap_or_default())
        }
        Err(error) => format!("{id}  refused: {error}{mark}\n"),
    }
}
