//! The local provider: processes on this machine behind a load balancer of ours.
//!
//! ```text
//! LocalCloud ──calls──► supervisor ──configuration──► load balancer ──requests──► workloads
//!     │                     └──────────starts──────────► runner per member ──starts──► workloads
//!     └──reads──► documents below `cloud/`, the load balancer, the members' documents
//! ```
//!
//! | module | gives |
//! |---|---|
//! | [`client`] | [`LocalCloud`]: [`Shape`](crate::provider::Shape) and [`Motion`](crate::provider::Motion) |
//! | [`mod@up`], [`mod@down`], [`mod@status`] | what the commands of the same names do |
//! | [`supervisor`] | the process that is the cloud: it launches, ends, restarts and adopts |
//! | [`desired`], [`place`] | its documents, and where they are |
//!
//! **The supervisor writes down what is wanted before it says yes**, so any process may be killed at any moment and nothing
//! is lost: the next supervisor adopts what still runs. **It never signals a process that it cannot prove to be its own.**

pub mod applying;
pub mod balancer;
pub mod call;
pub mod client;
pub mod codes;
pub mod desired;
pub mod down;
mod file;
mod link;
pub mod pin;
pub mod place;
pub mod process;
pub mod programs;
mod routing;
pub mod secret;
mod socket;
pub mod status;
pub mod supervisor;
pub mod up;
mod usage;

pub use applying::shape_differs;
pub use client::LocalCloud;
pub use down::{DownReport, down};
pub use place::Place;
pub use programs::{Program, Programs};
pub use status::{LocalMemberStatus, LocalStatus, status};
pub use supervisor::{SuperviseOptions, supervise};
pub use up::{UpOptions, UpReport, up};
