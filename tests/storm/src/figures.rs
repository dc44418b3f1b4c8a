//! What many schedules came to.

use std::{collections::BTreeSet, fmt};

use crate::{agreement::Agreement, schedule::Shown};

/// Sums over schedules.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    schedules: u64,
    states: BTreeSet<u64>,
    deaths: u64,
    faults: u64,
    operations: u64,
    ended: u64,
    most_effects: u64,
    lost: u64,
    impossible: u64,
    effects: u64,
    handed: u64,
    agreement: Agreement,
    failed: u64,
}

impl Figures {
    /// Takes a schedule in.
    pub fn take_in(&mut self, shown: &Shown) {
        self.schedules += 1;
        self.states.extend(&shown.states);
        self.deaths += shown.deaths;
        self.faults += shown.faults;
        self.operations += shown.operations;
        self.ended += shown.ended;
        self.most_effects = self.most_effects.max(shown.most_effects);
        self.lost += shown.lost;
        self.impossible += shown.impossible;
        self.effects += shown.effects;
        self.handed += shown.handed;
        self.agreement.add(&shown.agreement);
        self.failed += u64::from(!shown.findings.is_empty());
    }

    /// How many schedules there were.
    #[must_use]
    pub fn schedules(&self) -> u64 {
        self.schedules
    }

    /// How many schedules have shown something that must not be.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.failed
    }

    /// How many different states the schedules went through.
    #[must_use]
    pub fn states(&self) -> usize {
        self.states.len()
    }

    /// How many operations did not come to their end.
    #[must_use]
    pub fn stuck(&self) -> u64 {
        self.operations - self.ended
    }

    /// How often a driver has died.
    #[must_use]
    pub fn deaths(&self) -> u64 {
        self.deaths
    }

    /// What people had to do with all operations.
    #[must_use]
    pub fn agreement(&self) -> Agreement {
        self.agreement
    }

    /// How many approvals were handed in, with those that must not count.
    #[must_use]
    pub fn handed(&self) -> u64 {
        self.handed
    }

    /// The most effects of one token.
    #[must_use]
    pub fn most_effects(&self) -> u64 {
        self.most_effects
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let recovered = if self.operations == 0 { 100.0 } else { percent(self.ended, self.operations) };
        writeln!(formatter, "schedules                        {:>12}", self.schedules)?;
        writeln!(formatter, "different states                 {:>12}", self.states.len())?;
        writeln!(formatter, "effects                          {:>12}", self.effects)?;
        writeln!(formatter, "faults                           {:>12}", self.faults)?;
        writeln!(formatter, "deaths of drivers                {:>12}", self.deaths)?;
        writeln!(formatter, "operations                       {:>12}", self.operations)?;
        writeln!(formatter, "of these, came to their end      {recovered:>11.2}%")?;
        writeln!(formatter, "stuck                            {:>12}", self.stuck())?;
        writeln!(formatter, "approvals handed in              {:>12}", self.handed)?;
        let Agreement { approvals, skips, rejections, begun, unfounded } = self.agreement;
        writeln!(formatter, "of these, for a step of high risk{approvals:>12}")?;
        writeln!(formatter, "of these, to skip a gate         {skips:>12}")?;
        writeln!(formatter, "operations that a person refused {rejections:>12}")?;
        writeln!(formatter, "steps of high risk that began    {begun:>12}")?;
        writeln!(formatter, "without all who must agree       {unfounded:>12}")?;
        writeln!(formatter, "most effects of one token        {:>12}", self.most_effects)?;
        writeln!(formatter, "acknowledged writes lost         {:>12}", self.lost)?;
        writeln!(formatter, "histories that no order explains {:>12}", self.impossible)?;
        write!(formatter, "schedules with a finding         {:>12}", self.failed)
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn percent(part: u64, whole: u64) -> f64 {
    part as f64 * 100.0 / whole as f64
}
