//! The disk: whether there is room for the next releases.

use std::path::Path;

use rustix::fs::statvfs;
use skiff_runtime::doctor::codes::DISK_LOW;

use super::check::Check;
use crate::{action, failure::Failure};

/// Below this many bytes there is too little room: two or three bundles, unpacked, with their logs.
const LEAST: u64 = 1 << 30;

/// Looks at the file system of the state folder, or of the nearest folder above it that is there.
pub(super) fn check(state: &Path) -> Check {
    Check::made("disk", look(state))
}

fn look(state: &Path) -> Result<Check, Failure> {
    let absolute = std::path::absolute(state).map_err(|error| Failure::file("read", state, &error))?;
    let there = absolute.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("/"));
    let room = statvfs(there).map_err(|error| Failure::file("read", there, &error.into()))?;
    Ok(judged(state, room.f_bavail.saturating_mul(room.f_frsize)))
}

/// What so many free bytes mean.
fn judged(state: &Path, free: u64) -> Check {
    let check = Check::new("disk", format!("{} free", size(free)));
    if free >= LEAST {
        return check;
    }
    let message = format!("{} is left on the disk of `{}`", size(free), state.display());
    let gc = action::look("gc", &["state", "gc", "--dry-run"], "shows what nothing needs any more");
    check.finding(&DISK_LOW, message, "free some space before the next deployment").action(gc)
}

fn size(bytes: u64) -> String {
    match bytes >> 20 {
        megabytes @ 0..1024 => format!("{megabytes} MiB"),
        megabytes => format!("{} GiB", megabytes >> 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_room_is_found() {
        assert!(judged(Path::new(".skiff"), LEAST).findings.is_empty());
        let check = judged(Path::new(".skiff"), LEAST - 1);
        assert_eq!(check.findings[0].code, DISK_LOW.id);
        assert!(check.findings[0].message.contains("1023 MiB"), "{:?}", check.findings);
    }

    #[test]
    fn sizes_are_rounded_down() {
        assert_eq!((size(0), size((1 << 30) - 1), size(3 << 30)), ("0 MiB".into(), "1023 MiB".into(), "3 GiB".into()));
    }
}
