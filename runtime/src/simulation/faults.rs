//! What goes wrong: the n-th effect of the drivers is their last, fails, or lands when nobody expects it any more.
//!
//! Effects are the writes to the store and the calls that change something at the provider, counted together from zero. A fault
//! is planned for one of them, or [`weather`] brings them by chance. Each driver has a name, and dies alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    simulation::{cloud::Cloud, world::Breath},
    store::{Key, memory::MemoryStore},
    world::World,
};

mod doors;
mod effect;
mod states;
pub mod weather;

pub use doors::{FaultyMotion, FaultyStore};

use effect::{Answer, Effect};
use states::States;
use weather::Weather;

/// What happens to one effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The driver dies before it asks.
    DieBefore,
    /// The driver dies when it is done, before it hears of it.
    DieAfter,
    /// The driver dies, and its request lands when so many further effects have happened.
    DieAndLand(u64),
    /// The answer is lost: it is done, and the driver hears that nobody knows.
    DoneInDoubt,
    /// The request is lost: it is not done, and the driver hears that nobody knows.
    NotDoneInDoubt,
    /// The driver hears that nobody knows, and its request lands when so many further effects have happened.
    LandInDoubt(u64),
    /// It is done, and what is on the network does it once more when so many further effects have happened.
    DoneTwice(u64),
    /// It is not done, and another request is said to have been in the way (409), or it is not available now.
    Busy,
    /// It is refused for good.
    Refused,
    /// The driver stands still while the others have so many turns, until its lease is over, and then goes on.
    Stall(u32),
}

/// How long a driver stands still that stalls: longer than any lease.
const STALLED: std::time::Duration = std::time::Duration::from_secs(90);

/// The faults of a simulation, and the account of the effects.
pub struct Faults {
    store: Arc<MemoryStore>,
    cloud: Arc<Cloud>,
    world: World,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    planned: BTreeMap<u64, Fault>,
    weather: Option<Weather>,
    count: u64,
    dead: BTreeSet<String>,
    deaths: u64,
    late: Vec<(u64, Effect)>,
    trace: Vec<String>,
    puts: u64,
    calls: u64,
    happened: BTreeMap<u64, Fault>,
    states: States,
    written: Vec<(Key, Vec<u8>)>,
}

impl Faults {
    pub(crate) fn new(store: Arc<MemoryStore>, cloud: Arc<Cloud>, world: World) -> Self {
        Self { store, cloud, world, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Plans a fault for the n-th effect from now on.
    pub fn plan(&self, after: u64, fault: Fault) {
        let mut state = self.state();
        let at = state.count + after;
        state.planned.insert(at, fault);
    }

    /// Lets faults happen by chance from now on.
    pub fn brew(&self, weather: Weather) {
        self.state().weather = Some(weather);
    }

    /// From now on nothing goes wrong any more; what is still on its way lands when it is due.
    pub fn calm(&self) {
        let mut state = self.state();
        state.weather = None;
        state.planned.clear();
    }

    /// Forgets the faults that have not happened, and lets new drivers live.
    pub fn revive(&self) {
        let mut state = self.state();
        state.dead.clear();
        state.planned.clear();
    }

    /// Lets new drivers live, with the faults that are still planned.
    pub fn revive_with_faults(&self) {
        self.state().dead.clear();
    }

    /// Lets a new driver of this name live.
    pub fn replace(&self, driver: &str) {
        self.state().dead.remove(driver);
    }

    /// Whether a driver has died.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        !self.state().dead.is_empty()
    }

    /// Whether the driver of this name has died.
    #[must_use]
    pub fn has_died(&self, driver: &str) -> bool {
        self.state().dead.contains(driver)
    }

    /// How often a driver has died.
    #[must_use]
    pub fn deaths(&self) -> u64 {
        self.state().deaths
    }

    /// How many effects there were: writes to the store, calls of the provider.
    #[must_use]
    pub fn effects(&self) -> (u64, u64) {
        let state = self.state();
        (state.puts, state.calls)
    }

    /// How many faults have happened.
    #[must_use]
    pub fn happened(&self) -> usize {
        self.state().happened.len()
    }

    /// Every effect in its order, one line each.
    #[must_use]
    pub fn trace(&self) -> Vec<String> {
        self.state().trace.clone()
    }

    /// A number for each state that all drivers together have been in: how far each operation is, and what was set last.
    #[must_use]
    pub fn states(&self) -> BTreeSet<u64> {
        self.state().states.seen()
    }

    /// What was really written, in its order, whoever has heard of it.
    #[must_use]
    pub fn written(&self) -> Vec<(Key, Vec<u8>)> {
        self.state().written.clone()
    }

    async fn carry_out(&self, driver: &str, effect: Effect) -> Answer {
        Breath::default().await;
        if self.has_died(driver) {
            std::future::pending::<()>().await;
        }
        self.land_what_is_due().await;
        let Some(fault) = self.count(driver, &effect) else { return self.apply(&effect).await };
        self.go_wrong(driver, effect, fault).await
    }

    async fn go_wrong(&self, driver: &str, effect: Effect, fault: Fault) -> Answer {
        match fault {
            Fault::DieBefore => self.die(driver).await,
            Fault::DieAfter => {
                self.apply(&effect).await;
                self.die(driver).await
            }
            Fault::DieAndLand(later) => {
                self.postpone(effect, later);
                self.die(driver).await
            }
            Fault::DoneInDoubt => {
                self.apply(&effect).await;
                effect.doubt()
            }
            Fault::NotDoneInDoubt => effect.doubt(),
            Fault::LandInDoubt(later) => {
                self.postpone(effect.clone(), later);
                effect.doubt()
            }
            Fault::DoneTwice(later) => {
                self.postpone(effect.clone(), later);
                self.apply(&effect).await
            }
            Fault::Busy => effect.busy(),
            Fault::Refused => effect.refusal(),
            Fault::Stall(turns) => {
                self.stall(turns).await;
                self.apply(&effect).await
            }
        }
    }

    async fn stall(&self, turns: u32) {
        for _ in 0..turns {
            Breath::default().await;
        }
        self.world.clock.sleep(STALLED).await;
    }

    fn count(&self, driver: &str, effect: &Effect) -> Option<Fault> {
        let mut state = self.state();
        let index = state.count;
        let chosen = state.weather.as_mut().and_then(Weather::at_effect);
        let fault = state.planned.get(&index).copied().or(chosen);
        let marked = fault.map_or_else(String::new, |fault| format!(" ({fault:?})"));
        let line = effect.line();
        state.trace.push(format!("{index} {driver}: {line}{marked}"));
        state.states.take_in(effect);
        state.count += 1;
        if effect.is_of_store() {
            state.puts += 1;
        } else {
            state.calls += 1;
        }
        if let Some(fault) = fault {
            state.happened.insert(index, fault);
        }
        fault
    }

    async fn die(&self, driver: &str) -> Answer {
        {
            let mut state = self.state();
            state.dead.insert(driver.to_owned());
            state.deaths += 1;
        }
        std::future::pending().await
    }

    fn postpone(&self, effect: Effect, later: u64) {
        let mut state = self.state();
        let due = state.count + later;
        state.late.push((due, effect));
    }

    /// Lets everything arrive that is still on its way, however late that is.
    pub async fn land_all(&self) {
        self.land(u64::MAX).await;
    }

    async fn land_what_is_due(&self) {
        let now = self.state().count;
        self.land(now).await;
    }

    async fn land(&self, now: u64) {
        let due: Vec<Effect> = {
            let mut state = self.state();
            let (due, late) = std::mem::take(&mut state.late).into_iter().partition(|(due, _)| *due <= now);
            state.late = late;
            let due: Vec<(u64, Effect)> = due;
            for (_, effect) in &due {
                let line = format!("late: {}", effect.line());
                state.trace.push(line);
            }
            due.into_iter().map(|(_, effect)| effect).collect()
        };
        for effect in due {
            self.apply(&effect).await;
        }
    }

    async fn apply(&self, effect: &Effect) -> Answer {
        let answer = effect.apply(&self.store, &self.cloud).await;
        if let (Effect::Put { key, body, .. }, Answer::Store(Ok(_))) = (effect, &answer) {
            self.state().written.push((key.clone(), body.clone()));
        }
        answer
    }
}
