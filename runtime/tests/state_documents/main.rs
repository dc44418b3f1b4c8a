//! Documents of the ledger: read strictly, upgraded when they are old, refused when they are newer; and who wins.

#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a broken assumption ends a test")]

mod ambiguity;
mod reading;
mod versions;
