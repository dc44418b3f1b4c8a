//! The ledger: documents in a store, under keys that everybody agrees on.

pub mod codes;
pub mod layout;
