//! The walk of `skiff quickstart`: a project, a key, a load balancer, a release, another one under load, and back again.
//!
//! Each step is a command line of `skiff`, run by this very executable in the project's folder ([`stage`]): **there is no path
//! that a user does not have.** [`folder`] makes what a user would have, [`load`] sends requests meanwhile and counts what it
//! gets, [`tell`] lays it out for people. Whatever happens, what was started is ended and what was made is removed, unless it is
//! to be kept.

mod folder;
mod http;
mod load;
mod stage;
mod tell;
mod walk;

pub(crate) use walk::{Walk, walk};
