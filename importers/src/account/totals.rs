//! The sums of an account.

use std::collections::BTreeMap;

use super::{Account, Fate, Object};

/// How many leaves have which fate; they add up to all leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    counts: [usize; Fate::ALL.len()],
}

impl Totals {
    /// How many leaves have this fate.
    #[must_use]
    pub fn of(&self, fate: Fate) -> usize {
        Fate::ALL.iter().zip(self.counts).find_map(|(other, count)| (*other == fate).then_some(count)).unwrap_or(0)
    }

    /// How many leaves there are.
    #[must_use]
    pub fn leaves(&self) -> usize {
        self.counts.iter().sum()
    }

    fn add(&mut self, object: &Object) {
        for (fate, count) in Fate::ALL.iter().zip(&mut self.counts) {
            *count += object.leaves.iter().filter(|leaf| leaf.fate == *fate).count();
        }
    }
}

impl Account {
    /// The sums over everything.
    #[must_use]
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        self.objects.iter().for_each(|object| totals.add(object));
        totals
    }

    /// The sums by kind, with how many objects there are of it, in order of kind.
    #[must_use]
    pub fn by_kind(&self) -> BTreeMap<&str, (usize, Totals)> {
        let mut kinds: BTreeMap<&str, (usize, Totals)> = BTreeMap::new();
        for object in &self.objects {
            let (objects, totals) = kinds.entry(&object.kind).or_default();
            *objects += 1;
            totals.add(object);
        }
        kinds
    }
}
