//! Which states all drivers together have been in: how far each operation's log is, and what was set at the provider last.
//!
//! A run that visits no state that another one has not visited has shown nothing new; so states are counted, not only runs.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::simulation::faults::effect::Effect;

/// The state as the effects make it, and all that were seen.
#[derive(Debug, Default)]
pub(super) struct States {
    now: BTreeMap<String, String>,
    operations: Vec<String>,
    seen: BTreeSet<u64>,
}

impl States {
    pub(super) fn seen(&self) -> BTreeSet<u64> {
        self.seen.clone()
    }

    pub(super) fn take_in(&mut self, effect: &Effect) {
        let (what, value) = match effect {
            Effect::Put { key, .. } => match self.place(key.as_str()) {
                Some(place) => place,
                None => return,
            },
            Effect::Delete { .. } => return,
            Effect::Capacity { slot, capacity, .. } => (format!("c{}", slot.slot), capacity.desired.to_string()),
            Effect::Weights { weights, .. } => ("w".to_owned(), format!("{:?}", weights.by_slot)),
            Effect::Replace { slot, instance, .. } => (format!("r{}", slot.slot), instance.clone()),
            Effect::Shadow { shadow, .. } => ("s".to_owned(), format!("{:?}", shadow.slot)),
            Effect::Before { slot, .. } => (format!("b{}", slot.slot), String::new()),
        };
        self.now.insert(what, value);
        let hash = self.hash();
        self.seen.insert(hash);
    }

    /// How far an operation is, by its log; which one it is counts, not its name.
    fn place(&mut self, key: &str) -> Option<(String, String)> {
        let (_, rest) = key.split_once("/operations/")?;
        let (operation, rest) = rest.split_once('/')?;
        let entry = rest.strip_prefix("log/")?;
        let known = self.operations.iter().position(|known| known == operation);
        let number = known.unwrap_or_else(|| {
            self.operations.push(operation.to_owned());
            self.operations.len() - 1
        });
        Some((format!("o{number}"), entry.to_owned()))
    }

    fn hash(&self) -> u64 {
        let mut digest = Sha256::new();
        for (what, value) in &self.now {
            digest.update(what.as_bytes());
            digest.update([0]);
            digest.update(value.as_bytes());
            digest.update([1]);
        }
        let digest = digest.finalize();
        digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}
