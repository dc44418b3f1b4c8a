//! The sagas, one file each.

pub mod codes;
