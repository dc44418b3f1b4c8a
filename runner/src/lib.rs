//! The runner: the one program on a member's VM. It verifies the signed release, then runs it.
