//! Everything real on this machine: the command line, the supervisor, the load balancer, runners and workloads, and each of
//! them killed at every point.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "the whole crate is tests, and its functions outside #[test] too"
)]

mod bad;
mod crash;
mod example;
mod kills;
mod kinds;
mod load;
mod operations;
mod points;
mod rollouts;
mod schema;
mod standing;
mod world;
