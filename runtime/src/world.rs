//! What the runtime has of the world beside a store and a provider: time and chance.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

/// The time, and waiting for it.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time of day; it may jump, so nothing that must be safe depends on it.
    fn now(&self) -> Timestamp;

    /// Waits.
    async fn sleep(&self, duration: Duration);
}

/// Chance.
pub trait Random: Send + Sync {
    /// Fills the buffer with bytes that nobody can guess (a simulation's: that its seed gives).
    fn fill(&self, buffer: &mut [u8]);
}

/// Time and chance, shared by all that act.
#[derive(Clone)]
pub struct World {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

impl World {
    /// The real world: the machine's clock, the operating system's randomness.
    #[must_use]
    pub fn real() -> Self {
        Self { clock: Arc::new(MachineClock), random: Arc::new(SystemRandom) }
    }

    /// A fresh nonce: 32 hexadecimal digits.
    #[must_use]
    pub fn nonce(&self) -> String {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        Uuid::from_bytes(bytes).simple().to_string()
    }

    /// A fresh id that sorts by time: a UUID of version 7 (RFC 9562).
    #[must_use]
    pub fn id(&self) -> String {
        let mut chance = [0; 10];
        self.random.fill(&mut chance);
        let milliseconds = u64::try_from(self.clock.now().as_millisecond()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &chance).into_uuid().to_string()
    }

    /// A number below `bound`, for jitter; zero for a bound of zero.
    #[must_use]
    pub fn below(&self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        self.random.fill(&mut bytes);
        u64::from_le_bytes(bytes).checked_rem(bound).unwrap_or_default()
    }
}

struct MachineClock;

#[async_trait]
impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        // Documents say milliseconds; more digits would only be noise in a difference.
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        // The operating system's source fails only while the machine boots; waiting for it is what it asks for.
        while getrandom::fill(buffer).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
