//! The codes of the import of Kubernetes manifests, by topic. The severity of a code is the fate of what it is said about.

pub mod general;
pub mod pod;
pub mod runtime;
pub mod traffic;
pub mod workload;

use skiff_compiler::diagnostic::Code;

/// All of them; those of the reader are in [`read::codes`](super::read::codes).
#[must_use]
pub fn all() -> Vec<&'static Code> {
    [general::CODES, pod::CODES, runtime::CODES, traffic::CODES, workload::CODES].concat()
}
