//! Who may sign, and the one place that decides whether bytes may run.

pub mod codes;
