//! What a step has to work with.

use std::time::Duration;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;
use skiff_wire::{Event, OperationIntent, OperationStatus};

use crate::{
    engine::{
        Outside, codes,
        hold::Hold,
        journal::Journal,
        request::Progress,
        step::{Handle, typed},
        verify::Verify,
    },
    error::{Error, ErrorKind},
    provider::Motion,
    state::{Ledger, event::NewEvent, layout::ServiceScope},
};

/// What a step has to work with: the ledger, the provider, the outputs of earlier steps, and the service it holds.
pub struct Context<'a> {
    /// The ledger.
    pub ledger: &'a Ledger,
    /// The provider.
    pub motion: &'a dyn Motion,
    /// The service.
    pub service: ServiceScope,
    pub(crate) verify: &'a dyn Verify,
    pub(crate) slots: Vec<String>,
    pub(crate) intent: &'a OperationIntent,
    pub(crate) step: u32,
    pub(crate) undoing: bool,
    pub(crate) outputs: Vec<Option<Value>>,
    pub(crate) journal: &'a mut Journal,
    pub(crate) hold: &'a mut Hold,
    pub(crate) tell: &'a (dyn Fn(Progress) + Send + Sync),
    pub(crate) outside: &'a Outside,
}

/// How long a step may still wait, and how often it looks.
#[derive(Debug, Clone)]
pub struct Patience {
    until: Timestamp,
    pause: Duration,
}

/// A step looks again after a fifth of a second at first.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// A step looks every two seconds at least: often enough for people, seldom enough for an API.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

impl Context<'_> {
    /// The operation's id.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.intent.operation
    }

    /// The step's place, from zero.
    #[must_use]
    pub fn step(&self) -> u32 {
        self.step
    }

    /// Decides whether a release may be assigned.
    #[must_use]
    pub fn verification(&self) -> &dyn Verify {
        self.verify
    }

    /// What is asked beside the ledger and the provider.
    #[must_use]
    pub fn outside(&self) -> &Outside {
        self.outside
    }

    /// Whether a person accepts that those who get the requests back are not healthy.
    #[must_use]
    pub fn is_health_waived(&self) -> bool {
        self.journal.status().health_waived
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.ledger.world.clock.now()
    }

    /// What came out of an earlier step.
    ///
    /// # Errors
    /// A log that does not have it, or has something else there.
    pub fn output<T: DeserializeOwned>(&self, handle: Handle<T>) -> Result<T, Error> {
        self.output_if_any(handle)?.ok_or_else(|| {
            let message = format!("step {} of operation `{}` has no output", handle.step, self.operation());
            Error::new(&codes::BAD_OUTPUT, ErrorKind::Invalid, message)
        })
    }

    /// What came out of an earlier step, if it came to its end.
    ///
    /// # Errors
    /// A log that has something else there.
    pub fn output_if_any<T: DeserializeOwned>(&self, handle: Handle<T>) -> Result<Option<T>, Error> {
        let index = usize::try_from(handle.step).unwrap_or(usize::MAX);
        self.outputs.get(index).and_then(Option::as_ref).map(|output| typed(handle.step, output)).transpose()
    }

    /// Records the provider's own id of what it has accepted, before it is waited for.
    ///
    /// # Errors
    /// Somebody else has taken the operation up, or the store fails.
    pub async fn accepted(&mut self, provider_operation: &str) -> Result<(), Error> {
        let provider_operation = provider_operation.to_owned();
        self.journal.record(Event::EffectAccepted { step: self.step, provider_operation }).await
    }

    /// Records an event of the service; after a crash it may be there twice, and is never missing.
    ///
    /// # Errors
    /// A store that fails.
    pub async fn event(&mut self, kind: &'static str, summary: String, data: Value) -> Result<(), Error> {
        let event = NewEvent {
            kind,
            audit: false,
            actor: self.intent.requested_by.clone(),
            service: Some(self.service.service.clone()),
            operation: Some(self.operation().to_owned()),
            summary,
            data,
        };
        self.ledger.event(&self.service.scope, event).await.map(drop)
    }

    /// Says what the step waits for.
    pub fn tell(&self, message: impl Into<String>) {
        (self.tell)(Progress::Waiting { step: self.step, message: message.into() });
    }

    /// Patience for so many seconds from now on.
    #[must_use]
    pub fn patience(&self, seconds: u32) -> Patience {
        let span = jiff::SignedDuration::from_secs(i64::from(seconds));
        Patience { until: self.now().checked_add(span).unwrap_or(Timestamp::MAX), pause: FIRST_PAUSE }
    }

    /// Waits, and then hears what others asked for: [`codes::ASKED`] when the step is to stop where it is.
    ///
    /// # Errors
    /// Somebody asked for something, somebody else has taken the operation up, or the store fails.
    pub async fn wait(&mut self, duration: Duration) -> Result<(), Error> {
        self.ledger.world.clock.sleep(duration).await;
        self.journal.listen().await?;
        // It may have been heard before, by what was written in between.
        let aborted = self.journal.status().state == OperationStatus::Compensating;
        if aborted && !self.undoing {
            return Err(Error::new(&codes::ASKED, ErrorKind::Interrupted, "somebody asked to take the operation back"));
        }
        Ok(())
    }

    /// What the provider says of the service, as sentences.
    ///
    /// # Errors
    /// A provider that does not answer.
    pub async fn describe(&mut self) -> Result<Vec<String>, Error> {
        let mut said = Vec::new();
        for slot in self.slots.clone() {
            let address = self.slot(&slot);
            let capacity = self.motion.capacity(&address).await?;
            let members = self.motion.members(&address).await?;
            let healthy = members.iter().filter(|member| member.target_health == "healthy").count();
            let noun = if capacity.desired == 1 { "member" } else { "members" };
            let are = |number: usize| if number == 1 { "is" } else { "are" };
            let (wanted, there) = (capacity.desired, members.len());
            said.push(format!(
                "slot `{slot}` is to have {wanted} {noun}; {there} {} there, {healthy} {} healthy",
                are(there),
                are(healthy)
            ));
        }
        Ok(said)
    }
}

impl Patience {
    /// Whether the time is over.
    #[must_use]
    pub fn is_over(&self, context: &Context<'_>) -> bool {
        context.now() >= self.until
    }

    /// Waits a little, a little longer each time.
    ///
    /// # Errors
    /// [`codes::TIMED_OUT`] when the time is over; what [`Context::wait`] gives.
    pub async fn wait(&mut self, context: &mut Context<'_>, what: &str) -> Result<(), Error> {
        if context.now() >= self.until {
            let message = format!("service `{}`: the time is over, and {what}", context.service.service);
            return Err(Error::new(&codes::TIMED_OUT, ErrorKind::GateFailed, message)
                .hint(format!("see what the members wrote: `skiff logs {}`", context.service.service)));
        }
        context.tell(what);
        let pause = self.pause;
        self.pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        context.wait(pause).await
    }
}
