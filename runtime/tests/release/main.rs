//! Releases: packing, making, finding, going back, unpacking.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the whole crate is tests, and its functions outside #[test] too"
)]

mod attested;
mod bundles;
mod making;
mod refusals;
mod scene;
mod unpacking;
