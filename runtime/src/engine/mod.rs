//! The engine: typed steps, an append-only log, and what it adds up to.

pub mod codes;
