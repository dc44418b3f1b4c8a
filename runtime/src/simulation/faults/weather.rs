//! Faults that come by chance.

use crate::simulation::{faults::Fault, world::SeededRandom};

/// How often something goes wrong; the seed says when and what.
#[derive(Debug)]
pub struct Weather {
    chance: SeededRandom,
    odds: Odds,
}

/// How often something goes wrong, of a thousand times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Odds {
    /// Effects that have a fault.
    pub effects: u64,
    /// Reads that are refused for the moment.
    pub reads: u64,
}

/// How many further effects happen at most before something lands late.
const LATEST: u64 = 12;

impl Weather {
    /// Weather from a seed.
    #[must_use]
    pub fn new(seed: u64, odds: Odds) -> Self {
        Self { chance: SeededRandom::new(seed), odds }
    }

    pub(super) fn at_read(&mut self) -> bool {
        self.odds.reads > 0 && self.chance.next() % 1000 < self.odds.reads
    }

    pub(super) fn at_effect(&mut self) -> Option<Fault> {
        (self.chance.next() % 1000 < self.odds.effects).then(|| self.fault())
    }

    fn fault(&self) -> Fault {
        let later = 1 + self.chance.next() % LATEST;
        match self.chance.next() % 16 {
            0 | 1 => Fault::DieBefore,
            2..4 => Fault::DieAfter,
            4..6 => Fault::DieAndLand(later),
            6 | 7 => Fault::DoneInDoubt,
            8 => Fault::NotDoneInDoubt,
            9 | 10 => Fault::LandInDoubt(later),
            11 | 12 => Fault::DoneTwice(later),
            13 => Fault::Busy,
            14 => Fault::Refused,
            _ => Fault::Stall(u32::try_from(20 * later).unwrap_or(100)),
        }
    }
}
