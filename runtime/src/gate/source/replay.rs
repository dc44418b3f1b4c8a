//! Recorded readings: a file of lines, each in effect from its second of the stage on.
//!
//! ```json
//! {"after": 0, "canary": 0.002, "baseline": 0.001}
//! {"after": 30, "verdict": "error", "reason": "the collector restarts"}
//! ```

use std::{fs, io::Read, path::Path};

use serde::Deserialize;
use skiff_wire::Verdict;

use super::{Asked, Reading};
use crate::error::Error;

/// The largest file.
const BYTES: u64 = 4 << 20;

/// One line of the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// Seconds since watching began.
    after: f64,
    /// The gate it is for; absent for every one.
    gate: Option<String>,
    canary: Option<f64>,
    baseline: Option<f64>,
    verdict: Option<Verdict>,
    reason: Option<String>,
}

pub(super) fn read(asked: &Asked<'_>, path: &Path) -> Result<Reading, Error> {
    let place = format!("the file `{}`", path.display());
    let text = text(path).map_err(|error| asked.unreachable(&place, &error.to_string()))?;
    let seconds = asked.at.duration_since(asked.from).as_secs_f64();
    let mut latest: Option<Line> = None;
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let bad = |error| asked.unreadable(&place, &format!("line {}: {error}", number + 1));
        let line: Line = serde_json::from_str(line).map_err(bad)?;
        let is_mine = line.gate.as_ref().is_none_or(|gate| *gate == asked.gate.name);
        let is_later = latest.as_ref().is_none_or(|before| line.after >= before.after);
        if is_mine && is_later && line.after <= seconds {
            latest = Some(line);
        }
    }
    Ok(latest.map_or_else(|| Reading::NoData(format!("{place} has nothing for second {seconds}")), Line::told))
}

fn text(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let read = fs::File::open(path)?.take(BYTES + 1).read_to_string(&mut text)?;
    if u64::try_from(read).is_ok_and(|read| read > BYTES) {
        return Err(std::io::Error::other("it is larger than four mebibytes"));
    }
    Ok(text)
}

impl Line {
    fn told(self) -> Reading {
        let reason = self.reason.unwrap_or_else(|| "as it was recorded".into());
        match (self.verdict, self.canary) {
            (Some(verdict), _) => Reading::Verdict(verdict, reason),
            (None, Some(canary)) => Reading::Values { canary, baseline: self.baseline },
            (None, None) => Reading::NoData(reason),
        }
    }
}
