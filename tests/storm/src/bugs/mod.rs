//! Mistakes on purpose: each must be found, or the schedules prove nothing.
//!
//! None of them is in the engine. Each is put around it: a store, a provider, a source of chance, other steps, or a desk that
//! puts approvals on record which do not count.

use std::sync::{Arc, atomic::AtomicU64};

use skiff_runtime::{
    engine::step::Steps,
    provider::Motion,
    saga::Saga,
    simulation::{
        cloud::{Bounds, Metrics},
        faults::weather::Odds,
    },
    store::Store,
    world::World,
};

mod chance;
mod desk;
mod motion;
mod steps;
mod store;

/// A mistake on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bug {
    /// All writes of control documents have one nonce, so a lost race looks like a won one.
    NoNonce,
    /// What a decision is made from was read before the version that it is written on.
    StaleRead,
    /// A refused condition always means that somebody else has written.
    RefusedIsLost,
    /// A write without an answer is sent again on whatever is there now.
    RetryAnew,
    /// Who once had a lease writes, whatever was written since.
    LeaseOnly,
    /// The store does not look at the condition that nothing is there yet.
    NoCondition,
    /// A service that is held looks free.
    IgnoreHold,
    /// What was done first is taken back first.
    FirstInFirstOut,
    /// The provider carries out what comes from an old epoch.
    EpochIgnored,
    /// The provider carries a call out again although it knows the token.
    TokenIgnored,
    /// Weights count as moved when the call has returned.
    WeightBelieved,
    /// The old slot is emptied while it has requests in hand.
    ShrinkBeforeDrain,
    /// Where nobody counts requests, all were answered well.
    NoDataPasses,
    /// Members count as serving the release whatever they say they run.
    NoDigest,
    /// An approval counts for any plan.
    AnyPlan,
    /// An agent's approval counts.
    AgentApproves,
    /// Who asked for the operation approves it.
    OwnApproval,
    /// One person who approves twice counts as two.
    OneCountsTwice,
    /// An approval counts that has expired.
    LateCounts,
    /// An approval of a step lets an operation go on without a verdict, and the other way round.
    AnythingGoes,
    /// One approval is enough where two were asked for.
    OneIsEnough,
}

/// All of them.
pub const ALL: [Bug; 21] = [
    Bug::NoNonce,
    Bug::StaleRead,
    Bug::RefusedIsLost,
    Bug::RetryAnew,
    Bug::LeaseOnly,
    Bug::NoCondition,
    Bug::IgnoreHold,
    Bug::FirstInFirstOut,
    Bug::EpochIgnored,
    Bug::TokenIgnored,
    Bug::WeightBelieved,
    Bug::ShrinkBeforeDrain,
    Bug::NoDataPasses,
    Bug::NoDigest,
    Bug::AnyPlan,
    Bug::AgentApproves,
    Bug::OwnApproval,
    Bug::OneCountsTwice,
    Bug::LateCounts,
    Bug::AnythingGoes,
    Bug::OneIsEnough,
];

impl Bug {
    /// Its name on a command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NoNonce => "no-nonce",
            Self::StaleRead => "stale-read",
            Self::RefusedIsLost => "refused-is-lost",
            Self::RetryAnew => "retry-anew",
            Self::LeaseOnly => "lease-only",
            Self::NoCondition => "no-condition",
            Self::IgnoreHold => "ignore-hold",
            Self::FirstInFirstOut => "first-in-first-out",
            Self::EpochIgnored => "epoch-ignored",
            Self::TokenIgnored => "token-ignored",
            Self::WeightBelieved => "weight-believed",
            Self::ShrinkBeforeDrain => "shrink-before-drain",
            Self::NoDataPasses => "no-data-passes",
            Self::NoDigest => "no-digest",
            Self::AnyPlan => "any-plan",
            Self::AgentApproves => "agent-approves",
            Self::OwnApproval => "own-approval",
            Self::OneCountsTwice => "one-counts-twice",
            Self::LateCounts => "late-counts",
            Self::AnythingGoes => "anything-goes",
            Self::OneIsEnough => "one-is-enough",
        }
    }

    /// The mistake of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|bug| bug.name() == name)
    }

    /// The saga that shows it, where only one does.
    #[must_use]
    pub fn saga(self) -> Option<&'static str> {
        match self {
            Self::FirstInFirstOut | Self::NoDigest | Self::TokenIgnored => Some("deploy"),
            Self::EpochIgnored => Some("restart"),
            Self::NoDataPasses => Some("canary"),
            _ => None,
        }
    }

    /// How often things go wrong: what shows only when a request lands late needs many of them.
    #[must_use]
    pub fn odds(self, odds: Odds) -> Odds {
        match self {
            Self::EpochIgnored => Odds { effects: 120, ..odds },
            _ => odds,
        }
    }

    /// The cloud that it makes.
    #[must_use]
    pub fn bounds(self, bounds: Bounds) -> Bounds {
        match self {
            Self::EpochIgnored => Bounds { ignores_epochs: true, ..bounds },
            Self::TokenIgnored => Bounds { ignores_tokens: true, ..bounds },
            Self::NoDigest => Bounds { stale_members: true, ..bounds },
            Self::NoDataPasses => Bounds { metrics: Metrics::Gone, ..bounds },
            _ => bounds,
        }
    }

    /// What a driver has in the place of its store.
    #[must_use]
    pub fn store(self, store: Arc<dyn Store>) -> Arc<dyn Store> {
        match self {
            Self::StaleRead
            | Self::RefusedIsLost
            | Self::RetryAnew
            | Self::LeaseOnly
            | Self::NoCondition
            | Self::IgnoreHold
            | Self::NoDigest => Arc::new(store::Wrong::new(self, store)),
            _ => store,
        }
    }

    /// What a driver has in the place of its provider.
    #[must_use]
    pub fn motion(self, motion: Arc<dyn Motion>) -> Arc<dyn Motion> {
        match self {
            Self::WeightBelieved | Self::ShrinkBeforeDrain | Self::NoDataPasses => {
                Arc::new(motion::Wrong { bug: self, motion, asked: AtomicU64::new(0) })
            }
            _ => motion,
        }
    }

    /// The time and chance that a driver has.
    #[must_use]
    pub fn world(self, world: World) -> World {
        match self {
            Self::NoNonce => World { random: Arc::new(chance::OneNonce { random: world.random.clone() }), ..world },
            _ => world,
        }
    }

    /// What a driver does in the place of a saga's steps.
    #[must_use]
    pub fn steps(self) -> Option<fn(&Saga) -> Steps> {
        match self {
            Self::FirstInFirstOut => Some(steps::first_in_first_out),
            Self::ShrinkBeforeDrain => Some(steps::without_time_to_drain),
            _ => None,
        }
    }
}
