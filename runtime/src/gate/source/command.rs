//! A command that judges: exit 0 is a pass, 1 a fail, 2 inconclusive, everything else an error.
//!
//! The last line that it prints may be JSON as an address would answer: `{"reason": …}`, or `{"value": …}` for the bound of the
//! gate. Its exit code goes before a verdict in there. It gets a time, and is killed with all processes of its group.

use std::{env, path::Path, process::Stdio, time::Duration};

use rustix::process::{Pid, Signal, kill_process_group};
use skiff_wire::Verdict;
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, Command},
    time::timeout,
};

use super::{
    Asked, Reading,
    answer::{Answer, Question, shortened},
};
use crate::error::Error;

/// What a command gets of the environment; the rest may hold what is nobody's business.
const INHERITED: [&str; 9] = ["HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TMPDIR", "TZ", "USER"];
/// How much of its output is read.
const BYTES: u64 = 64 * 1024;

pub(super) async fn read(asked: &Asked<'_>, folder: &Path, argv: &[String], seconds: u32) -> Result<Reading, Error> {
    let program = argv.first().map_or("", String::as_str);
    let place = format!("the command `{program}`");
    let mut child =
        command(asked, folder, argv).spawn().map_err(|error| asked.unreachable(&place, &error.to_string()))?;
    let mut group = Group(child.id());
    let ended = timeout(Duration::from_secs(u64::from(seconds)), finish(&mut child)).await;
    if ended.is_ok() {
        // The number is free by now, and may soon be somebody else's.
        group.0 = None;
    }
    drop(group);
    let (code, output) = match ended {
        Ok(ended) => ended.map_err(|error| asked.unreachable(&place, &error.to_string()))?,
        Err(_) => return Err(asked.unreachable(&place, &format!("it has not ended within {seconds} seconds"))),
    };
    told(asked, &place, code, &output)
}

fn command(asked: &Asked<'_>, folder: &Path, argv: &[String]) -> Command {
    let question = Question::of(asked);
    let mut command = Command::new(argv.first().map_or("", String::as_str));
    command.args(argv.iter().skip(1)).current_dir(folder).env_clear();
    for name in INHERITED {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    for (name, value) in [
        ("SKIFF_APP", question.app),
        ("SKIFF_ENVIRONMENT", question.environment),
        ("SKIFF_SERVICE", question.service),
        ("SKIFF_GATE", question.gate),
        ("SKIFF_CANARY", question.canary),
        ("SKIFF_BASELINE", question.baseline.unwrap_or_default()),
        ("SKIFF_FROM", &question.from),
        ("SKIFF_AT", &question.at),
    ] {
        command.env(name, value);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0).kill_on_drop(true);
    command
}

/// The processes that a command has started, ended when nobody waits for them any more. As long as the first of them is not
/// waited for to its end, the number is theirs.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        let number = self.0.and_then(|number| i32::try_from(number).ok());
        if let Some(group) = number.and_then(Pid::from_raw) {
            // There may be nothing left of it, which is as well.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// Its exit code, absent after a signal, and what it printed.
async fn finish(child: &mut Child) -> std::io::Result<(Option<i32>, String)> {
    let mut output = Vec::new();
    if let Some(printed) = child.stdout.take() {
        drain(printed, &mut output).await?;
    }
    let status = child.wait().await?;
    Ok((status.code(), String::from_utf8_lossy(&output).into_owned()))
}

/// Reads to the end, and keeps the beginning.
async fn drain(mut printed: impl AsyncRead + Unpin, kept: &mut Vec<u8>) -> std::io::Result<()> {
    (&mut printed).take(BYTES).read_to_end(kept).await?;
    tokio::io::copy(&mut printed, &mut tokio::io::sink()).await.map(|_| ())
}

fn told(asked: &Asked<'_>, place: &str, code: Option<i32>, output: &str) -> Result<Reading, Error> {
    let line = output.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    let answer: Answer = serde_json::from_str(line).unwrap_or_default();
    let reason = answer.reason.clone().unwrap_or_else(|| line.to_owned());
    let verdict = match code {
        Some(0) => Verdict::Pass,
        Some(1) => Verdict::Fail,
        Some(2) => Verdict::Inconclusive,
        Some(code) => return Err(asked.unreadable(place, &shortened(&format!("it ends with {code}: {reason}")))),
        None => return Err(asked.unreadable(place, "a signal has ended it")),
    };
    let value = Answer { verdict: None, ..answer };
    if let (Verdict::Pass, Some(reading)) = (verdict, value.reading(asked)) {
        return Ok(reading);
    }
    let reason = if reason.is_empty() { format!("the command ends with {}", code.unwrap_or_default()) } else { reason };
    Ok(Reading::Verdict(verdict, shortened(&reason)))
}
