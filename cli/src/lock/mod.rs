//! `skiff.lock`: how its content is decided.
//!
//! [`priorities`] places listener rules, [`values`] checks what is given by hand, [`registry`] asks what an image tag
//! means today, [`text`] writes the file. Nothing here reads a spec or prints.

pub(crate) mod priorities;
pub(crate) mod registry;
pub(crate) mod text;
pub(crate) mod values;
