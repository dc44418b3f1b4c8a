//! The local provider: processes on this machine behind a load balancer of ours.

pub mod codes;
pub mod secret;
