//! Running drivers: until they end or die, one alone or several in the order that a seed gives.

use std::{
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

use crate::simulation::{faults::Faults, world::SeededRandom};

/// A driver among others.
pub type Task<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// How often a task is looked at before it counts as stuck.
const TURNS: u32 = 5_000_000;

/// Runs one driver to its end; `None` when it died on the way.
///
/// Nothing in a simulation waits for anything but its turn, so looking again and again is all that an executor has to do.
pub fn until_death<T>(faults: &Faults, task: impl Future<Output = T>) -> Option<T> {
    let mut task = pin!(task);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..TURNS {
        if let Poll::Ready(output) = task.as_mut().poll(&mut context) {
            return Some(output);
        }
        if faults.is_dead() {
            return None;
        }
    }
    None
}

/// Runs what waits for nothing outside of the simulation.
pub fn to_the_end<T>(task: impl Future<Output = T>) -> Option<T> {
    let mut task = pin!(task);
    let mut context = Context::from_waker(Waker::noop());
    (0..TURNS).find_map(|_| match task.as_mut().poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    })
}

/// Runs several drivers, a turn of one after a turn of another, in the order that the seed gives; `None` for one that is
/// still not done when the others are and the turns are used up.
pub fn interleaved<T>(seed: u64, tasks: Vec<Task<'_, T>>) -> Vec<Option<T>> {
    let chance = SeededRandom::new(seed);
    let mut context = Context::from_waker(Waker::noop());
    let mut outputs: Vec<Option<T>> = tasks.iter().map(|_| None).collect();
    let mut open: Vec<(usize, Task<'_, T>)> = tasks.into_iter().enumerate().collect();
    for _ in 0..TURNS {
        let Ok(count @ 1..) = u64::try_from(open.len()) else { break };
        let turn = usize::try_from(chance.next() % count).unwrap_or_default();
        if let Poll::Ready(output) = open[turn].1.as_mut().poll(&mut context) {
            let (index, _) = open.swap_remove(turn);
            outputs[index] = Some(output);
        }
    }
    outputs
}
