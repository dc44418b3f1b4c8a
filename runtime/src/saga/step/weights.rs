//! Traffic: weights that are set, read back, and held until they are in effect everywhere.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::json;
use skiff_wire::{EffectClass, PlannedStep, Reversibility, Risk};

use crate::{
    engine::{
        context::Context,
        step::{Handle, Step},
    },
    error::{Error, ErrorKind},
    provider::{LEGACY, Weights, WeightsRead},
    saga::{
        Service, codes,
        step::{hold::Held, members, planned, release::Assigned},
    },
};

/// Whether a slot has no weight, neither as it was set nor as it is in effect.
#[must_use]
pub fn is_zero(read: &WeightsRead, slot: &str) -> bool {
    of(&read.set, slot) == 0 && of(&read.effective, slot) == 0
}

/// Seconds in words.
pub(crate) fn seconds(seconds: u32) -> String {
    if seconds == 1 { "1 second".to_owned() } else { format!("{seconds} seconds") }
}

fn of(weights: &Weights, slot: &str) -> u32 {
    weights.by_slot.get(slot).copied().unwrap_or_default()
}

/// The weight of what a service takes over from, as it is set.
///
/// # Errors
/// A provider that does not answer.
pub(crate) async fn of_legacy(context: &Context<'_>) -> Result<u32, Error> {
    Ok(of(&context.motion.weights(&context.service).await?.set, LEGACY))
}

/// All that the slots get to one of them, or to none; what the old way of serving has, it keeps.
#[must_use]
pub fn all_to(service: &Service, held: &Held, slot: Option<&str>) -> Weights {
    let weight = |group: &str| match group {
        LEGACY => held.legacy,
        group if Some(group) == slot => held.share(),
        _ => 0,
    };
    Weights { by_slot: service.groups().map(|group| (group.to_owned(), weight(group))).collect() }
}

/// So many of a hundred requests that the slots get to the target, one at least, and the rest to the live slot. Where nothing is
/// live, the rest has nowhere else to go.
#[must_use]
pub fn share_to(service: &Service, held: &Held, percent: u32) -> Weights {
    let Some(live) = held.live.as_deref().filter(|live| *live != held.target) else {
        return all_to(service, held, Some(&held.target));
    };
    let share = held.share();
    let target = ((share * percent.min(100) + 50) / 100).max(u32::from(percent > 0)).min(share);
    let mut weights = all_to(service, held, Some(&held.target));
    weights.by_slot.insert(held.target.clone(), target);
    weights.by_slot.insert(live.to_owned(), share - target);
    weights
}

/// So many of a hundred requests to one slot, and the rest to what the service takes over from.
#[must_use]
pub fn against_legacy(service: &Service, slot: &str, percent: u32) -> Weights {
    let percent = percent.min(100);
    let weight = |group: &str| match group {
        LEGACY => 100 - percent,
        group if group == slot => percent,
        _ => 0,
    };
    Weights { by_slot: service.groups().map(|group| (group.to_owned(), weight(group))).collect() }
}

fn are(service: &Service, read: &Weights, wanted: &Weights) -> bool {
    service.groups().all(|group| of(read, group) == of(wanted, group))
}

/// Sets the weights, waits until what serves has them, holds for the propagation, and reads them once more.
///
/// # Errors
/// They are not in effect when the time is over.
pub async fn move_to(
    context: &mut Context<'_>,
    service: &Service,
    wanted: &Weights,
    effect: &str,
) -> Result<(), Error> {
    let mut patience = context.patience(service.deadline_seconds);
    let mut held = false;
    loop {
        let read = context.motion.weights(&context.service).await?;
        let set = are(service, &read.set, wanted);
        let effective = set && are(service, &read.effective, wanted);
        if effective && held {
            return Ok(());
        }
        if !set {
            let fence = context.fence_of_set(effect).await?;
            context.motion.set_weights(&context.service, wanted, &fence).await?;
        }
        held = effective;
        if effective {
            let hold = context.motion.propagation();
            hold_for(context, hold).await?;
        } else {
            patience.wait(context, "the new weights are not in effect yet").await?;
        }
    }
}

/// Whether the weights are so already, as they were set and as they are in effect.
///
/// # Errors
/// A provider that does not answer.
pub async fn already(context: &Context<'_>, service: &Service, wanted: &Weights) -> Result<bool, Error> {
    let read = context.motion.weights(&context.service).await?;
    Ok(are(service, &read.set, wanted) && are(service, &read.effective, wanted))
}

async fn hold_for(context: &mut Context<'_>, hold: Duration) -> Result<(), Error> {
    if hold.is_zero() {
        return Ok(());
    }
    context.tell(format!("the new weights are in effect; {} seconds until they are everywhere", hold.as_secs()));
    context.wait(hold).await
}

/// Sends all traffic to the new release, once its members are healthy.
#[derive(Debug, Clone)]
pub struct ShiftTraffic {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
    /// What the new members run.
    pub assigned: Handle<Assigned>,
    /// Whether the old members are still there, so that the way back leads to them.
    pub overlaps: bool,
    /// How many of a hundred requests the new release gets.
    pub percent: u32,
}

#[async_trait]
impl Step for ShiftTraffic {
    type Output = Weights;

    fn plan(&self) -> PlannedStep {
        let title = match self.percent {
            100.. => "send all requests to the new release, and read back that they go there".to_owned(),
            percent => format!("send {percent} of 100 requests to the new release, and read back that they go there"),
        };
        planned("shift-traffic/1", title, Risk::Medium, Reversibility::Reversible, EffectClass::AbsoluteSet)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Weights, Error> {
        let (held, assigned) = (context.output(self.held)?, context.output(self.assigned)?);
        let wanted = share_to(&self.service, &held, self.percent);
        let enough = held.wanted_for(&self.service, self.percent);
        members::await_serving(context, &self.service, &held.target, &assigned.assignment, enough).await?;
        move_to(context, &self.service, &wanted, "weights").await?;
        let summary = match self.percent {
            100.. => format!("all requests go to slot `{}`", held.target),
            percent => format!("{percent} of 100 requests go to slot `{}`", held.target),
        };
        context.event("traffic-shifted", summary, json!({"weights": wanted.by_slot})).await?;
        Ok(wanted)
    }

    /// Back to the slot that served, once it is seen to be able to; what the new members have in hand is finished.
    async fn compensate(&self, context: &mut Context<'_>, _output: Option<Weights>) -> Result<(), Error> {
        let held = context.output(self.held)?;
        if self.overlaps {
            back_to_live(context, &self.service, &held).await?;
        } else {
            move_to(context, &self.service, &all_to(&self.service, &held, None), "weights").await?;
        }
        // The way back of a later share has emptied it already.
        if members::present(context, &held.target).await?.is_empty() {
            return Ok(());
        }
        quiet(context, &self.service, &held.target).await.map(drop)
    }
}

/// Sends all traffic back to the slot that served before, once it is seen to be able to serve. It is not asked to when a person
/// accepts that it cannot, or when the new release does not serve either: a sick release must not keep the next one out.
///
/// # Errors
/// That slot has no healthy members, or the weights do not come into effect.
pub async fn back_to_live(context: &mut Context<'_>, service: &Service, held: &Held) -> Result<(), Error> {
    let wanted = all_to(service, held, held.live.as_deref());
    if already(context, service, &wanted).await? {
        return Ok(());
    }
    if let (Some(live), Some(assignment)) = (&held.live, held.assignment())
        && !context.is_health_waived()
        && (held.in_place() || members::any_healthy(context, &held.target).await?)
    {
        let desired = held.capacity.map_or(1, |capacity| capacity.desired);
        let enough = desired.min(service.minimum).max(1);
        members::await_serving(context, service, live, assignment, enough).await?;
    }
    move_to(context, service, &wanted, "weights").await?;
    let slot = held.live.as_deref().unwrap_or("none");
    let summary = format!("all requests go back to slot `{slot}`");
    context.event("traffic-shifted", summary, json!({"weights": wanted.by_slot})).await
}

/// Waits until the old slot has no weight, no new requests, none in flight, and had its time to drain.
#[derive(Debug, Clone)]
pub struct AwaitQuiet {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
}

/// How quiet a slot became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quiet {
    /// Requests that were still in flight when the time to drain was over; they have the members' grace left.
    pub in_flight: u64,
}

#[async_trait]
impl Step for AwaitQuiet {
    type Output = Quiet;

    fn plan(&self) -> PlannedStep {
        let title = format!("wait until the old slot is quiet, {} at least", seconds(self.service.drain_seconds));
        planned("await-quiet/1", title, Risk::None, Reversibility::Reversible, EffectClass::Read)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Quiet, Error> {
        let held = context.output(self.held)?;
        match held.live.filter(|live| *live != held.target) {
            Some(live) => quiet(context, &self.service, &live).await,
            None => Ok(Quiet { in_flight: 0 }),
        }
    }

    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<Quiet>) -> Result<(), Error> {
        Ok(())
    }
}

/// Waits until a slot without weight is quiet: it gets its seconds to drain in any case, and the same once more when
/// requests are still in flight. What is in flight even then has the grace of its member.
///
/// # Errors
/// It has weight, or still gets requests when the time is over.
pub async fn quiet(context: &mut Context<'_>, service: &Service, slot: &str) -> Result<Quiet, Error> {
    must_be_weightless(context, service, slot).await?;
    let twice = service.drain_seconds.saturating_mul(2);
    let (drained, given_up) = (context.patience(service.drain_seconds), context.patience(twice));
    let mut patience = context.patience(service.deadline_seconds.saturating_add(twice));
    let mut seen = None;
    loop {
        // That nobody counts its requests does not mean that there are none.
        let Some(traffic) = context.motion.traffic(&context.service).await?.remove(slot) else {
            patience.wait(context, &format!("nobody says how many requests {} gets", named(slot))).await?;
            continue;
        };
        // A count that is smaller is that of a load balancer which has started anew.
        let silent = seen.is_some_and(|seen| traffic.requests <= seen);
        let over = if traffic.in_flight == 0 { &drained } else { &given_up };
        if silent && over.is_over(context) {
            return Ok(Quiet { in_flight: traffic.in_flight });
        }
        seen = Some(traffic.requests);
        let what = format!("{} requests of {} are in flight", traffic.in_flight, named(slot));
        patience.wait(context, &what).await?;
    }
}

/// Refuses to go on while a slot that is to be emptied has weight.
///
/// # Errors
/// It has weight.
pub async fn must_be_weightless(context: &Context<'_>, service: &Service, slot: &str) -> Result<(), Error> {
    if is_zero(&context.motion.weights(&context.service).await?, slot) {
        return Ok(());
    }
    let (name, group) = (&service.name, named(slot));
    let (message, hint) = if slot == LEGACY {
        let hint =
            format!("send all requests to `{name}` first: `skiff saga start traffic-cutover {name} --steps 100`");
        (format!("{group} of `{name}` has weight yet, and is not retired"), hint)
    } else {
        let hint = "somebody else moved the weights: see `skiff status`, then `skiff resume`".to_owned();
        (format!("{group} of `{name}` has weight, and nothing is taken from it"), hint)
    };
    Err(Error::new(&codes::HAS_WEIGHT, ErrorKind::Conflict, message).hint(hint))
}

/// A group in words: a slot, or what the service takes over from.
fn named(group: &str) -> String {
    if group == LEGACY { "the old way".to_owned() } else { format!("slot `{group}`") }
}
