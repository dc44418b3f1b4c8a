//! Everything real on this machine: the command line, the supervisor, the load balancer, runners and workloads, and each of
//! them killed at every point.

mod bad;
mod crash;
mod kills;
mod load;
mod operations;
mod world;
