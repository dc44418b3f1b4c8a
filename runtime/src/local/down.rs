//! `down`: ends exactly what the provider started, and keeps everything that it wrote.

use std::time::Duration;

use rustix::process::Signal;
use serde::Serialize;
use tokio::time::{Instant, sleep};

use crate::{
    error::{Error, ErrorKind},
    local::{
        LocalCloud,
        call::Call,
        codes,
        desired::Up,
        file,
        place::Place,
        process::{Marked, ProcessId, marked},
        supervisor,
    },
};

/// How long a killed process may take until it is gone.
const KILLED: Duration = Duration::from_secs(5);
/// How long a supervisor that begins may take until it answers.
const BEGINNING: Duration = Duration::from_secs(30);
/// How often it is looked whether something is gone.
const GLANCE: Duration = Duration::from_millis(25);

/// What `down` did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DownReport {
    /// Whether there was anything to end.
    pub was_up: bool,
    /// What was ended: processes by number, with what they were.
    pub ended: Vec<EndedProcess>,
}

/// A process that was ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndedProcess {
    /// Its number.
    pub pid: i32,
    /// `supervisor`, `balancer`, or a member's instance id, for its runner and its workloads.
    pub role: String,
}

/// Ends members (with their drain and grace), load balancer and supervisor. Works as well when the supervisor is dead, and
/// does nothing when nothing is there.
///
/// # Errors
/// A process that does not end, which is named.
pub async fn down(cloud: &LocalCloud) -> Result<DownReport, Error> {
    let place = cloud.place();
    let there = marked(place);
    let was_up = !there.is_empty() || file::read::<Up>(&place.up())?.is_some();
    if !was_up {
        return Ok(DownReport { was_up, ended: Vec::new() });
    }
    stop(cloud).await?;
    end_rest(place).await?;
    let ended = there.into_iter().map(|Marked { process, role }| EndedProcess { pid: process.pid, role }).collect();
    Ok(DownReport { was_up, ended })
}

/// Has the supervisor end everything, or does it in its place when there is none.
async fn stop(cloud: &LocalCloud) -> Result<(), Error> {
    let deadline = Instant::now() + BEGINNING;
    loop {
        if let Some(greeting) = cloud.hello().await? {
            match cloud.change(&Call::Stop).await {
                // It was about to end, or ended before it could say so: what is left is ended afterwards.
                Err(error) if error.code() == &codes::NOT_UP => {}
                other => other?,
            }
            wait_for(greeting.supervisor.process).await;
            return Ok(());
        }
        match supervisor::end_all(cloud.place(), &cloud.programs).await {
            // One that begins has its lock before it answers.
            Err(error) if error.code() == &codes::SECOND_SUPERVISOR && Instant::now() < deadline => {
                sleep(GLANCE).await;
            }
            other => return other,
        }
    }
}

/// Waits for as long as the supervisor works: each of its own waits has an end.
async fn wait_for(process: ProcessId) {
    while process.is_alive() {
        sleep(GLANCE).await;
    }
}

/// Kills what is still there by its mark, such as a workload that left its group.
async fn end_rest(place: &Place) -> Result<(), Error> {
    let deadline = Instant::now() + KILLED;
    loop {
        let left = marked(place);
        let Some(first) = left.first() else { return Ok(()) };
        for one in &left {
            one.process.signal(Signal::KILL).map_err(|error| not_ended(one, &error.to_string()))?;
        }
        if Instant::now() > deadline {
            return Err(not_ended(first, "it was killed and is still there"));
        }
        sleep(GLANCE).await;
    }
}

pub(crate) fn not_ended(process: &Marked, why: &str) -> Error {
    let message = format!("process {} (`{}`) did not end: {why}", process.process.pid, process.role);
    Error::new(&codes::NOT_ENDED, ErrorKind::Unavailable, message)
        .hint("end it yourself, then run `skiff local down` again")
}
