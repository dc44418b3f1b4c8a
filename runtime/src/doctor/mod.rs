//! What `skiff doctor` tries on a store: real races for real keys.
//!
//! [`race::prepare`] makes the probe, each contestant (a task or another process) calls [`race::contend`], and
//! [`race::judge`] counts: a store that lets two win or forgets a winner is refused. Probes lie below `probe/`, the only place
//! where a bucket's policy lets anybody delete, and are removed in the end.

pub mod codes;
pub mod race;
#[cfg(test)]
mod tests;
