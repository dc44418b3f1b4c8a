//! The typed intermediate representation.

/// Everything that is to exist, typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Ir;
