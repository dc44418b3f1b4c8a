//! The clock: against that of the store's file system, and against what has happened already.

use std::{io::Write as _, path::Path, time::SystemTime};

use jiff::{SignedDuration, Timestamp};
use skiff_runtime::{
    doctor::codes::{CLOCK_BACK, CLOCK_DIFFERS},
    history::{EventQuery, newest},
};

use super::check::Check;
use crate::{failure::Failure, operating::Operating};

/// How far two clocks may differ before it is worth a word; file systems count in steps of up to two seconds.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(3);

/// Looks at the clock.
pub(super) async fn check(operating: &Operating) -> Check {
    Check::made("clock", look(operating).await)
}

async fn look(operating: &Operating) -> Result<Check, Failure> {
    let query = EventQuery { limit: 1, ..EventQuery::default() };
    let last = newest(&operating.ledger, &operating.scope, &query).await?.events.pop();
    let now = operating.ledger.world.clock.now();
    let apart = difference(&operating.state)?;
    let said = match apart {
        Some(apart) => format!("{:.1} s from that of the file system", apart.as_secs_f64().abs()),
        None => "the state folder is not there yet".into(),
    };
    let mut check = Check::new("clock", said);
    if let Some(event) = last.filter(|event| event.at.duration_since(now) > TOLERANCE) {
        let message = format!("it is {now}, and the newest event in the ledger is from {}", event.at);
        check = check.finding(&CLOCK_BACK, message, "set the clock, and keep it by NTP: `timedatectl set-ntp true`");
    }
    Ok(compared(check, apart))
}

/// With a word about a file system whose clock is another one.
fn compared(check: Check, apart: Option<SignedDuration>) -> Check {
    let Some(apart) = apart.filter(|apart| apart.abs() > TOLERANCE) else { return check };
    let message = format!("a file written now has a time {:.1} s away", apart.as_secs_f64());
    check.finding(&CLOCK_DIFFERS, message, "keep both clocks by NTP")
}

/// How far the time of a file that is written now is ahead of this machine's clock; `None` while there is no folder.
fn difference(state: &Path) -> Result<Option<SignedDuration>, Failure> {
    if !state.is_dir() {
        return Ok(None);
    }
    let failed = |error: &std::io::Error| Failure::file("write", state, error);
    let mut file = tempfile::Builder::new().prefix(".clock-").tempfile_in(state).map_err(|error| failed(&error))?;
    file.write_all(b"?").map_err(|error| failed(&error))?;
    let modified =
        file.as_file().metadata().and_then(|metadata| metadata.modified()).map_err(|error| failed(&error))?;
    let moment = |time: SystemTime| Timestamp::try_from(time).unwrap_or_default();
    Ok(Some(moment(modified).duration_since(moment(SystemTime::now()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_system_with_another_clock_is_found() {
        let found = |apart: Option<i64>| {
            let check = compared(Check::new("clock", ""), apart.map(SignedDuration::from_secs));
            check.findings.into_iter().map(|finding| finding.code).collect::<Vec<_>>()
        };
        assert_eq!((found(None), found(Some(3)), found(Some(-3))), (Vec::new(), Vec::new(), Vec::new()));
        assert_eq!((found(Some(4)), found(Some(-4))), (vec![CLOCK_DIFFERS.id.into()], vec![CLOCK_DIFFERS.id.into()]));
    }
}
