//! Members: how many are healthy, and how much of their processor they use.

use skiff_wire::{Measured, Verdict};

use super::{Opinion, number, words};
use crate::{
    gate::{Gate, bound::Bound},
    provider::MemberView,
};

/// Looks that an average is made of, at least.
const LEAST_LOOKS: u64 = 3;

/// How many members are healthy, and how many there are; those that leave are not counted.
pub(in crate::gate) fn healthy(members: &[MemberView]) -> (u32, u32) {
    let staying = members.iter().filter(|member| !member.lifecycle.starts_with("terminat"));
    staying.fold((0, 0), |(healthy, all), member| (healthy + u32::from(member.target_health == "healthy"), all + 1))
}

/// Judges the members at one look.
pub(in crate::gate) fn judge_health(bound: &Bound, members: &[MemberView]) -> Opinion {
    let (healthy, all) = healthy(members);
    if all == 0 {
        return Opinion::cannot_say("there is no member");
    }
    let share = f64::from(healthy) / f64::from(all);
    let verdict = if bound.holds(share) { Verdict::Pass } else { Verdict::Fail };
    let reason = format!("{healthy} of {all} members are healthy ({})", words::share(share));
    Opinion::new(verdict, reason).of(Measured { value: share, samples: u64::from(all) })
}

/// Processor use, summed over members and looks.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::gate) struct Use {
    permille: u64,
    readings: u64,
    looks: u64,
}

impl Use {
    /// Adds a look.
    pub(in crate::gate) fn add(&mut self, members: &[MemberView]) {
        let said: Vec<u64> = members.iter().filter_map(|member| member.cpu_permille).map(u64::from).collect();
        self.permille += said.iter().sum::<u64>();
        self.readings += number_of(&said);
        self.looks += u64::from(!said.is_empty());
    }
}

fn number_of(said: &[u64]) -> u64 {
    u64::try_from(said.len()).unwrap_or(u64::MAX)
}

/// Judges the average use until now.
pub(in crate::gate) fn judge_use(gate: &Gate, bound: &Bound, used: Use) -> Opinion {
    if used.readings == 0 {
        return Opinion::cannot_say("no member says how much of its processor it uses");
    }
    let value = number(used.permille) / number(used.readings) / 1000.0;
    let least = gate.minimum_samples.map_or(LEAST_LOOKS, u64::from);
    let verdict = match bound.holds(value) {
        _ if used.looks < least => Verdict::Inconclusive,
        true => Verdict::Pass,
        false => Verdict::Fail,
    };
    let reason = format!("{} on average over {} looks at its members", words::share(value), used.looks);
    Opinion::new(verdict, reason).of(Measured { value, samples: used.readings })
}
