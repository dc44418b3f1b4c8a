//! `skiff rollback`: an earlier release comes back.

use clap::Args;
use serde_json::{Value, json};
use skiff_runtime::{
    gate::Gate,
    release,
    saga::{Saga, Service, canary::Stage, deploy, rollback},
};
use skiff_wire::ServiceControl;

use crate::{
    acting::{Acting, ActingArguments, conclude::Words, handing::HandingArguments, steps},
    action,
    arguments::Settings,
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
    releasing::{
        expires, find, live_release,
        rollout::{Choice, Way},
    },
    signing::{self, SigningArguments},
    standing::{ReleaseName, release as shown},
};

/// Bring back what was live before
///
/// A new release is signed that repeats the artifacts and the manifest of the earlier one, with a higher sequence, and is
/// deployed like any other. So nobody can bring an old release back who may not sign one. Forms: text, json.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  skiff rollback\n  skiff rollback web --to v1\n  skiff rollback web --to 3f9a1c22d0b4 --dry-run"
)]
pub(crate) struct RollbackArguments {
    /// The service; the only one when it is not named
    #[arg(value_name = "SERVICE")]
    service: Option<String>,
    /// The release to bring back: its id, the first digits of it, or its label; what was live before when it is not named
    #[arg(long, value_name = "RELEASE")]
    to: Option<String>,
    /// Share by share and with the gates of the spec, as a deploy; without it, all requests move at once
    #[arg(long)]
    careful: bool,
    #[command(flatten)]
    signing: SigningArguments,
    #[command(flatten)]
    handing: HandingArguments,
    #[command(flatten)]
    pub(crate) acting: ActingArguments,
}

/// Brings an earlier release back.
pub(crate) fn run(arguments: &RollbackArguments, settings: Settings) -> Result<Outcome, Failure> {
    let acting = arguments.acting.open(settings)?.handing(arguments.handing);
    wait_for(back(arguments, &acting))
}

async fn back(arguments: &RollbackArguments, acting: &Acting) -> Result<Outcome, Failure> {
    let name = acting.service(arguments.service.as_deref())?;
    let named = match &arguments.to {
        Some(word) => Some(find(acting, &name, word).await?),
        None => None,
    };
    let same = |it: &Value| named.as_ref().is_none_or(|named| it["rollback_of"] == named.id.as_str());
    let before = acting.asked_before(acting.key.as_deref(), &[rollback::NAME], &name, same).await?;
    if let Some(intent) = before {
        let saga = Saga::read(&intent.saga, &intent.parameters)?;
        let words = Words::of(&saga, "ROLLED_BACK", format!("`{name}` is what it was before"));
        return acting.carry_out(saga, Some(intent), &words, json!({})).await;
    }
    let control = acting.live(&name).await?;
    let old = match named {
        Some(named) => named,
        None => last_live(acting, &name, &control).await?,
    };
    if let Some(live) = live_already(acting, &name, &control, &old).await? {
        let data = json!({ "service": name, "operation": null, "release": live });
        return Ok(Outcome::done("ALREADY_LIVE", format!("{} of `{name}` is live already", live.words())).data(data));
    }
    if arguments.acting.dry_run {
        return would(arguments, acting, &name, &old).await;
    }
    carry_out(arguments, acting, &name, &old).await
}

/// Signs the release that repeats the old one, and deploys it.
async fn carry_out(
    arguments: &RollbackArguments,
    acting: &Acting,
    name: &str,
    old: &ReleaseName,
) -> Result<Outcome, Failure> {
    let (ledger, scope) = (&acting.operating.ledger, acting.scope(name));
    let (keys, pin) = (signing::keys(&arguments.signing)?, acting.operating.trust_pin());
    let created = release::rollback_release(ledger, &scope, &old.id, expires(ledger), pin.as_deref(), &keys).await?;
    let new = ReleaseName { id: created.id, sequence: created.sequence, label: old.label.clone() };
    acting.say(&format!("release {} repeats {}", new.words(), old.words()));
    let saga = saga(arguments, acting, name, &new.id, old).await?;
    let words =
        Words::of(&saga, "ROLLED_BACK", format!("{} of `{name}` is live; it repeats {}", new.words(), old.words()));
    acting.carry_out(saga, None, &words, json!({ "release": new, "rollback_of": old })).await
}

async fn would(
    arguments: &RollbackArguments,
    acting: &Acting,
    name: &str,
    old: &ReleaseName,
) -> Result<Outcome, Failure> {
    let summary = format!("`{name}` would go back to {}", old.words());
    let more = json!({ "service": name, "rollback_of": old });
    steps::would_start("WOULD_ROLL_BACK", &summary, &saga(arguments, acting, name, "new", old).await?, &more)
}

async fn saga(
    arguments: &RollbackArguments,
    acting: &Acting,
    name: &str,
    release: &str,
    old: &ReleaseName,
) -> Result<Saga, Failure> {
    let service = acting.moved(name)?;
    let (stages, gates) = match arguments.careful {
        true => careful(acting, &service).await?,
        false => (Vec::new(), Vec::new()),
    };
    let deploy = deploy::Parameters { service, release: release.into(), before: Vec::new() };
    Ok(Saga::Rollback(rollback::Parameters { deploy, rollback_of: old.id.clone(), stages, gates }))
}

/// The shares and gates by which the spec brings a release into service; none where it does so at once.
async fn careful(acting: &Acting, service: &Service) -> Result<(Vec<Stage>, Vec<Gate>), Failure> {
    let control = acting.live(&service.name).await?;
    let way = Choice::Spec.way(acting, service, Some(&control)).await?;
    acting.say(&way.words());
    Ok(match way {
        Way::Staged(stages, gates) => (stages, gates),
        Way::AtOnce(_) | Way::Shadow(..) => (Vec::new(), Vec::new()),
    })
}

/// What was live before what is live now.
async fn last_live(acting: &Acting, name: &str, control: &ServiceControl) -> Result<ReleaseName, Failure> {
    let Some(before) = control.history.first() else {
        return Err(Failure::not_found(format!("nothing of `{name}` was live before"))
            .hint("name a release with `--to`")
            .action(action::look("release-list", &["release", "list", name], "the releases that there are")));
    };
    shown::named(&acting.operating.ledger, &acting.scope(name), &before.release, before.sequence).await
}

/// The live release, when it is the old one or repeats it.
async fn live_already(
    acting: &Acting,
    name: &str,
    control: &ServiceControl,
    old: &ReleaseName,
) -> Result<Option<ReleaseName>, Failure> {
    let Some(live) = live_release(control) else { return Ok(None) };
    let statement = shown::shown(&acting.operating.ledger, &acting.scope(name), live).await?;
    let predicate = statement.map(|statement| statement.predicate);
    let repeats = predicate.as_ref().and_then(|predicate| predicate.rollback_of.as_deref());
    if live != old.id && repeats != Some(&old.id) {
        return Ok(None);
    }
    let (sequence, label) = predicate.map_or((0, None), |predicate| (predicate.sequence, predicate.label));
    Ok(Some(ReleaseName { id: live.into(), sequence, label }))
}
