//! The field table: what becomes of every field of every kind, declared once.
//!
//! `docs/import-kubernetes.md` is made from these declarations, and a test holds them against the API: each of its fields
//! has a row. A row is a field's default; the mapping may say something else of a value (`field.say(…)`), and a field that
//! is declared as mapped but was not read by the mapping counts as unsupported, so that no row can promise too much.

mod config;
mod container;
mod kinds;
mod metadata;
mod others;
mod pod;
mod row;
mod runtime;
mod scale;
mod traffic;
mod tree;
mod volumes;
mod workload;

pub use kinds::{KINDS, Kind, Section, kind, other};
pub use others::{OTHERS, Other};
pub use row::{Row, fate_of, ignored, mapped, mapped_as, said};
pub use tree::{Expected, Tree, tree};
