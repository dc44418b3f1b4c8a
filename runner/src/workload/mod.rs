//! One workload: prepared, started, watched, started again, stopped.
//!
//! | module | gives |
//! |---|---|
//! | [`plan`] | what is started: a process of a bundle, or a container |
//! | [`process`] | the running process and its group |
//! | [`supervise`] | the life of one workload until it is told to stop |
//! | [`watch`] | probes that say whether it has started, serves, lives |
//! | [`hook`] | what runs after the start and before the stop |
//! | [`board`] | what all workloads of the member are at |

pub(crate) mod board;
pub(crate) mod engine;
pub(crate) mod hook;
pub(crate) mod plan;
pub(crate) mod process;
pub(crate) mod supervise;
pub(crate) mod watch;
