//! The local load balancer: HTTP/1.1 in front of members, with weights, health checks and draining.

pub mod codes;
pub mod configuration;
pub mod report;

pub use configuration::{
    Action, Check, Condition, Configuration, Group, Limits, QueryValue, Replacement, Rewrite, Rule, SCHEMA, Target,
    Weighted,
};
pub use report::{GroupTraffic, Refusal, TargetReport, TargetState, TrafficReport};
