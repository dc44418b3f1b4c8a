//! How long things take in the made-up cloud, what it cannot do, and what it does wrong.

/// How long things take in the made-up cloud, what it cannot do, and what it does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Seconds until a new member has read its assignment.
    pub seconds_to_boot: i64,
    /// Seconds until a member that is told to leave has left.
    pub seconds_to_leave: i64,
    /// Seconds until weights that were set are in effect, and what the test listener leads to.
    pub seconds_to_move: i64,
    /// Requests of users for each service in a second.
    pub requests_per_second: u32,
    /// Whether it carries a call out again although it knows the token.
    pub ignores_tokens: bool,
    /// Whether it carries a call out although its epoch is old.
    pub ignores_epochs: bool,
    /// Each so-manieth set of weights is acknowledged, and nothing of it happens; zero when it says the truth.
    pub lies_every: u64,
    /// Whether the health check of each member fails now and then, although it serves.
    pub flaps: bool,
    /// Whether new members run what their slot was assigned before, as one does whose disk is an old copy.
    pub stale_members: bool,
    /// What becomes of the counts of requests.
    pub metrics: Metrics,
}

/// What becomes of the counts of requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Metrics {
    /// They are there.
    #[default]
    There,
    /// Whoever asks gets an answer without any of them.
    Gone,
    /// Whoever asks gets no answer.
    Unavailable,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            seconds_to_boot: 4,
            seconds_to_leave: 2,
            seconds_to_move: 2,
            requests_per_second: 2,
            ignores_tokens: false,
            ignores_epochs: false,
            lies_every: 0,
            flaps: false,
            stale_members: false,
            metrics: Metrics::There,
        }
    }
}
