//! Requests in the made-up cloud: who answers them, how well, and how long that takes.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::{
    error::{Error, ErrorKind},
    provider::{LEGACY, SlotTraffic, codes},
    shadow::{Answer, Request, Requests},
    simulation::{
        cloud::{Account, Cloud, Service, Slot, aside::address},
        registry::SimulatedRelease,
    },
};

/// Upper bounds of latencies, in microseconds.
const LATENCIES: [u64; 9] = [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 640_000, u64::MAX];
/// The shortest time that an answer takes, in microseconds; the longest is three times that.
const SHORTEST: u64 = 15_000;
/// Each so-manieth request is a long one, and has so many seconds in hand.
const LONG_EVERY: u64 = 7;
const LONG_SECONDS: i64 = 3;

/// How well a release answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Manners {
    errors_permille: u32,
    slowness: u32,
}

/// A request that a member has in hand.
#[derive(Debug, Clone)]
pub(super) struct Flight {
    pub(super) instance: String,
    pub(super) until: Timestamp,
    /// Whether somebody waits for its answer; of one that is mirrored or rehearsed it is thrown away.
    pub(super) of_user: bool,
}

impl Manners {
    pub(super) fn of(release: &SimulatedRelease) -> Self {
        Self { errors_permille: release.errors_permille, slowness: release.slowness }
    }

    /// Whether the n-th request is answered well, and in how many microseconds.
    fn answer(self, number: u64) -> (bool, u64) {
        let chance = spread(number);
        let well = chance % 1000 >= u64::from(self.errors_permille);
        let usual = SHORTEST + (chance >> 20) % (2 * SHORTEST);
        (well, usual * u64::from(self.slowness.max(1)))
    }
}

/// The same number for the same request in every run, spread evenly (the finaliser of SplitMix64).
fn spread(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl Service {
    /// What each group has served.
    pub(super) fn traffic(&self) -> BTreeMap<String, SlotTraffic> {
        let traffic = |slot: &Slot| SlotTraffic { in_flight: slot.flights.len() as u64, ..slot.traffic.clone() };
        self.slots.iter().map(|(letter, slot)| (letter.clone(), traffic(slot))).collect()
    }

    /// One request of a user: the weights that are in effect say to which slot, and a ready member of it must be there.
    pub(super) fn request(&mut self, at: Timestamp, account: &mut Account) {
        self.requests += 1;
        let Some(letter) = self.chosen() else {
            account.unserved += 1;
            return;
        };
        if self.aside.effective.slot.as_ref() == Some(&letter) {
            account.violations.insert(format!("{at}: a user's request went to slot {letter}, which is only tried"));
        }
        self.mirror(at);
        let number = self.requests;
        let slot = self.slots.entry(letter.clone()).or_default();
        match slot.serve(number, at, true) {
            Some((release, _, _)) => *account.served.entry(release).or_default() += 1,
            None if letter == LEGACY => {}
            None => {
                account.violations.insert(format!("{at}: a request went to slot {letter}, which has no ready member"));
            }
        }
    }

    /// The slot whose turn it is by the weights that are in effect.
    fn chosen(&self) -> Option<String> {
        let total: u32 = self.effective.by_slot.values().sum();
        // A step that shares no divisor with a hundred: small shares get their requests spread over time.
        let turn = self.requests.wrapping_mul(37).checked_rem(u64::from(total))?;
        let mut sum = 0;
        let chosen = self.effective.by_slot.iter().find(|(_, weight)| {
            sum += u64::from(**weight);
            turn < sum
        });
        chosen.map(|(letter, _)| letter.clone())
    }

    /// Sends a share of the requests to what is tried as well; its answers are thrown away.
    fn mirror(&mut self, at: Timestamp) {
        let shadow = &self.aside.effective;
        if self.requests % 100 >= u64::from(shadow.mirror_percent) {
            return;
        }
        let number = self.requests;
        let slot = shadow.slot.clone().and_then(|letter| self.slots.get_mut(&letter));
        slot.and_then(|slot| slot.serve(number, at, false));
    }
}

impl Slot {
    /// Answers a request by one of the members that are up: which release, whether well, and in how many microseconds.
    fn serve(&mut self, number: u64, at: Timestamp, of_user: bool) -> Option<(String, bool, u64)> {
        self.traffic.requests += 1;
        let up: Vec<_> = self.members.iter().filter(|member| member.is_up()).collect();
        let turn = usize::try_from(number % u64::try_from(up.len()).unwrap_or(1).max(1)).unwrap_or_default();
        let Some((member, runs)) = up.get(turn).and_then(|member| Some((member, member.runs.as_ref()?))) else {
            *self.traffic.answers.entry("connect".to_owned()).or_default() += 1;
            return None;
        };
        let (well, microseconds) = runs.manners.answer(number);
        let class = if well { "2xx" } else { "5xx" };
        *self.traffic.answers.entry(class.to_owned()).or_default() += 1;
        let bound = LATENCIES.into_iter().find(|bound| microseconds <= *bound).unwrap_or(u64::MAX);
        *self.traffic.latency.entry(bound).or_default() += 1;
        let seconds = if number.is_multiple_of(LONG_EVERY) { LONG_SECONDS } else { 1 };
        let until = at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(at);
        self.flights.push(Flight { instance: member.instance.clone(), until, of_user });
        Some((runs.release.clone(), well, microseconds))
    }

    /// Requests that have come to their end are in hand no more.
    pub(super) fn land(&mut self, at: Timestamp) {
        self.flights.retain(|flight| flight.until > at);
    }
}

/// What a rehearsal sends.
#[async_trait]
impl Requests for Cloud {
    async fn send(&self, at_address: &str, _request: &Request) -> Result<Answer, Error> {
        self.catch_up().await;
        let mut state = self.state();
        let now = state.seen.unwrap_or(Timestamp::UNIX_EPOCH);
        let found = state.services.iter_mut().find_map(|(name, service)| {
            let listeners = ["test", "users"].map(|listener| address(name, listener) == at_address);
            listeners.contains(&true).then_some((service, listeners[0]))
        });
        let Some((service, test)) = found else {
            let message = format!("nobody listens at `{at_address}`");
            return Err(Error::new(&codes::MISSING, ErrorKind::NotFound, message));
        };
        service.requests += 1;
        let number = service.requests;
        let letter = if test { service.aside.effective.slot.clone() } else { service.chosen() };
        let served =
            letter.and_then(|letter| service.slots.get_mut(&letter)).and_then(|slot| slot.serve(number, now, false));
        Ok(match served {
            Some((_, well, microseconds)) => {
                Answer { status: Ok(if well { 200 } else { 500 }), microseconds, body: None }
            }
            None => Answer { status: Err("nobody is there".to_owned()), microseconds: SHORTEST, body: None },
        })
    }
}
