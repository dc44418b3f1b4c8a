//! The runner: the one program on a member's VM. It verifies the signed release, then runs it.

pub mod codes;

/// Every code that the runner can report.
#[must_use]
pub fn codes() -> Vec<&'static skiff_wire::Code> {
    codes::CODES.to_vec()
}
