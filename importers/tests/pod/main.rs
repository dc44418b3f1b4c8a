//! What a pod says, by the traps of the Kubernetes API.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod imported;
mod placement;
mod runtime;
mod scale;
