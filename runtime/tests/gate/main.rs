//! Gates: every metric and every verdict, the judge's arithmetic, and the sources outside.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failure here is a failed test")]
mod asking;
mod judging;
mod scene;
mod server;
mod watching;
mod writing;
