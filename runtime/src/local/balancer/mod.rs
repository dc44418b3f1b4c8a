//! The local load balancer: HTTP/1.1 in front of members, with weights, health checks and draining.
//!
//! ```text
//! client ─► serve ─► proxy: rules ─► a group by weight ─► a member by load ─► pool ─► target
//!             ▲        │ headers, rewrite        wheel          health          body: streamed both ways
//! control ────┘        └► redirect, fixed answer, or a page with its reason in `x-skiff-reason`
//! ```
//!
//! | module | gives |
//! |---|---|
//! | [`configuration`] | what it is told, always whole: [`Configuration`] |
//! | [`report`] | what it says: [`TrafficReport`], [`TargetReport`] |
//! | [`client`] | [`Client`]: the other end of its control socket |
//! | `serve` | [`serve()`]: the process |
//!
//! **A target that is not healthy gets nothing, and no user is answered by one of weight zero, ever**: each attempt of a request is
//! decided by the table that is in effect at that moment. A group without a healthy target answers 503 for its share; no other
//! group takes it over, so that what a slot cannot do is seen. **Requests in flight outlive a change of configuration.**
//!
//! Beside the traffic of users there may be a shadow for each rule: the group that the test listener, a second socket, leads to, and
//! that a share of the requests is mirrored to. Weights do not apply there, and health does.
//!
//! A request is tried on another member when the connection could not be made, whatever its method, since nothing was sent.
//! When a connection breaks before an answer, only an idempotent request without a body is sent again.
//!
//! **Absent on purpose:** TLS, HTTP/2 and gRPC, stickiness, and bodies in memory.

mod ask;
mod body;
pub mod client;
pub mod codes;
pub mod configuration;
mod control;
mod counts;
mod headers;
mod health;
mod member;
mod metrics;
mod mirror;
mod network;
mod page;
mod pass;
mod pattern;
mod pool;
mod proxy;
mod redirect;
pub mod report;
mod rules;
mod scanner;
mod serve;
mod state;
mod stream;
mod table;
mod tunnel;
mod wheel;

pub use client::Client;
pub use configuration::{
    Action, Check, Condition, Configuration, Group, Limits, QueryValue, Replacement, Rewrite, Rule, SCHEMA, Shadowed,
    Target, Weighted,
};
pub use counts::bounds;
pub use page::REASON;
pub use report::{GroupTraffic, MirrorTraffic, Refusal, TargetReport, TargetState, TrafficReport};
pub use serve::{serve, serve_standard_input};
