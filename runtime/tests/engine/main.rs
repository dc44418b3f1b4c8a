//! The engine apart from any saga: what a log adds up to, and ledgers that do not do what they are asked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what it expects")]

mod ledger;
mod status;
