//! Whether what several callers saw of one compare-and-set register can have happened in one order.
//!
//! Each call has a beginning, and an end unless its caller died. A history is linearizable when there is an order of the calls
//! in which every call that ended before another one began stands before it, and every answer is right (Herlihy and Wing, 1990).
//! The search is that of Wing and Gong (1993): take any call that may be next, and come back when it leads nowhere; what was
//! tried already is remembered, as Lowe (2017) does.

use std::collections::BTreeSet;

/// What a register holds: a number for each different content, nothing while it does not exist.
pub type Content = Option<u64>;

/// One call as its caller saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// When it began, in a count that all callers share.
    pub begun: u64,
    /// When its answer was there; absent when it never was.
    pub ended: Option<u64>,
    /// What was asked.
    pub action: Action,
    /// What was answered.
    pub answer: Answer,
}

/// What is asked of a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// What does it hold?
    Read,
    /// Hold `new` if you hold `expected`.
    Swap {
        /// What it must hold.
        expected: Content,
        /// What it is to hold.
        new: Content,
    },
}

/// What a register answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It holds this.
    Holds(Content),
    /// It is done.
    Done,
    /// It is not done: it holds something else.
    Refused,
    /// There was no answer, or one that says nothing: it may be done at any time from its beginning on.
    Unknown,
}

impl Call {
    /// What the register holds behind this call, when this call can be next; `None` when it cannot.
    fn applied(&self, holds: Content) -> Option<Content> {
        match (self.action, self.answer) {
            (Action::Read, Answer::Holds(seen)) => (seen == holds).then_some(holds),
            (Action::Swap { expected, new }, Answer::Done | Answer::Unknown) => (expected == holds).then_some(new),
            (Action::Swap { expected, .. }, Answer::Refused) => (expected != holds).then_some(holds),
            _ => None,
        }
    }

    /// A call without an answer need not have happened.
    fn must_have_happened(&self) -> bool {
        self.answer != Answer::Unknown
    }
}

/// Which calls have their place, and what the register holds behind them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Placed {
    calls: Vec<u64>,
    holds: Content,
}

impl Placed {
    fn has(&self, index: usize) -> bool {
        self.calls.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    fn with(&self, index: usize, holds: Content) -> Self {
        let mut calls = self.calls.clone();
        if let Some(word) = calls.get_mut(index / 64) {
            *word |= 1 << (index % 64);
        }
        Self { calls, holds }
    }
}

/// Whether an order explains what was seen; `initial` is what the register held before all calls.
#[must_use]
pub fn is_linearizable(calls: &[Call], initial: Content) -> bool {
    let mut calls: Vec<&Call> = calls.iter().filter(|call| says_something(call)).collect();
    calls.sort_by_key(|call| call.begun);
    let mut open = vec![Placed { calls: vec![0; calls.len().div_ceil(64)], holds: initial }];
    let mut tried = BTreeSet::new();
    while let Some(placed) = open.pop() {
        let left = || calls.iter().enumerate().filter(|(index, _)| !placed.has(*index));
        if left().all(|(_, call)| !call.must_have_happened()) {
            return true;
        }
        // Whatever began behind the first end among those that are left cannot be next.
        let first_end = left().filter(|(_, call)| call.must_have_happened()).filter_map(|(_, call)| call.ended).min();
        let first_end = first_end.unwrap_or(u64::MAX);
        for (index, call) in left().take_while(|(_, call)| call.begun <= first_end) {
            let Some(holds) = call.applied(placed.holds) else { continue };
            let next = placed.with(index, holds);
            if tried.insert(next.clone()) {
                open.push(next);
            }
        }
    }
    false
}

/// A read without an answer says nothing at all.
fn says_something(call: &Call) -> bool {
    !(call.action == Action::Read && call.answer == Answer::Unknown)
}
