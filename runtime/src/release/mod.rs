//! Releases: bundles, statements, bills of materials, provenance.

pub mod codes;
