//! Carrying an operation out: from what the log adds up to, to the next thing to do, until there is nothing.

use serde_json::Value;
use skiff_wire::{Event, OperationIntent, OperationStatus};

use crate::{
    engine::{
        Engine, codes,
        context::Context,
        hold::Hold,
        journal::{Journal, back_off},
        open,
        request::{Finished, Progress},
        status::Action,
        step::{Steps, sha256},
    },
    error::{Error, ErrorKind},
    provider,
    saga::Saga,
    state::{event::NewEvent, layout::Scope},
};

/// How often a step is tried while the provider or the store is not available: about twenty seconds in all.
const TRANSIENT_ATTEMPTS: u32 = 8;
/// How often a step looks again when an effect is in doubt, before it says that it does not know.
const DOUBTFUL_ATTEMPTS: u32 = 3;

/// One driver at work on one operation.
pub(crate) struct Drive<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) scope: Scope,
    pub(crate) intent: OperationIntent,
    pub(crate) plan: String,
    pub(crate) saga: Saga,
    pub(crate) steps: Steps,
    pub(crate) journal: Journal,
    pub(crate) hold: Hold,
    /// How many entries of the log were looked through for approvals, each of which was verified.
    pub(crate) agreed: u64,
    pub(crate) tell: &'a (dyn Fn(Progress) + Send + Sync),
}

/// What doing a step came to.
enum Outcome {
    /// It is done, with this output.
    Done(Value),
    /// It failed, and it is known what it did.
    Failed(Error),
    /// It judges, and cannot say.
    Held(Error),
    /// Nobody knows.
    Unknown(Error),
    /// Somebody asked for something: think again.
    Asked,
}

/// Whether the driver goes on.
#[derive(PartialEq, Eq)]
enum Turn {
    On,
    Over,
}

impl Drive<'_> {
    pub(crate) async fn run(mut self) -> Result<Finished, Error> {
        self.announce().await?;
        loop {
            let turn = match self.journal.status().action() {
                Action::Start { step, attempt } => self.start(step, attempt).await?,
                Action::AskApproval { step } => self.ask_approval(step).await?,
                Action::Compensate { step, attempt } => self.compensate(step, attempt).await?,
                Action::Finish => self.finish().await?,
                Action::Rest => Turn::Over,
            };
            if turn == Turn::Over {
                break;
            }
        }
        self.journal.settle(true).await?;
        if self.journal.status().state.is_final() {
            open::close(&self.engine.ledger, &self.scope, &self.intent.operation).await?;
        }
        self.finished().await
    }

    /// The first driver of an operation says that it has begun; a step's beginning is only recorded behind that.
    async fn announce(&mut self) -> Result<(), Error> {
        let again = self.journal.entries() > 1;
        (self.tell)(Progress::Claimed { epoch: self.journal.epoch(), again });
        if self.journal.status().steps.iter().any(|step| step.attempts > 0) {
            return Ok(());
        }
        let summary = format!("{} of `{}` has begun", self.intent.saga, self.saga.service());
        self.event("operation-started", summary).await
    }

    async fn event(&self, kind: &'static str, summary: String) -> Result<(), Error> {
        let event = NewEvent {
            kind,
            audit: true,
            actor: self.intent.requested_by.clone(),
            service: self.intent.service.clone(),
            operation: Some(self.intent.operation.clone()),
            summary,
            data: Value::Null,
        };
        self.engine.ledger.event(&self.scope, event).await.map(drop)
    }

    async fn start(&mut self, step: u32, attempt: u32) -> Result<Turn, Error> {
        let planned = self.steps.get(step)?.planned();
        let (kind, input) = (planned.kind, self.input(step)?);
        self.verify_agreement(step).await?;
        if !self.journal.intend(Event::StepStarted { step, kind, input, attempt }).await? {
            return Ok(Turn::On);
        }
        self.journal.settle(false).await?;
        (self.tell)(Progress::StepStarted { step, of: self.steps.len(), title: planned.title, attempt });
        match self.attempt(step, attempt > 1).await? {
            Outcome::Done(output) => self.succeeded(step, output).await,
            Outcome::Failed(error) => self.failed(step, &error).await,
            Outcome::Held(error) => self.held_up(step, &error).await,
            Outcome::Unknown(error) => self.unknown(step, &error).await,
            Outcome::Asked => Ok(Turn::On),
        }
    }

    /// SHA-256 of what goes into a step: its kind, the parameters, and all that came out before it.
    fn input(&self, step: u32) -> Result<String, Error> {
        let earlier = self.journal.status().outputs();
        let earlier: Vec<Value> = earlier.into_iter().take(usize::try_from(step).unwrap_or(0)).flatten().collect();
        let kind = self.steps.get(step)?.planned().kind;
        Ok(sha256(serde_json::json!([kind, self.intent.parameters, earlier]).to_string().as_bytes()))
    }

    async fn succeeded(&mut self, step: u32, output: Value) -> Result<Turn, Error> {
        self.journal.record(Event::StepSucceeded { step, output }).await?;
        (self.tell)(Progress::StepSucceeded { step });
        Ok(Turn::On)
    }

    async fn failed(&mut self, step: u32, error: &Error) -> Result<Turn, Error> {
        let (code, message) = (error.code().id.to_owned(), error.message().to_owned());
        let exit = error.kind().exit() as u8;
        let evidence = error.seen().clone();
        let event = Event::StepFailed { step, code: code.clone(), message: message.clone(), exit, evidence };
        self.journal.record(event).await?;
        (self.tell)(Progress::StepFailed { step, code, message });
        Ok(Turn::On)
    }

    async fn held_up(&mut self, step: u32, error: &Error) -> Result<Turn, Error> {
        let (code, message, evidence) = (error.code().id.to_owned(), error.message().to_owned(), error.seen().clone());
        let event = Event::StepHeld { step, code: code.clone(), message: message.clone(), evidence };
        self.journal.record(event).await?;
        (self.tell)(Progress::StepHeld { step, code, message });
        Ok(Turn::On)
    }

    async fn unknown(&mut self, step: u32, error: &Error) -> Result<Turn, Error> {
        self.journal.record(Event::StepUnknown { step, message: error.message().to_owned() }).await?;
        let back = self.journal.status().state == OperationStatus::Compensating;
        Ok(if back { Turn::On } else { Turn::Over })
    }

    /// Does a step, again while the provider is not available or an effect is in doubt, a bounded number of times.
    async fn attempt(&mut self, step: u32, again: bool) -> Result<Outcome, Error> {
        let mut again = again;
        let mut round = 0;
        loop {
            let error = match self.perform(step, again).await {
                Ok(output) => return Ok(Outcome::Done(output)),
                Err(error) if error.code() == &codes::ASKED => return Ok(Outcome::Asked),
                Err(error) => error,
            };
            round += 1;
            match verdict(&error, round) {
                Verdict::Retry => self.rest(step, &error, round).await?,
                Verdict::Stop => return Err(self.resumable(error)),
                Verdict::Unknown => return Ok(Outcome::Unknown(error)),
                Verdict::Held => return Ok(Outcome::Held(error)),
                Verdict::Failed => return Ok(Outcome::Failed(error)),
            }
            again = true;
        }
    }

    async fn perform(&mut self, step: u32, again: bool) -> Result<Value, Error> {
        let mut context =
            context(self.engine, &self.intent, &self.saga, step, &mut self.journal, &mut self.hold, self.tell);
        self.steps.get(step)?.perform(&mut context, again).await
    }

    async fn rest(&mut self, step: u32, error: &Error, round: u32) -> Result<(), Error> {
        if error.kind() == ErrorKind::OutcomeUnknown {
            self.hold.forget();
        }
        let after = back_off(&self.engine.ledger, round);
        (self.tell)(Progress::Retrying { step, message: error.message().to_owned(), after });
        self.engine.ledger.world.clock.sleep(after).await;
        Ok(())
    }

    fn resumable(&self, error: Error) -> Error {
        match error.advice() {
            Some(_) => error,
            None => error.hint(format!("go on with it: `skiff resume {}`", self.intent.operation)),
        }
    }

    async fn ask_approval(&mut self, step: u32) -> Result<Turn, Error> {
        let plan = self.plan.clone();
        if self.journal.intend(Event::ApprovalRequested { step, plan: plan.clone() }).await? {
            (self.tell)(Progress::ApprovalNeeded { step, plan });
        }
        Ok(Turn::On)
    }

    async fn compensate(&mut self, step: u32, attempt: u32) -> Result<Turn, Error> {
        if !self.journal.intend(Event::CompensationStarted { step, attempt }).await? {
            return Ok(Turn::On);
        }
        self.journal.settle(false).await?;
        let title = self.steps.get(step)?.planned().title;
        (self.tell)(Progress::Compensating { step, title });
        match self.take_back_patiently(step).await? {
            None => {
                self.journal.record(Event::CompensationSucceeded { step }).await?;
                (self.tell)(Progress::Compensated { step });
                Ok(Turn::On)
            }
            Some(error) => {
                let (code, message) = (error.code().id.to_owned(), error.message().to_owned());
                self.journal.record(Event::CompensationFailed { step, code, message }).await?;
                Ok(Turn::Over)
            }
        }
    }

    async fn take_back_patiently(&mut self, step: u32) -> Result<Option<Error>, Error> {
        let mut round = 0;
        loop {
            let Err(error) = self.take_back(step).await else { return Ok(None) };
            round += 1;
            match verdict(&error, round) {
                Verdict::Retry => self.rest(step, &error, round).await?,
                Verdict::Stop => return Err(self.resumable(error)),
                Verdict::Unknown | Verdict::Held | Verdict::Failed => return Ok(Some(error)),
            }
        }
    }

    async fn take_back(&mut self, step: u32) -> Result<(), Error> {
        let output = self.journal.status().steps.get(usize::try_from(step).unwrap_or(usize::MAX));
        let output = output.and_then(|step| step.output.clone());
        let mut context =
            context(self.engine, &self.intent, &self.saga, step, &mut self.journal, &mut self.hold, self.tell);
        context.undoing = true;
        context.fence_before_taking_back().await?;
        self.steps.get(step)?.take_back(&mut context, output.as_ref()).await
    }

    /// Says in the events how it ended, then in the log: after a crash in between it says so again.
    async fn finish(&mut self) -> Result<Turn, Error> {
        let status = self.journal.status();
        let succeeded = !matches!(status.state, OperationStatus::Compensating | OperationStatus::CompensationFailed);
        let why = status.reason.as_deref().unwrap_or("it was asked to be");
        let (saga, service) = (&self.intent.saga, self.saga.service());
        let summary = if succeeded {
            format!("{saga} of `{service}` is done")
        } else {
            format!("{saga} of `{service}` was taken back: {why}")
        };
        self.event("operation-finished", summary).await?;
        self.journal.intend(Event::Finished).await?;
        Ok(Turn::On)
    }

    async fn finished(mut self) -> Result<Finished, Error> {
        let status = self.journal.status().clone();
        let looks = matches!(status.state, OperationStatus::Unknown | OperationStatus::CompensationFailed);
        let doctor = if looks { self.doctor(status.step).await } else { Vec::new() };
        Ok(Finished {
            operation: self.intent.operation.clone(),
            status: status.state,
            failure: status.failure.or(status.held),
            reason: status.reason,
            doctor,
        })
    }

    /// What the step in doubt sees; when even that cannot be seen, this is what there is to say.
    async fn doctor(&mut self, step: u32) -> Vec<String> {
        let mut context =
            context(self.engine, &self.intent, &self.saga, step, &mut self.journal, &mut self.hold, self.tell);
        let said = match self.steps.get(step) {
            Ok(step) => step.findings(&mut context).await,
            Err(error) => Err(error),
        };
        said.unwrap_or_else(|error| vec![error.message().to_owned()])
    }
}

/// What a step works with. A free function, so that the rest of the driver stays free to be borrowed.
fn context<'a>(
    engine: &'a Engine,
    intent: &'a OperationIntent,
    saga: &Saga,
    step: u32,
    journal: &'a mut Journal,
    hold: &'a mut Hold,
    tell: &'a (dyn Fn(Progress) + Send + Sync),
) -> Context<'a> {
    let scope = Scope::new(&intent.app, &intent.environment);
    Context {
        ledger: &engine.ledger,
        motion: engine.motion.as_ref(),
        service: scope.service(saga.service()),
        verify: engine.verify.as_ref(),
        slots: saga.slots().to_vec(),
        intent,
        step,
        undoing: false,
        outputs: journal.status().outputs(),
        journal,
        hold,
        tell,
        outside: &engine.outside,
    }
}

/// What a failure means for a step.
enum Verdict {
    Retry,
    Stop,
    Unknown,
    Held,
    Failed,
}

fn verdict(error: &Error, round: u32) -> Verdict {
    let fenced = [&codes::TAKEN_OVER, &codes::SERVICE_LOST, &provider::codes::FENCED].contains(&error.code());
    match error.kind() {
        ErrorKind::OutcomeUnknown if round < DOUBTFUL_ATTEMPTS => Verdict::Retry,
        ErrorKind::OutcomeUnknown => Verdict::Unknown,
        _ if fenced => Verdict::Stop,
        ErrorKind::Unavailable if round < TRANSIENT_ATTEMPTS => Verdict::Retry,
        ErrorKind::Unavailable | ErrorKind::Interrupted => Verdict::Stop,
        ErrorKind::Inconclusive => Verdict::Held,
        ErrorKind::Usage
        | ErrorKind::NotAuthorised
        | ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::GateFailed
        | ErrorKind::ApprovalNeeded
        | ErrorKind::VerificationFailed
        | ErrorKind::Invalid
        | ErrorKind::Internal => Verdict::Failed,
    }
}
