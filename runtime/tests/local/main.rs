//! The local provider with real processes: this very test binary is supervisor, load balancer and runner by the test
//! [`world::process`], as one `skiff` executable is all of them by its hidden commands.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod before;
mod legacy;
mod life;
mod shadow;
mod traffic;
mod trouble;
mod world;
