//! Verify, repair and gc on ledgers with one thing wrong each.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a broken assumption ends a test")]

mod collecting;
mod repairing;
mod shop;
mod verifying;
