//! Importers turn foreign input into a spec plus an account of it. They never emit, and they read no file themselves.
//!
//! | module | what it is |
//! |---|---|
//! | [`import`] | what an import takes and gives |
//! | [`account`] | what became of every leaf of the input |
//! | [`kube`] | manifests of Kubernetes: read, walked along the field table, mapped |
//! | [`compose`] | a Compose file, along a field table of its own |
//! | [`write`](mod@write) | `skiff.yaml` as text, with comments where something is missing |
//! | [`report`] | the account for people and programs |
//!
//! - **Nothing is dropped in silence**: every leaf has a fate; what cannot be read is a finding with a place, a reason and
//!   what to do.
//! - **No input makes an importer panic**, run out of memory or recurse without bound.
//! - **No value of a Secret** is in anything that an importer gives.

pub mod account;
mod application;
pub mod compose;
mod dollar;
pub mod import;
pub mod kube;
pub mod names;
mod placeholders;
mod protocol;
pub mod report;
pub mod secrets;
mod uses;
pub mod write;

use skiff_compiler::diagnostic::Code;

/// Every code that an import can report.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    [kube::read::codes::CODES.to_vec(), kube::codes::all(), compose::codes::CODES.to_vec()].concat()
}
