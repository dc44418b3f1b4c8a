//! What all commands share that change something: they plan an operation, put it on record, drive it, and say what came out.
//!
//! [`ActingArguments::open`] gives an [`Acting`]; [`Acting::carry_out`] starts and drives one operation and tells of its steps
//! on standard error; [`conclude`] turns what it came to into the command's outcome. **Whoever stops a command stops
//! nothing: the operation stays on record, and `skiff resume` goes on with it.**

pub(crate) mod actor;
pub(crate) mod asking;
pub(crate) mod conclude;
pub(crate) mod handing;
pub(crate) mod progress;
pub(crate) mod repetition;
pub(crate) mod steps;

use std::{sync::Arc, time::Duration};

use clap::{Args, ValueEnum};
use serde_json::Value;
use skiff_runtime::{
    Error, ErrorKind,
    engine::{
        Ask, Driver, Engine, Finished, Progress, Request,
        codes::{NOT_NOW, TAKEN_OVER},
    },
    local::{self, LocalCloud},
    provider::Motion,
    saga::{Saga, Service},
    state::{Ledger, layout::ServiceScope},
};
use skiff_wire::{ExitCode, OperationControl, OperationIntent, ServiceControl};

#[cfg(debug_assertions)]
use crate::dying;
use crate::{
    acting::{conclude::Words, handing::HandingArguments},
    action,
    arguments::{Format, Settings},
    evidence::Seen,
    failure::Failure,
    graph::{Graph, read::Reader},
    operating::{Operating, OperatingArguments},
    outcome::Outcome,
    output,
    standing::text::status_word,
};

/// How often an operation is looked at that somebody else drives.
const LOOK_ON: Duration = Duration::from_millis(500);

/// What every command takes that starts an operation.
#[derive(Debug, Clone, Args)]
pub(crate) struct ActingArguments {
    #[command(flatten)]
    pub(crate) place: OperatingArguments,
    /// What carries it out
    #[arg(long, value_enum, default_value_t, value_name = "PROVIDER", help_heading = "Place")]
    pub(crate) provider: Provider,
    /// Show what would be done; nothing is written
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Asking again with the same key is the same operation
    #[arg(long, value_name = "KEY")]
    pub(crate) idempotency_key: Option<String>,
}

/// What carries an operation out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Provider {
    /// Processes on this machine behind a load balancer of Skiff's own
    #[default]
    Local,
}

/// An open ledger, and an engine that moves what the provider has.
pub(crate) struct Acting {
    /// The spec, the ledger, the scope.
    pub(crate) operating: Operating,
    /// Drives operations.
    pub(crate) engine: Engine,
    /// What the engine moves.
    pub(crate) cloud: LocalCloud,
    /// The words that name the place on a command line.
    pub(crate) place: Vec<String>,
    /// The key of the command line.
    pub(crate) key: Option<String>,
    /// Who asks.
    pub(crate) actor: String,
    /// Who drives it, and how many people must agree.
    pub(crate) handing: HandingArguments,
    told: bool,
}

impl ActingArguments {
    /// What a command takes that only looks, or asks.
    pub(crate) fn on(place: &OperatingArguments) -> Self {
        Self { place: place.clone(), provider: Provider::default(), dry_run: false, idempotency_key: None }
    }

    /// Compiles the spec and opens the ledger; nothing is written.
    pub(crate) fn open(&self, settings: Settings) -> Result<Acting, Failure> {
        self.open_as(None, settings)
    }

    /// The same, driving operations under a name of its own.
    pub(crate) fn open_as(&self, named: Option<&str>, settings: Settings) -> Result<Acting, Failure> {
        let mut operating = self.place.open()?;
        let Provider::Local = self.provider;
        let cloud = operating.cloud()?;
        let motion = mortal(&mut operating.ledger, &cloud);
        let actor = actor::name();
        let driver = Driver { name: actor::driver(&actor::named(&actor, named)), trust_pin: operating.trust_pin() };
        let engine = operating.engine(motion, driver);
        let (place, key) = (self.place.words(), self.idempotency_key.clone());
        let (handing, told) = (HandingArguments::default(), settings.format == Format::Text);
        Ok(Acting { operating, engine, cloud, place, key, actor, handing, told })
    }
}

impl Acting {
    /// The same, with operations handed on in this way.
    pub(crate) fn handing(self, handing: HandingArguments) -> Self {
        Self { handing, ..self }
    }

    /// The service that is meant: the one that was named, or the only one.
    pub(crate) fn service(&self, named: Option<&str>) -> Result<String, Failure> {
        let services = &self.operating.compiled.plan.services;
        match (named, services.len()) {
            (Some(name), _) => self.operating.motion(name).map(|_| name.to_owned()),
            (None, 1) => Ok(services.keys().cloned().collect()),
            (None, _) => {
                let names: Vec<_> = services.keys().map(|name| format!("`{name}`")).collect();
                Err(Failure::usage("the spec has several services, and none was named")
                    .hint(format!("name one: {}", crate::words::list(&names))))
            }
        }
    }

    /// Where a service's documents are.
    pub(crate) fn scope(&self, service: &str) -> ServiceScope {
        self.operating.scope.service(service)
    }

    /// What a saga needs to know of a service.
    pub(crate) fn moved(&self, service: &str) -> Result<Service, Failure> {
        let mut moved = Service::of(service, self.operating.motion(service)?)?;
        let local = self.operating.compiled.ir.local.services.get(service);
        if let Some(replicas) = local.and_then(|local| local.replicas) {
            if replicas > moved.maximum {
                let message =
                    format!("`local` gives `{service}` {replicas} members, and {} are the most", moved.maximum);
                return Err(
                    Failure::unusable(message).hint(format!("raise `replicas.max` of `{service}`, or lower it"))
                );
            }
            moved.minimum = replicas;
        }
        Ok(moved)
    }

    /// Refuses while the local provider is not up.
    pub(crate) async fn up(&self) -> Result<(), Failure> {
        if local::status(&self.cloud).await?.up {
            return Ok(());
        }
        let error = Error::new(&local::codes::NOT_UP, ErrorKind::Unavailable, "the local provider is not up");
        let reason = "starts it, and takes over what still runs";
        let up = conclude::mutating("local-up", &["local", "up"], &self.place, reason);
        Err(Failure::from(error.hint("bring it up first")).action(up))
    }

    /// What the ledger says of a service, `None` before its first deploy.
    ///
    /// # Errors
    /// Conflict while an operation that is not finished holds it.
    pub(crate) async fn free(&self, service: &str) -> Result<Option<ServiceControl>, Failure> {
        match self.held(service).await? {
            (_, Some(holder)) => Err(self.busy(service, &holder).await),
            (control, None) => Ok(control),
        }
    }

    /// The failure of a service that an operation holds, with where that one stands.
    pub(crate) async fn busy(&self, service: &str, holder: &str) -> Failure {
        let graph = self.standing(holder).await.ok().map(|(graph, _)| graph);
        conclude::busy(service, holder, graph.as_ref(), &self.place)
    }

    /// What the ledger says of a service, `None` before its first deploy, and the operation that holds it.
    pub(crate) async fn held(&self, service: &str) -> Result<(Option<ServiceControl>, Option<String>), Failure> {
        let ledger = &self.operating.ledger;
        let Some(read) = ledger.read::<ServiceControl>(&self.scope(service).control()).await? else {
            return Ok((None, None));
        };
        let mut holder = read.control.holder;
        if let Some(id) = &holder {
            let held = ledger.read::<OperationControl>(&self.operating.scope.operation(id)).await?;
            if held.is_some_and(|held| held.control.body.status.is_final()) {
                holder = None;
            }
        }
        Ok((Some(read.control.body), holder))
    }

    /// Lets an operation that holds a service give way to another one: what it did is taken back, here and now. One whose last
    /// step has begun is brought to its end.
    pub(crate) async fn supersede(&self, service: &str, holder: &str, by: &str) -> Result<(), Failure> {
        self.say(&format!("operation {holder} gives way"));
        match self.engine.ask(&self.operating.scope, holder, Ask::GiveWayTo(by.to_owned()), &self.actor).await {
            Err(error) if error.code() != &NOT_NOW => return Err(error.into()),
            _ => {}
        }
        let finished = self.drive(holder).await?;
        if finished.status.is_final() {
            return Ok(());
        }
        let message = format!("operation `{holder}` does not give way: {}", status_word(finished.status));
        let failure = Failure::new("SERVICE_BUSY", ExitCode::Conflict, message);
        Err(failure
            .hint(format!("the new one is on record as `{by}`, and has done nothing to `{service}`"))
            .operation(holder)
            .actions([conclude::show(holder, &self.place), conclude::resume(by, &self.place)]))
    }

    /// What the ledger says of a service that serves.
    ///
    /// # Errors
    /// Not found when nothing is live; conflict while an operation holds it.
    pub(crate) async fn live(&self, service: &str) -> Result<ServiceControl, Failure> {
        self.serving(service, self.free(service).await?)
    }

    /// What the ledger says of a service, when something of it is live.
    ///
    /// # Errors
    /// Not found when nothing is.
    pub(crate) fn serving(&self, service: &str, control: Option<ServiceControl>) -> Result<ServiceControl, Failure> {
        control.filter(|control| control.live.is_some() && !control.destroyed).ok_or_else(|| {
            let argv: Vec<_> = ["deploy", service].into_iter().chain(self.place.iter().map(String::as_str)).collect();
            Failure::not_found(format!("nothing of `{service}` is live")).hint("deploy it first").action(action::write(
                "deploy",
                &argv,
                "brings a release into service",
            ))
        })
    }

    /// Puts an operation on record, drives it, and says what it came to; or goes on with the one of `before`.
    ///
    /// `more` is what the command's `data` has beside the service and the operation.
    pub(crate) async fn carry_out(
        &self,
        saga: Saga,
        before: Option<OperationIntent>,
        words: &Words,
        more: Value,
    ) -> Result<Outcome, Failure> {
        let operation = match before {
            Some(intent) => intent.operation,
            None => self.start(saga, self.key.clone()).await?,
        };
        let data = conclude::data(&words.service, Some(&operation), more);
        self.see_through(&operation, words, data).await
    }

    /// Drives an operation and says what it came to, with what was seen when it did not go well; leaves it to a worker when
    /// that was asked for.
    pub(crate) async fn see_through(&self, operation: &str, words: &Words, data: Value) -> Result<Outcome, Failure> {
        if self.handing.detach {
            return Ok(conclude::started(operation, words, data, &self.place));
        }
        let finished = self.drive(operation).await?;
        let amiss = finished.failure.is_some();
        let said = conclude::conclude(&finished, words, data, &self.place);
        if !amiss {
            return said;
        }
        let seen = Seen::of(&self.engine.look(&self.operating.scope, operation).await?);
        said.map_err(|failure| seen.told(failure))
    }

    /// Puts an operation on record; gives its id.
    pub(crate) async fn start(&self, saga: Saga, idempotency_key: Option<String>) -> Result<String, Failure> {
        self.start_by(saga, idempotency_key, self.handing.two_party).await
    }

    /// The same, where something else says how many people must agree.
    pub(crate) async fn start_by(
        &self,
        saga: Saga,
        idempotency_key: Option<String>,
        two_party: bool,
    ) -> Result<String, Failure> {
        let (scope, requested_by) = (self.operating.scope.clone(), self.actor.clone());
        let request = Request { scope, saga, requested_by, idempotency_key, two_party };
        match self.engine.start(&request).await {
            Ok(started) => Ok(started.operation),
            Err(error) => Err(self.beaten(error, &request).await),
        }
    }

    /// Drives an operation until it is done, waits, or the process is told to stop.
    pub(crate) async fn drive(&self, operation: &str) -> Result<Finished, Failure> {
        let mut lines = progress::Lines::default();
        let told = self.told;
        let mut tell = move |progress: Progress| {
            if let Some(line) = lines.next(&progress).filter(|_| told) {
                output::say(&line);
            }
        };
        let finished = tokio::select! {
            finished = self.engine.drive(&self.operating.scope, operation, &mut tell) => finished,
            () = told_to_stop() => {
                let _ = self.engine.let_go(&self.operating.scope, operation).await;
                return Err(conclude::interrupted(operation, &self.place));
            }
        };
        match finished {
            Err(error) if error.code() == &TAKEN_OVER => self.look_on(operation).await,
            finished => finished.map_err(|error| conclude::stopped(error, operation, &self.place)),
        }
    }

    /// Waits until an operation rests that another driver has taken up in the meantime.
    async fn look_on(&self, operation: &str) -> Result<Finished, Failure> {
        self.say("another driver has taken it up; looking on");
        let wait = async {
            loop {
                let (graph, finished) = self.standing(operation).await?;
                if graph.rests() {
                    return Ok(finished);
                }
                tokio::time::sleep(LOOK_ON).await;
            }
        };
        tokio::select! {
            finished = wait => finished,
            () = told_to_stop() => Err(conclude::interrupted(operation, &self.place)),
        }
    }

    /// An operation as it stands, as a graph and as what driving it would come to now.
    pub(crate) async fn standing(&self, operation: &str) -> Result<(Graph, Finished), Failure> {
        let reader = Reader { engine: &self.engine, ledger: &self.operating.ledger, scope: &self.operating.scope };
        let (graph, history) = reader.read_with_history(operation).await?;
        let status = history.status;
        let finished = Finished {
            operation: operation.to_owned(),
            status: status.state,
            failure: status.failure.or(status.held),
            reason: status.reason,
            doctor: Vec::new(),
        };
        Ok((graph, finished))
    }

    /// Says something on standard error as one JSON object, for a program that reads along.
    pub(crate) fn note(&self, note: &Value) {
        if !self.told {
            output::say(&note.to_string());
        }
    }

    /// Says something on standard error, unless a program reads along.
    pub(crate) fn say(&self, line: &str) {
        if self.told {
            output::say(line);
        }
    }
}

/// The ledger and the provider of a process that a test may tell to die at one of its effects.
#[cfg(debug_assertions)]
pub(crate) fn mortal(ledger: &mut Ledger, cloud: &LocalCloud) -> Arc<dyn Motion> {
    let fate = dying::Fate::of_environment(cloud);
    ledger.store = dying::store(Arc::clone(&ledger.store), fate.as_ref());
    dying::motion(Arc::new(cloud.clone()), fate.as_ref())
}

/// A release build dies of nothing but what happens to it.
#[cfg(not(debug_assertions))]
pub(crate) fn mortal(_: &mut Ledger, cloud: &LocalCloud) -> Arc<dyn Motion> {
    Arc::new(cloud.clone())
}

/// Returns when the process is told to stop: Ctrl-C, or SIGTERM.
pub(crate) async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! { _ = interrupt.recv() => (), _ = terminate.recv() => () }
}
