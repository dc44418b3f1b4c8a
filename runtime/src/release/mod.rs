//! Releases: what is run, where it may run, and who says so.
//!
//! | module | gives |
//! |---|---|
//! | [`bundle`], [`unpack`](mod@unpack) | a folder as the same bytes everywhere, and back, safely |
//! | [`content`] | the artifacts of a manifest: packed folders, images by digest |
//! | [`create`](create()) | a signed release in the ledger, with its attestations beside it |
//! | [`shelf`] | what is in the ledger: list, find, read and verify |
//! | [`materials`], [`provenance`] | the bill of materials (CycloneDX), and how the release was made (SLSA) |
//!
//! **A release is whole**: every value and every digest is in it. What is not known yet is refused, never looked up later.
//! The release itself is written last, so one that can be read has all it needs.

pub mod bundle;
pub mod codes;
pub mod content;
mod create;
pub mod materials;
pub mod provenance;
pub mod shelf;
pub mod unpack;

pub use content::{Content, prepare};
pub use create::{CreatedRelease, NewRelease, create, rollback_release};
pub use shelf::{Listed, fetch_artifact, find, list, read, read_verified};
pub use unpack::unpack;

use crate::{state::layout::ServiceScope, trust::Binding};

/// What a release of a service must be for.
#[must_use]
pub fn binding(scope: &ServiceScope) -> Binding {
    Binding {
        app: scope.scope.app.clone(),
        environment: scope.scope.environment.clone(),
        service: scope.service.clone(),
    }
}
