//! The engine apart from any saga: what a log adds up to.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what it expects")]

mod status;
