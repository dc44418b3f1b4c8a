//! What a schedule consists of; all of it follows from its seed.

use skiff_runtime::simulation::{
    cloud::{Bounds, Metrics},
    faults::weather::Odds,
    world::SeededRandom,
};

use crate::{
    ground::Ground,
    people::{Deed, Visit, Who},
};

/// One schedule.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its seed: running it again gives the same, byte for byte.
    pub seed: u64,
    /// What was there before.
    pub ground: Ground,
    /// What is asked for at the same time, by two clients.
    pub acts: Vec<Act>,
    /// What the cloud is like.
    pub bounds: Bounds,
    /// How often something goes wrong.
    pub odds: Odds,
    /// What people ask for on the way.
    pub asks: Vec<Asked>,
    /// For how many seconds nobody counts requests, and from when on.
    pub blind: Option<(u64, u64, Metrics)>,
    /// Whether two people must agree to each step of high risk.
    pub two_party: bool,
    /// Who comes by to approve or to refuse, while things go wrong.
    pub visits: Vec<Visit>,
    /// What people say in calm to what waits for them.
    pub verdict: Verdict,
}

/// What people say in calm to what waits for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They approve what waits for an approval, and let what a gate holds up go on without a verdict.
    Approve,
    /// They refuse, and have what a gate holds up try again before they take it back.
    Refuse,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A deploy, with a command that runs once before where `before` says how it ends.
    Deploy {
        /// How good the release is.
        quality: Quality,
        /// How the command ends.
        before: Option<i32>,
    },
    /// A canary of two shares.
    Canary {
        /// How good the release is.
        quality: Quality,
        /// Whether a gate looks at its errors.
        gated: bool,
        /// How many requests it must have seen to say anything.
        samples: u32,
    },
    /// A rollback to the release before the live one.
    Rollback {
        /// Whether it is watched on the way.
        watched: bool,
    },
    /// A shadow with a rehearsal.
    Shadow {
        /// How good the release is.
        quality: Quality,
    },
    /// Traffic from the old way of serving.
    Cutover {
        /// Shares of a hundred.
        percents: Vec<u32>,
        /// Whether the old way is retired in the end, when people agree.
        retire: bool,
    },
    /// A member is taken out.
    Drain,
    /// Another number of members.
    Scale {
        /// How many.
        members: u32,
    },
    /// New members of the same release.
    Restart,
    /// The end of the service, when people agree.
    Destroy,
}

/// How good a release is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    /// As it should be.
    Good,
    /// Its members never become ready.
    Sick,
    /// It answers every request with an error.
    Failing,
}

/// What a person asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// After so many seconds.
    pub after: u64,
    /// What.
    pub what: Wish,
}

/// What a person may wish of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// That it stops between two steps.
    Pause,
    /// That it goes on.
    Resume,
    /// That it is taken back.
    Abort,
}

impl Act {
    /// The saga's name.
    #[must_use]
    pub fn saga(&self) -> &'static str {
        match self {
            Self::Deploy { .. } => "deploy",
            Self::Canary { .. } => "canary",
            Self::Rollback { .. } => "rollback",
            Self::Shadow { .. } => "shadow",
            Self::Cutover { .. } => "traffic-cutover",
            Self::Drain => "drain",
            Self::Scale { .. } => "scale",
            Self::Restart => "restart",
            Self::Destroy => "destroy",
        }
    }

    /// Has a gate need more requests than there are.
    fn demand_more(&mut self) {
        if let Self::Canary { samples, .. } = self {
            *samples = TOO_MANY;
        }
    }

    /// Whether it may wait for a person: for an approval, or for a verdict that a gate cannot give.
    #[must_use]
    pub fn may_wait(&self) -> bool {
        matches!(self, Self::Destroy | Self::Cutover { retire: true, .. } | Self::Canary { gated: true, .. })
    }

    /// How good the release is that it brings, where it brings one that is to stay.
    #[must_use]
    pub fn brings(&self) -> Option<Quality> {
        match self {
            Self::Deploy { quality, .. } | Self::Canary { quality, .. } => Some(*quality),
            Self::Rollback { .. } => Some(Quality::Good),
            _ => None,
        }
    }
}

/// The sagas that can be chosen, by name.
pub const SAGAS: [&str; 9] =
    ["deploy", "canary", "rollback", "shadow", "traffic-cutover", "drain", "scale", "restart", "destroy"];

/// As many requests as a gate sees easily; and more than there ever are, so that a person must say how it goes on.
const ENOUGH: u32 = 10;
const TOO_MANY: u32 = 1_000_000;

struct Dice {
    chance: SeededRandom,
}

impl Dice {
    fn below(&self, bound: u64) -> u64 {
        self.chance.next() % bound.max(1)
    }

    fn one_in(&self, count: u64) -> bool {
        self.below(count) == 0
    }

    fn of<T: Clone>(&self, choices: &[T], otherwise: T) -> T {
        let index = usize::try_from(self.below(choices.len() as u64)).unwrap_or_default();
        choices.get(index).cloned().unwrap_or(otherwise)
    }

    fn quality(&self) -> Quality {
        self.of(&[Quality::Good, Quality::Good, Quality::Good, Quality::Sick, Quality::Failing], Quality::Good)
    }

    /// A release that a plain deploy brings is not looked at for errors, so it has none.
    fn unwatched(&self) -> Quality {
        if self.one_in(4) { Quality::Sick } else { Quality::Good }
    }

    fn ground(&self, saga: Option<&str>) -> Ground {
        if saga == Some("traffic-cutover") {
            return Ground::Legacy;
        }
        let web = [Ground::Web, Ground::Web, Ground::Legacy, Ground::Failing];
        let all = [Ground::Web, Ground::Web, Ground::Web, Ground::Legacy, Ground::Failing, Ground::Worker];
        match saga {
            // Only there is a release to go back to.
            Some("rollback") => Ground::Web,
            Some("deploy") => self.of(&[Ground::Fresh, Ground::Web, Ground::Stateful, Ground::Worker], Ground::Web),
            None if self.one_in(12) => Ground::Fresh,
            None if self.one_in(12) => Ground::Stateful,
            None => self.of(&all, Ground::Web),
            Some(_) => self.of(&web, Ground::Web),
        }
    }

    fn act(&self, ground: Ground, saga: Option<&str>) -> Act {
        let all: &[&str] = match ground {
            Ground::Fresh => &["deploy", "canary"],
            Ground::Stateful => &["deploy", "restart", "destroy"],
            Ground::Worker => &["deploy", "scale", "restart", "drain"],
            Ground::Legacy => &["traffic-cutover", "traffic-cutover", "deploy", "canary", "shadow"],
            Ground::Web | Ground::Failing => {
                &["deploy", "canary", "canary", "rollback", "shadow", "drain", "scale", "restart", "destroy"]
            }
        };
        self.named(saga.unwrap_or_else(|| self.of(all, "deploy")))
    }

    fn named(&self, saga: &str) -> Act {
        match saga {
            "canary" => {
                let quality = self.quality();
                Act::Canary { quality, gated: quality == Quality::Failing || self.one_in(2), samples: ENOUGH }
            }
            "rollback" => Act::Rollback { watched: self.one_in(2) },
            "shadow" => Act::Shadow { quality: self.quality() },
            "traffic-cutover" => {
                let shares = [vec![20, 100], vec![60], vec![100], vec![50, 10]];
                let percents = self.of(&shares, vec![100]);
                let retire = percents.last() == Some(&100) && self.one_in(3);
                Act::Cutover { percents, retire }
            }
            "drain" => Act::Drain,
            // Not to one: whoever drains the only member there is has asked for a gap.
            "scale" => Act::Scale { members: u32::try_from(2 + self.below(4)).unwrap_or(2) },
            "restart" => Act::Restart,
            "destroy" => Act::Destroy,
            _ => {
                let before = self.of(&[None, None, Some(0), Some(3)], None);
                Act::Deploy { quality: self.unwatched(), before }
            }
        }
    }

    fn bounds(&self) -> Bounds {
        Bounds {
            seconds_to_boot: self.of(&[1, 4, 4, 9], 4),
            seconds_to_move: self.of(&[1, 2, 2, 3], 2),
            lies_every: self.of(&[0, 0, 0, 2, 3], 0),
            flaps: self.one_in(8),
            stale_members: self.one_in(16),
            requests_per_second: 6,
            ..Bounds::default()
        }
    }

    fn asks(&self) -> Vec<Asked> {
        let wishes = [Wish::Pause, Wish::Resume, Wish::Abort, Wish::Abort];
        let count = if self.one_in(3) { 1 + self.below(3) } else { 0 };
        let ask = |_| Asked { after: 1 + self.below(40), what: self.of(&wishes, Wish::Abort) };
        (0..count).map(ask).collect()
    }

    fn visits(&self, acts: &[Act]) -> Vec<Visit> {
        let deeds = [
            Deed::Approve(Who::Grace),
            Deed::Approve(Who::Grace),
            Deed::Approve(Who::Heidi),
            Deed::Approve(Who::Heidi),
            Deed::Twice,
            Deed::Approves(Who::Ada),
            Deed::Approves(Who::Robot),
            Deed::Approves(Who::Build),
            Deed::AnotherPlan,
            Deed::TooLate,
            Deed::AnotherThing,
            Deed::Reject,
        ];
        let count = if acts.iter().any(Act::may_wait) { self.below(6) } else { 0 };
        (0..count).map(|_| Visit { after: 1 + self.below(9), deed: self.of(&deeds, Deed::Reject) }).collect()
    }

    fn verdict(&self) -> Verdict {
        if self.one_in(3) { Verdict::Refuse } else { Verdict::Approve }
    }

    fn blind(&self) -> Option<(u64, u64, Metrics)> {
        let how = self.of(&[Metrics::Gone, Metrics::Unavailable], Metrics::Gone);
        self.one_in(6).then(|| (self.below(30), 5 + self.below(30), how))
    }
}

impl Plan {
    /// The schedule of a seed; with a saga's name, of that saga alone.
    #[must_use]
    pub fn of(seed: u64, saga: Option<&str>) -> Self {
        // Seeds that follow each other have nothing in common.
        let dice = Dice { chance: SeededRandom::new(SeededRandom::new(seed).next()) };
        let ground = dice.ground(saga);
        let mut acts = vec![dice.act(ground, saga), dice.act(ground, saga)];
        let odds = Odds { effects: dice.of(&[0, 20, 40, 80], 40), reads: dice.of(&[0, 0, 3, 10], 0) };
        let (bounds, asks, blind) = (dice.bounds(), dice.asks(), dice.blind());
        // What was drawn until here stays as it is when something is added: seeds that have found something keep their worth.
        if dice.one_in(3) {
            acts.iter_mut().for_each(Act::demand_more);
        }
        let (two_party, visits, verdict) = (dice.one_in(3), dice.visits(&acts), dice.verdict());
        Self { seed, ground, acts, bounds, odds, asks, blind, two_party, visits, verdict }
    }
}
