//! Operations as people and workers handle them, with real processes on the local provider: looked at, paused, taken back,
//! approved, left to workers, superseded.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    dead_code,
    reason = "the whole crate is tests, and not every test needs all of a world"
)]

mod asking;
mod cutover;
mod deciding;
mod gates;
#[path = "../local/load.rs"]
mod load;
mod looking;
#[path = "../local/schema.rs"]
mod schema;
mod shadowing;
mod stage;
mod superseding;
mod twice;
mod watching;
mod workers;
#[path = "../local/world.rs"]
mod world;
