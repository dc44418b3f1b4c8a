//! `skiff demo`: the example service of the quickstart.

use clap::Args;
use serde_json::json;

use crate::{
    demo::{self, Settings},
    failure::Failure,
    operating::wait_for,
    outcome::Outcome,
};

/// Serve HTTP as the quickstart's example service
///
/// The environment says how: HOST and PORT (127.0.0.1, 8080), VERSION (v1), ERROR_RATE (a share such as 0.05 or 5%, in a fixed
/// pattern), LATENCY_MS. It answers with its version, also as the header `x-version`; `/healthz` is always well, and
/// `/slow?ms=500` takes its time. SIGTERM and SIGINT end it once the requests in flight are answered. Forms: text, json.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  PORT=8080 VERSION=v2 ERROR_RATE=5% skiff demo")]
pub(crate) struct DemoArguments {}

/// Serves until a signal comes.
pub(crate) fn run(_: &DemoArguments) -> Result<Outcome, Failure> {
    let settings = Settings::of(|name| std::env::var(name).ok())?;
    let address = wait_for(demo::run(settings))?;
    Ok(Outcome::done("STOPPED", format!("`{address}` is free again"))
        .body("")
        .data(json!({ "address": address.to_string() })))
}
