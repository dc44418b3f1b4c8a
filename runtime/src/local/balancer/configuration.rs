//! What the load balancer is told: rules, target groups and limits, always whole.
//!
//! The vocabulary is that of an Application Load Balancer (Elastic Load Balancing, "Listener rules"), without its ARNs, so that
//! a plan translates piece by piece: conditions of one rule must all hold, values of one condition are alternatives.

use std::{collections::BTreeMap, net::SocketAddr};

use serde::{Deserialize, Serialize};

/// The schema of [`Configuration`].
pub const SCHEMA: &str = "skiff.dev/local-balancer/v1";

/// Everything the load balancer goes by. It is applied as a whole or not at all; requests that have been given to a target go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// [`SCHEMA`].
    pub schema: String,
    /// Which configuration this is: each new one has a higher number. A lower one than what is in effect is refused (`SK2551`).
    pub revision: u64,
    /// Rules in order; the first whose conditions hold decides.
    pub rules: Vec<Rule>,
    /// What a request gets that no rule wants.
    pub default: Action,
    /// Target groups by name; `app/environment/service/slot` for a slot.
    pub groups: BTreeMap<String, Group>,
    /// What is beside the traffic of users, by the name of a rule that forwards. It never decides who answers a user.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shadows: BTreeMap<String, Shadowed>,
    /// How long and how much.
    #[serde(default)]
    pub limits: Limits,
}

impl Configuration {
    /// No rules and no targets: every request gets 404.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            schema: SCHEMA.into(),
            revision: 0,
            rules: Vec::new(),
            default: Action::not_found(),
            groups: BTreeMap::new(),
            shadows: BTreeMap::new(),
            limits: Limits::default(),
        }
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, unique: by it weights are read back.
    pub name: String,
    /// What must hold, all of it; none means every request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// What happens then.
    pub action: Action,
    /// What is changed in a request that is forwarded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rewrite: Option<Rewrite>,
}

/// What a request must be like. In patterns `*` stands for any characters, also none, and `?` for exactly one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "field", deny_unknown_fields)]
pub enum Condition {
    /// Its host without the port is like one of these, whatever the case. `NAME.localhost` counts as `NAME`; and where the rules
    /// name one host in all, `localhost`, `127.0.0.1`, `[::1]` and every `*.localhost` count as that one.
    Host {
        /// Patterns.
        values: Vec<String>,
    },
    /// Its path without the query is like one of the patterns, or is found by one of the expressions; case matters.
    Path {
        /// Patterns.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        values: Vec<String>,
        /// Regular expressions, not anchored unless they say so.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        expressions: Vec<String>,
    },
    /// Its method is one of these, in capitals.
    Method {
        /// Methods.
        values: Vec<String>,
    },
    /// One of the values of a header is like one of these, whatever the case.
    Header {
        /// The header's name.
        name: String,
        /// Patterns.
        values: Vec<String>,
    },
    /// One of its query parameters is like one of these, whatever the case; as sent, before percent-decoding.
    Query {
        /// Patterns of parameters.
        values: Vec<QueryValue>,
    },
    /// It comes from one of these networks, by the address of the connection.
    Source {
        /// Networks in CIDR notation, or single addresses.
        values: Vec<String>,
    },
}

/// A query parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueryValue {
    /// Pattern of its name; absent for any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Pattern of its value.
    pub value: String,
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type", deny_unknown_fields)]
pub enum Action {
    /// A target of one of the groups gets it.
    Forward {
        /// Groups with their weights. One of weight zero gets nothing; where all are zero, the answer is 503.
        groups: Vec<Weighted>,
    },
    /// The client is sent elsewhere. `#{protocol}`, `#{host}`, `#{port}`, `#{path}` (without its first slash) and `#{query}`
    /// stand for the request's own, as in Elastic Load Balancing's redirect actions.
    Redirect {
        /// `HTTP`, `HTTPS` or `#{protocol}`.
        protocol: String,
        /// Host.
        host: String,
        /// Port.
        port: String,
        /// Path with its first slash.
        path: String,
        /// Query without its question mark.
        query: String,
        /// 301, 302, 303, 307 or 308.
        status: u16,
    },
    /// The load balancer answers by itself.
    Respond {
        /// Status, 200 to 599.
        status: u16,
        /// Content type; absent for a body that has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content_type: Option<String>,
        /// Body.
        #[serde(default)]
        body: String,
    },
}

impl Action {
    /// 404 with a sentence, as the environment's default listener gives it.
    #[must_use]
    pub fn not_found() -> Self {
        Self::Respond { status: 404, content_type: Some("text/plain".into()), body: "not found".into() }
    }
}

/// A group with its weight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weighted {
    /// Name of the group.
    pub group: String,
    /// 0 to 999.
    pub weight: u32,
}

/// Where the test listener leads to by a rule, and what of the rule's requests is mirrored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shadowed {
    /// Name of the group.
    pub group: String,
    /// How many of a hundred GET, HEAD and OPTIONS requests without a body are sent there as well, 0 to 100.
    #[serde(default)]
    pub mirror_percent: u32,
}

/// Changes to a request before a target gets it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rewrite {
    /// In its path and query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<Replacement>,
    /// In its `Host` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Replacement>,
}

/// The first place where an expression matches is replaced; without one nothing is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replacement {
    /// The regular expression.
    pub expression: String,
    /// What takes its place; `$1` is the first group.
    pub replace: String,
}

/// Targets that are alike: the members of one slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Words for metrics: `app`, `environment`, `service`, `slot`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Its targets. One that is missing in the next configuration drains.
    pub targets: Vec<Target>,
    /// How their health is checked.
    pub check: Check,
    /// How long a removed target may take for the requests it has, in milliseconds.
    pub deregistration_delay_ms: u64,
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its instance id, unique within the group.
    pub instance: String,
    /// Where its application listens.
    pub address: SocketAddr,
    /// Where its health is asked for: the runner's health port.
    pub health: SocketAddr,
}

/// A health check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Path that is asked for.
    pub path: String,
    /// Statuses of a good answer: `200`, `200,202` or `200-299`.
    pub codes: String,
    /// Time between checks. Before the first good one, and when a connection was refused, they come four times a second.
    pub interval_ms: u64,
    /// How long an answer may take.
    pub timeout_ms: u64,
    /// How many good answers in a row make an unhealthy target healthy; a new one needs one.
    pub healthy: u32,
    /// How many bad answers in a row make a healthy target unhealthy.
    pub unhealthy: u32,
}

/// How long and how much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// How long a connection to a target may take, in milliseconds.
    pub connect_ms: u64,
    /// How long nothing may move on a connection in the middle of a request, in milliseconds; 504 before the answer's head.
    pub idle_ms: u64,
    /// How long a client's connection is kept without a request, and how long a request's head may take.
    pub keep_alive_ms: u64,
    /// How long an unused connection to a target is kept; less than applications usually keep theirs.
    pub target_keep_alive_ms: u64,
    /// The largest head of a request in bytes; more gets 431. At least 8192. New connections go by a changed one.
    pub head_bytes: usize,
    /// The largest body of a request in bytes; more gets 413. Absent for no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_bytes: Option<u64>,
    /// How long a request waits for a healthy target, in milliseconds, before it gets 503; zero for not at all.
    pub patience_ms: u64,
    /// How long requests in flight may take when the load balancer is asked to end, in milliseconds.
    pub finish_ms: u64,
}

impl Default for Limits {
    /// Sixty seconds idle and 64 KiB of head, as an Application Load Balancer has them.
    fn default() -> Self {
        Self {
            connect_ms: 2_000,
            idle_ms: 60_000,
            keep_alive_ms: 60_000,
            target_keep_alive_ms: 4_000,
            head_bytes: 65_536,
            body_bytes: None,
            patience_ms: 0,
            finish_ms: 30_000,
        }
    }
}
