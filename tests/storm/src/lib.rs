//! Schedules by chance: the real engine in a made-up world where everything goes wrong, and the checks that nothing was lost.
//!
//! | step | module |
//! |---|---|
//! | a seed becomes a plan: which operations, who works, what goes wrong | [`plan`] |
//! | a world is prepared once, and copied for each schedule | [`ground`] |
//! | drivers, workers and people take turns in the order that the seed gives; who dies comes back | [`turns`], [`crew`] |
//! | people approve, refuse, and hand in what must not count | [`people`], [`desk`] |
//! | what each driver saw of the store is written down | [`record`] |
//! | nothing goes wrong any more, and everything must come to its end | [`schedule`] |
//! | the world must be what it would have been, and no order of calls may be impossible | [`judge`], [`chain`], [`register`] |
//! | nothing may happen that people did not agree to who must | [`agreement`] |
//! | what it all came to | [`figures`] |
//! | the same with a mistake on purpose, which must be found | [`bugs`] |
//!
//! **The same seed gives the same trace, byte for byte.** Nothing reads the machine's clock, its randomness, or the order of a
//! hash table. **Absent on purpose:** any other engine, ledger or saga than the ones that users run.

pub mod agreement;
pub mod bugs;
pub mod chain;
pub mod crew;
pub mod desk;
pub mod ended;
pub mod figures;
pub mod ground;
pub mod judge;
pub mod people;
pub mod plan;
pub mod record;
pub mod register;
pub mod schedule;
pub mod turns;
