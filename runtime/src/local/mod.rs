//! The local provider: processes on this machine behind a load balancer of ours.

pub mod balancer;
pub mod codes;
