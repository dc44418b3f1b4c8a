//! Every saga in a made-up world: what it does, what it takes back, and that it survives its driver's death anywhere.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test says what it expects, and prints its totals"
)]

mod asking;
mod canary;
mod deploy;
mod destroy;
mod histories;
mod late;
mod mechanics;
mod members;
mod mutants;
mod people;
mod refusals;
mod rehearsing;
mod rivals;
mod scenario;
mod shape;
mod stage;
