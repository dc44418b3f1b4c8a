//! One file for each command: its arguments, its help and its `run`.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod explain_resource;
pub(crate) mod generate;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod lock;
pub(crate) mod man;
pub(crate) mod plan;
pub(crate) mod schema;
pub(crate) mod terraform;
