//! Who is next: one turn of a driver after one of another, in the order that a seed gives. Who dies comes back as somebody new.

use std::task::{Context, Poll, Waker};

use skiff_runtime::simulation::{faults::Faults, schedule::Task, world::SeededRandom};

/// How many turns a schedule has at most, before what is not done by then counts as stuck.
const TURNS: u32 = 400_000;
/// How often somebody comes back at most; nobody dies for ever.
const LIVES: u32 = 40;

/// Somebody at work.
pub struct Worker<'a> {
    /// By this name faults find it.
    pub name: String,
    /// What is left to do.
    pub task: Task<'a, ()>,
}

/// Lets all of them work until everybody is done; `again` makes the one that comes back in the place of one that has died.
///
/// Gives whether everybody was done before the turns were used up.
pub fn take_turns<'a>(
    seed: u64,
    faults: &Faults,
    mut workers: Vec<Worker<'a>>,
    mut again: impl FnMut(&str) -> Option<Worker<'a>>,
) -> bool {
    let chance = SeededRandom::new(seed);
    let mut context = Context::from_waker(Waker::noop());
    let mut lives = LIVES;
    for _ in 0..TURNS {
        let Ok(count @ 1..) = u64::try_from(workers.len()) else { return true };
        let turn = usize::try_from(chance.next() % count).unwrap_or_default();
        let Some(worker) = workers.get_mut(turn) else { continue };
        if let Poll::Ready(()) = worker.task.as_mut().poll(&mut context) {
            drop(workers.swap_remove(turn));
        } else if faults.has_died(&worker.name) {
            let dead = workers.swap_remove(turn);
            faults.replace(&dead.name);
            lives = lives.saturating_sub(1);
            workers.extend(again(&dead.name).filter(|_| lives > 0));
        }
    }
    workers.is_empty()
}
