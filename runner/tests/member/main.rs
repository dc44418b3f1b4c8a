//! Members as they are: real runners, real processes, real signals.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::needless_pass_by_value,
    reason = "the whole crate is tests, and its functions outside #[test] too; `json!` gives values"
)]

mod before;
mod container;
mod life;
mod machine;
mod offline;
mod probes;
mod refusals;
mod scene;
mod workloads;
