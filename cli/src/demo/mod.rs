//! The example service of the quickstart: an HTTP server whose version, failures and latency can be set.
//!
//! [`settings`] reads the environment, [`answer`] decides what a request gets, [`server`] listens and stops. Failures
//! follow a pattern and not chance, so that a share of 5 % is exactly every twentieth request.

mod answer;
mod server;
mod settings;

pub(crate) use server::run;
pub(crate) use settings::Settings;
