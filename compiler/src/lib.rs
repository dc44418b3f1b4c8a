//! Compiles `skiff.yaml` into a typed intermediate representation.

pub mod diagnostic;
pub mod facts;
pub mod ir;
pub mod lower;
pub mod node;
pub mod read;
pub mod resolve;
pub mod source;
pub mod spec;

use diagnostic::{Code, Diagnostics};
use ir::Ir;
use skiff_wire::Lock;
use source::Sources;

/// What one compilation gives: the IR when nothing was wrong, and everything that was found.
#[derive(Debug)]
pub struct Compilation {
    /// Present when there is no error.
    pub ir: Option<Ir>,
    /// Errors, warnings and notes.
    pub diagnostics: Diagnostics,
}

/// Compiles one spec for one environment.
#[must_use]
pub fn compile(_sources: &Sources, _lock: &Lock) -> Compilation {
    Compilation { ir: None, diagnostics: Diagnostics::default() }
}

/// Every code that the compiler can raise, by id.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    read::codes::CODES.to_vec()
}
