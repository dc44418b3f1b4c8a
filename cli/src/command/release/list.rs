//! `skiff release list`: the releases of a service, the newest first.

use clap::Args;
use serde_json::{Value, json};
use skiff_runtime::{
    release::{self, Listed},
    trust::VerifiedRelease,
};

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
        let releases: Vec<Value> = shown.iter().map(|listed| data(listed, live)).collect();
        let summary = format!("{} of `{}`", words::count(all.len(), "release"), scope.service);
        let mut text: String = shown.iter().map(|listed| line(listed, live)).collect();
        if all.len() > shown.len() {
            text += &format!("… and {} older ones\n", all.len() - shown.len());
        }
        Ok(Outcome::done("RELEASES_LISTED", summary)
            .body(text)
            .data(json!({ "service": scope.service, "releases": releases, "total": all.len() })))
    })
}

/// A release for programs.
pub(super) fn data(listed: &Listed, live: Option<&str>) -> Value {
    match &listed.release {
        Ok(VerifiedRelease { id, predicate, signers }) => json!({
            "id": id,
            "sequence": predicate.sequence,
            "label": predicate.label,
            "expires": predicate.expires,
            "rollback_of": predicate.rollback_of,
            "signers": signers,
            "artifacts": predicate.artifacts,
            "live": live == Some(&**id),
            "refused": null,
        }),
        Err(error) => json!({
            "id": listed.id,
            "live": live == Some(&*listed.id),
            "refused": { "code": error.code().id, "message": error.message() },
        }),
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
