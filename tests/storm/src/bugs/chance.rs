//! Chance whose nonces are all the same.

use std::sync::Arc;

use skiff_runtime::world::Random;

/// How many bytes a nonce has; nothing else asks for so many.
const NONCE: usize = 16;

/// Gives one nonce to everybody, and chance for everything else.
pub(super) struct OneNonce {
    pub(super) random: Arc<dyn Random>,
}

impl Random for OneNonce {
    fn fill(&self, buffer: &mut [u8]) {
        if buffer.len() == NONCE { buffer.fill(7) } else { self.random.fill(buffer) }
    }
}
