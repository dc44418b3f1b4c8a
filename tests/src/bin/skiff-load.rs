//! Makes load over HTTP and prints what it has shown as one JSON document.
//!
//! It ends after `--seconds`, or when it gets SIGINT or SIGTERM. It exits with 1 when a request has failed.

use std::{io::Write, net::SocketAddr, process::ExitCode, time::Duration};

use clap::Parser;
use skiff_tests::load::{Load, Options, Report};
use tokio::signal::unix::{SignalKind, signal};

/// Makes load over HTTP and prints what it has shown as JSON.
#[derive(Parser)]
struct Arguments {
    /// Where connections go, such as 127.0.0.1:8080.
    address: SocketAddr,
    /// Path and query.
    #[arg(default_value = "/")]
    path: String,
    /// The `Host` header.
    #[arg(long, default_value = "localhost")]
    host: String,
    /// The method.
    #[arg(long, default_value = "GET")]
    method: http::Method,
    /// Bytes of body in each request.
    #[arg(long, default_value_t = 0)]
    body_bytes: usize,
    /// Connections at the same time.
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Requests a second, due at fixed times; without it each connection asks again when it has its answer.
    #[arg(long)]
    rate: Option<f64>,
    /// When to end.
    #[arg(long)]
    seconds: Option<f64>,
    /// How long an answer may take, in seconds.
    #[arg(long, default_value_t = 10.0)]
    timeout: f64,
    /// The header of an answer that says which release gave it.
    #[arg(long, default_value = "x-skiff-release")]
    release_header: String,
}

impl Arguments {
    fn options(self) -> Options {
        Options {
            address: self.address,
            host: self.host,
            path: self.path,
            method: self.method,
            body_bytes: self.body_bytes,
            connections: self.connections,
            rate: self.rate,
            duration: self.seconds.map(Duration::from_secs_f64),
            timeout: Duration::from_secs_f64(self.timeout),
            release_header: self.release_header,
        }
    }
}

fn main() -> ExitCode {
    let options = Arguments::parse().options();
    match run(&options) {
        Ok(report) if report.failed_requests() == 0 => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(why) => {
            // Standard error is all that is left to say it on.
            let _ = writeln!(std::io::stderr(), "skiff-load: {why}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<Report, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let report = runtime.map_err(|error| error.to_string())?.block_on(load(options))?;
    let text = serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?;
    writeln!(std::io::stdout(), "{text}").map_err(|error| error.to_string())?;
    Ok(report)
}

async fn load(options: &Options) -> Result<Report, String> {
    let signal = |kind| signal(kind).map_err(|error| error.to_string());
    let (mut interrupted, mut terminated) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let load = Load::start(options)?;
    let end = load.ender();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
        end();
    });
    Ok(load.finished().await)
}
