//! Opening the test listener, and sending the same requests to the live release and to the new one.
//!
//! Statuses decide always. Bodies and latencies are compared and told, and decide when that was asked for.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::json;
use skiff_wire::{EffectClass, Judgement, PlannedStep, Reversibility, Risk, Verdict};

use crate::{
    engine::{
        context::Context,
        step::{Handle, Step},
    },
    error::{Error, ErrorKind},
    gate,
    provider::{Shadow, ShadowRead},
    saga::{
        Service, codes,
        step::{hold::Held, planned},
    },
    shadow::{
        Answer, Aspect, Request,
        bodies::{Bodies, Compared},
    },
};

/// Lets the test listener lead to the new release, and mirrors a share of the requests where that is asked for.
#[derive(Debug, Clone)]
pub struct OpenShadow {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
    /// Of a hundred idempotent requests, how many are sent to the new release as well.
    pub mirror_percent: u32,
}

#[async_trait]
impl Step for OpenShadow {
    type Output = ShadowRead;

    fn plan(&self) -> PlannedStep {
        let title = match self.mirror_percent {
            0 => "let the test listener lead to the new release".to_owned(),
            percent => format!("let the test listener lead to the new release, and mirror {percent} of 100 requests"),
        };
        // What is mirrored runs code of the new release on requests of users, whatever becomes of its answers.
        let risk = if self.mirror_percent > 0 { Risk::Medium } else { Risk::Low };
        planned("open-shadow/1", title, risk, Reversibility::Reversible, EffectClass::AbsoluteSet)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<ShadowRead, Error> {
        let held = context.output(self.held)?;
        let shadow = Shadow { slot: Some(held.target), mirror_percent: self.mirror_percent };
        set(context, &self.service, &shadow).await
    }

    async fn compensate(&self, context: &mut Context<'_>, _output: Option<ShadowRead>) -> Result<(), Error> {
        set(context, &self.service, &Shadow::default()).await.map(drop)
    }
}

/// Sets what is beside the traffic of users, and waits until what serves has it.
async fn set(context: &mut Context<'_>, service: &Service, shadow: &Shadow) -> Result<ShadowRead, Error> {
    let mut patience = context.patience(service.deadline_seconds);
    loop {
        let read = context.motion.shadow(&context.service).await?;
        if read.set == *shadow && read.effective == *shadow {
            return Ok(read);
        }
        if read.set != *shadow {
            let fence = context.fence_of_set("shadow").await?;
            context.motion.set_shadow(&context.service, shadow, &fence).await?;
        }
        patience.wait(context, "the test listener does not lead there yet").await?;
    }
}

/// Lets the test listener lead nowhere again.
#[derive(Debug, Clone)]
pub struct CloseShadow {
    /// The service.
    pub service: Service,
}

#[async_trait]
impl Step for CloseShadow {
    type Output = ();

    fn plan(&self) -> PlannedStep {
        let title = "let the test listener lead nowhere";
        planned("close-shadow/1", title, Risk::None, Reversibility::Reversible, EffectClass::AbsoluteSet)
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<(), Error> {
        set(context, &self.service, &Shadow::default()).await.map(drop)
    }

    /// Nothing is to be opened on a way back.
    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<()>) -> Result<(), Error> {
        Ok(())
    }
}

/// Sends each request to the live release and to the new one, and compares the answers.
#[derive(Debug, Clone)]
pub struct Rehearse {
    /// The service.
    pub service: Service,
    /// What was there.
    pub held: Handle<Held>,
    /// Where the new release is asked.
    pub shadow: Handle<ShadowRead>,
    /// What is sent.
    pub requests: Vec<Request>,
    /// How often all of it.
    pub rounds: u32,
    /// Of a thousand requests, how many may be answered in another way.
    pub tolerated_permille: u32,
    /// What decides beside statuses.
    pub deciding: Vec<Aspect>,
}

/// What the answers were.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rehearsed {
    /// Requests that were sent to each.
    pub sent: u64,
    /// Of these, those that the new release answered with 5xx or not at all, and the live one well.
    pub failed: u64,
    /// Those that it answered with another status, the failed ones left out.
    pub differed: u64,
    /// What it answered in another way, at most twenty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// Microseconds of each answer of the live release, sorted, at most a thousand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub live_microseconds: Vec<u64>,
    /// The same of the new release.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub new_microseconds: Vec<u64>,
    /// What the bodies were; absent when no two of them could be compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bodies: Option<Compared>,
    /// Whether the new release is slower, by the comparison that gates make; absent when one of them has answered nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Judgement>,
}

/// A request that two releases answered in two ways.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// The request: method and path.
    pub request: String,
    /// What the live release answered: a status, the beginning of its body's digest where that differs, or why there was none.
    pub live: String,
    /// What the new release answered.
    pub new: String,
}

/// The most differences and latencies that are kept.
const KEPT_DIFFERENCES: usize = 20;
const KEPT_LATENCIES: usize = 1000;

#[async_trait]
impl Step for Rehearse {
    type Output = Rehearsed;

    fn plan(&self) -> PlannedStep {
        let count = self.requests.len() * usize::try_from(self.rounds).unwrap_or(1);
        let title = format!("send {count} requests to the live release and to the new one, and compare the answers");
        let planned = planned("rehearse/1", title, Risk::Low, Reversibility::Reversible, EffectClass::Read);
        // Only what decides can say that it cannot say, and then a person may go on without it.
        PlannedStep { gate: !self.deciding.is_empty(), ..planned }
    }

    async fn run(&self, context: &mut Context<'_>) -> Result<Rehearsed, Error> {
        let read = context.output(self.shadow)?;
        let live = context.output(self.held)?.live.and(read.address);
        let Some(test) = read.test_address else {
            let message = format!("service `{}` has no test listener to ask", self.service.name);
            return Err(Error::new(&codes::REHEARSAL_FAILED, ErrorKind::Invalid, message)
                .hint("see what the provider honours: `skiff local status`"));
        };
        let (mut seen, mut bodies) = (Rehearsed::default(), Bodies::default());
        for round in 0..self.rounds {
            context.tell(format!("round {} of {}: {}", round + 1, self.rounds, seen.words()));
            // Others are heard between rounds: who aborts does not wait for all of them.
            context.wait(std::time::Duration::ZERO).await?;
            for place in 0..self.requests.len() {
                self.ask_both(context, place, live.as_deref(), &test, (&mut seen, &mut bodies)).await?;
            }
        }
        self.told(&mut seen, &bodies);
        self.judge(seen.settled())
    }

    async fn compensate(&self, _context: &mut Context<'_>, _output: Option<Rehearsed>) -> Result<(), Error> {
        Ok(())
    }
}

impl Rehearse {
    async fn ask_both(
        &self,
        context: &Context<'_>,
        place: usize,
        live: Option<&str>,
        test: &str,
        (seen, bodies): (&mut Rehearsed, &mut Bodies),
    ) -> Result<(), Error> {
        let requests = &context.outside().requests;
        let Some(request) = self.requests.get(place) else { return Ok(()) };
        let Some(live) = live else {
            seen.take_in(request, None, &requests.send(test, request).await?);
            return Ok(());
        };
        let old = requests.send(live, request).await?;
        let new = requests.send(test, request).await?;
        let again = match bodies.doubts(place, &old, &new) {
            true => Some(requests.send(live, request).await?),
            false => None,
        };
        bodies.take_in(place, &old, &new, again.as_ref());
        seen.take_in(request, Some(&old), &new);
        Ok(())
    }

    /// What bodies and latencies come to.
    fn told(&self, seen: &mut Rehearsed, bodies: &Bodies) {
        let only_told = !self.deciding.contains(&Aspect::Latency);
        seen.bodies = bodies.compared();
        seen.latency = gate::judge::latency::rehearsed(&seen.new_microseconds, &seen.live_microseconds, only_told);
        let word = |digest: &str| format!("body {}", digest.get(..12).unwrap_or(digest));
        for (place, old, new) in bodies.examples() {
            if let Some(request) = self.requests.get(place) {
                seen.keep(request, word(old), word(new));
            }
        }
    }

    fn judge(&self, seen: Rehearsed) -> Result<Rehearsed, Error> {
        let judges = |aspect| self.deciding.contains(&aspect);
        let bodies = seen.bodies.as_ref().filter(|_| judges(Aspect::Bodies)).map_or(0, |bodies| bodies.differed);
        let amiss = seen.failed + seen.differed + bodies;
        // Where nothing was sent, nothing was shown.
        if seen.sent == 0 || amiss * 1000 > seen.sent * u64::from(self.tolerated_permille) {
            let (failed, differed, sent) = (seen.failed, seen.differed, seen.sent);
            let with = if bodies > 0 { format!(", {bodies} with another body") } else { String::new() };
            let message = format!(
                "of {sent} requests the new release failed {failed} and answered {differed} in another way{with}"
            );
            return Err(self.failed(message, &seen));
        }
        if judges(Aspect::Bodies) && seen.bodies.as_ref().is_none_or(|bodies| bodies.compared == 0) {
            return Err(cannot_say("no two bodies could be compared", &seen));
        }
        if !judges(Aspect::Latency) {
            return Ok(seen);
        }
        match seen.latency.as_ref().map(|judged| (judged.verdict, judged.reason.clone())) {
            Some((Verdict::Pass, _)) => Ok(seen),
            Some((Verdict::Fail, why)) => Err(self.failed(format!("the new release is slower: {why}"), &seen)),
            Some((_, why)) => Err(cannot_say(&format!("latency: {why}"), &seen)),
            None => Err(cannot_say("no latencies could be compared", &seen)),
        }
    }

    fn failed(&self, message: String, seen: &Rehearsed) -> Error {
        Error::new(&codes::REHEARSAL_FAILED, ErrorKind::GateFailed, message)
            .hint(format!("see what it wrote: `skiff logs {}`", self.service.name))
            .evidence(json!({ "rehearsal": seen }))
    }
}

/// No data is never a pass.
fn cannot_say(why: &str, seen: &Rehearsed) -> Error {
    Error::new(&gate::codes::INCONCLUSIVE, ErrorKind::Inconclusive, format!("the rehearsal cannot say: {why}"))
        .hint(
            "try again with `skiff saga retry`, or take it back with `skiff saga abort` and send more with `--rounds`",
        )
        .evidence(json!({ "rehearsal": seen }))
}

impl Rehearsed {
    fn words(&self) -> String {
        format!("{} sent, {} failed, {} differed", self.sent, self.failed, self.differed)
    }

    fn take_in(&mut self, request: &Request, live: Option<&Answer>, new: &Answer) {
        self.sent += 1;
        // A connection that is refused at once is no fast answer.
        let took = |answer: &Answer| answer.status.is_ok().then_some(answer.microseconds);
        self.new_microseconds.extend(took(new));
        self.live_microseconds.extend(live.and_then(took));
        let broken =
            |answer: &Answer| answer.status.as_ref().is_err() || answer.status.as_ref().is_ok_and(|s| *s >= 500);
        let failed = broken(new) && !live.is_some_and(broken);
        let differed = !failed && live.is_some_and(|live| live.status.as_ref().ok() != new.status.as_ref().ok());
        self.failed += u64::from(failed);
        self.differed += u64::from(differed);
        if failed || differed {
            let words = |answer: &Answer| answer.status.as_ref().map_or_else(Clone::clone, u16::to_string);
            self.keep(request, live.map_or_else(|| "nothing is live".to_owned(), words), words(new));
        }
    }

    fn keep(&mut self, request: &Request, live: String, new: String) {
        if self.differences.len() < KEPT_DIFFERENCES {
            self.differences.push(Difference { request: format!("{} {}", request.method, request.path), live, new });
        }
    }

    /// With latencies sorted, and thinned evenly to what is kept.
    fn settled(mut self) -> Self {
        for latencies in [&mut self.live_microseconds, &mut self.new_microseconds] {
            latencies.sort_unstable();
            let step = latencies.len().div_ceil(KEPT_LATENCIES).max(1);
            *latencies = latencies.iter().copied().step_by(step).collect();
        }
        self
    }
}
