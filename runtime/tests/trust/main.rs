//! Keys, envelopes, roots and releases: what is accepted, and every way in which something is refused.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the whole crate is tests, and its functions outside #[test] too"
)]

mod envelopes;
mod json;
mod keys;
mod mutations;
mod releases;
mod roots;
mod scene;
mod vectors;
