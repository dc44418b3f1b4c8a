//! The local load balancer over real sockets: what it may never lose, misdirect or let through.
//!
//! | module | asks |
//! |---|---|
//! | `weights` | does each group get exactly its share, and a weight of zero nothing? |
//! | `change` | is no request lost while configurations change and targets drain? |
//! | `trouble` | who suffers when a target dies, and who is asked again? |
//! | `stream` | do bodies of any size and speed pass, both ways? |
//! | `refuse` | is what is malformed or smuggled refused? |
//! | `route` | do rules, redirects, rewrites and hosts decide as they should? |
//! | `shadow` | is what is beside the traffic of users never in its way? |
//! | `upgrade` | does a WebSocket get through? |
//! | `restart` | does a killed load balancer lose only what it had in its hands? |
//! | `control` | what does the control socket tell and refuse? |

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "the whole crate is tests, and its functions outside #[test] too"
)]

mod change;
mod control;
mod process;
mod raw;
mod refuse;
mod restart;
mod route;
mod setup;
mod shadow;
mod stream;
mod target;
mod trouble;
mod upgrade;
mod weights;
