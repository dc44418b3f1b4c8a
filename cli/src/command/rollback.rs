//! `skiff rollback`: an earlier release comes back.

use clap::Args;
use serde::Deserialize as _;
use serde_json::{Value, json};
use skiff_runtime::{
    gate::Gate,
    release,
    saga::{Saga, Service, canary::Stage, deploy, rollback},
};
use skiff_wire::{OperationIntent, ServiceControl};

use crate::{
    acting::{
        Acting, ActingArguments,
        conclude::{self, Words},
        handing::HandingArguments,
        steps,
    },
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
    after_help = "Examples:\n  skiff rollback\n  skiff rollback web --to v1\n  skiff rollback web --to 3f9a1c22d0b4 --dry-run\n  skiff rollback web --to v1 --supersede"
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
    /// Let another operation that holds the service give way: it is taken back first
    #[arg(long, requires = "to")]
    supersede: bool,
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
    let (control, holder) = acting.held(&name).await?;
    let holder = holder.as_deref();
    let same = |then: &Value| arguments.is_same(then, named.as_ref());
    if let Some(intent) = acting.asked_before(acting.key.as_deref(), &[rollback::NAME], &name, same).await? {
        // Whoever asked first may have died before the other one gave way.
        let holder = holder.filter(|holder| arguments.supersede && *holder != intent.operation);
        return go_on(arguments, acting, &name, intent, holder).await;
    }
    if let Some(holder) = holder.filter(|_| !arguments.supersede) {
        return Err(busy(&name, holder, named.as_ref(), acting).await);
    }
    let control = acting.serving(&name, control)?;
    let old = match named {
        Some(named) => named,
        None => last_live(acting, &name, &control).await?,
    };
    // While another operation holds the service, what is live is about to change.
    if let (None, Some(live)) = (holder, live_already(acting, &name, &control, &old).await?) {
        let data = json!({ "service": name, "operation": null, "release": live });
        return Ok(Outcome::done("ALREADY_LIVE", format!("{} of `{name}` is live already", live.words())).data(data));
    }
    let back = Back { arguments, acting, name: &name, control: &control, old: &old, holder };
    if arguments.acting.dry_run { back.would().await } else { back.carry_out().await }
}

impl RollbackArguments {
    /// Whether a rollback that was started before is what is asked for now.
    fn is_same(&self, then: &Value, named: Option<&ReleaseName>) -> bool {
        let Ok(then) = rollback::Parameters::deserialize(then) else { return false };
        // A label names the newest release that has it: by now that is the one which this very rollback has made.
        let meant = |named: &ReleaseName| then.rollback_of == named.id || then.deploy.release == named.id;
        // The spec may bring a release into service at once, and then a careful one has no shares either.
        named.is_none_or(meant) && (self.careful || then.stages.is_empty())
    }
}

/// The operation of a key that was used before goes on.
async fn go_on(
    arguments: &RollbackArguments,
    acting: &Acting,
    name: &str,
    intent: OperationIntent,
    holder: Option<&str>,
) -> Result<Outcome, Failure> {
    let saga = Saga::read(&intent.saga, &intent.parameters)?;
    if arguments.acting.dry_run {
        let summary = format!("the key stands for the rollback of `{name}` `{}`, which would go on", intent.operation);
        let more = json!({ "service": name, "operation": intent.operation });
        return Ok(steps::would("WOULD_ROLL_BACK", &summary, &intent.steps, &more).operation(intent.operation));
    }
    if let Some(holder) = holder {
        acting.supersede(name, holder, &intent.operation).await?;
    }
    let words = Words::of(&saga, "ROLLED_BACK", format!("`{name}` is what it was before"));
    acting.carry_out(saga, Some(intent), &words, json!({})).await
}

/// The failure of a service that another operation holds: what was live before is only certain when it is named.
async fn busy(name: &str, holder: &str, named: Option<&ReleaseName>, acting: &Acting) -> Failure {
    let busy = acting.busy(name, holder).await;
    match named {
        Some(old) => conclude::or_supersede(busy, &["rollback", name, "--to", &old.id], &acting.place),
        None => busy
            .hint("abort it, and what was live before it stays; or name a release with `--to` and add `--supersede`"),
    }
}

/// A rollback that can begin.
struct Back<'a> {
    arguments: &'a RollbackArguments,
    acting: &'a Acting,
    name: &'a str,
    control: &'a ServiceControl,
    old: &'a ReleaseName,
    /// The operation that is to give way.
    holder: Option<&'a str>,
}

impl Back<'_> {
    /// Signs the release that repeats the old one, and deploys it.
    async fn carry_out(&self) -> Result<Outcome, Failure> {
        let Self { acting, name, old, .. } = *self;
        let (ledger, scope) = (&acting.operating.ledger, acting.scope(name));
        let (keys, pin) = (signing::keys(&self.arguments.signing)?, acting.operating.trust_pin());
        let created =
            release::rollback_release(ledger, &scope, &old.id, expires(ledger), pin.as_deref(), &keys).await?;
        let new = ReleaseName { id: created.id, sequence: created.sequence, label: old.label.clone() };
        acting.say(&format!("release {} repeats {}", new.words(), old.words()));
        let saga = self.saga(&new.id).await?;
        let done = format!("{} of `{name}` is live; it repeats {}", new.words(), old.words());
        let words = Words::of(&saga, "ROLLED_BACK", done);
        let operation = acting.start(saga, acting.key.clone()).await?;
        if let Some(holder) = self.holder {
            acting.supersede(name, holder, &operation).await?;
        }
        let data = conclude::data(name, Some(&operation), json!({ "release": new, "rollback_of": old }));
        acting.see_through(&operation, &words, data).await
    }

    async fn would(&self) -> Result<Outcome, Failure> {
        let Self { name, old, .. } = *self;
        let mut summary = format!("`{name}` would go back to {}", old.words());
        if let Some(holder) = self.holder {
            summary += &format!(", and operation `{holder}` would give way first");
        }
        let more = json!({ "service": name, "rollback_of": old });
        steps::would_start("WOULD_ROLL_BACK", &summary, &self.saga("new").await?, &more)
    }

    async fn saga(&self, release: &str) -> Result<Saga, Failure> {
        let service = self.acting.moved(self.name)?;
        let (stages, gates) = match self.arguments.careful {
            true => self.careful(&service).await?,
            false => (Vec::new(), Vec::new()),
        };
        let deploy = deploy::Parameters { service, release: release.into(), before: Vec::new() };
        Ok(Saga::Rollback(rollback::Parameters { deploy, rollback_of: self.old.id.clone(), stages, gates }))
    }

    /// The shares and gates by which the spec brings a release into service; none where it does so at once.
    async fn careful(&self, service: &Service) -> Result<(Vec<Stage>, Vec<Gate>), Failure> {
        let way = Choice::Spec.way(self.acting, service, Some(self.control)).await?;
        self.acting.say(&way.words());
        Ok(match way {
            Way::Staged(stages, gates) => (stages, gates),
            Way::AtOnce(_) | Way::Shadow(..) => (Vec::new(), Vec::new()),
        })
    }
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
