//! At which of its effects something happens to a process, and the file in which a runner is told.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Some of the effects of a process, which are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Points {
    first: u64,
    stride: Option<u64>,
    after: bool,
}

impl Points {
    /// Reads `3`, `3+`, `3/8` or `3/8+`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let (numbers, after) = text.strip_suffix('+').map_or((text, false), |numbers| (numbers, true));
        let (first, stride) = match numbers.split_once('/') {
            Some((first, stride)) => (first, Some(stride.parse().ok()?)),
            None => (numbers, None),
        };
        Some(Self { first: first.parse().ok()?, stride, after })
    }

    /// Whether an effect is one of them, before or after it takes place.
    pub(super) fn are_due(&self, number: u64, after: bool) -> bool {
        let hit = match (number.checked_sub(self.first), self.stride) {
            (Some(beyond), Some(stride)) => beyond.checked_rem(stride) == Some(0),
            (beyond, _) => beyond == Some(0),
        };
        hit && after == self.after
    }
}

/// The order to die that a runner has taken from its state folder.
#[derive(Debug)]
pub(super) struct Taken {
    order: PathBuf,
    obeyed: PathBuf,
}

impl Taken {
    /// Takes the order, if there is one; gives what it says. The folder of a member is `local/members/<instance>`.
    pub(super) fn take(configuration: &Path) -> Option<(Self, String)> {
        let local = configuration.ancestors().nth(3)?;
        let named = |name: &str| local.join(format!("{name}.{}", std::process::id()));
        let taken = Self { order: named("die-at"), obeyed: named("died-at") };
        // Renaming it is the one thing that only one runner can do.
        fs::rename(local.join("die-at"), &taken.order).ok()?;
        let text = fs::read_to_string(&taken.order).ok()?;
        Some((taken, text))
    }

    /// Leaves a trace of having obeyed it.
    pub(super) fn obey(&self) {
        let _ = fs::rename(&self.order, &self.obeyed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_one_or_many_and_before_or_after() {
        let due = |text: &str| {
            let points = Points::read(text).unwrap();
            let both = (0..20).flat_map(|number| [(number, false), (number, true)]);
            both.filter(|(number, after)| points.are_due(*number, *after)).collect::<Vec<_>>()
        };
        assert_eq!(due("3"), [(3, false)]);
        assert_eq!(due("3+"), [(3, true)]);
        assert_eq!(due("3/8"), [(3, false), (11, false), (19, false)]);
        assert_eq!(due("3/8+"), [(3, true), (11, true), (19, true)]);
        assert_eq!((Points::read("x"), Points::read("3/")), (None, None));
    }

    #[test]
    fn an_order_is_taken_once() {
        let place = tempfile::tempdir().unwrap();
        let configuration = place.path().join("members/i-1/runner.json");
        assert!(Taken::take(&configuration).is_none());
        fs::write(place.path().join("die-at"), "7\n").unwrap();
        let (taken, text) = Taken::take(&configuration).unwrap();
        assert_eq!(Points::read(&text), Points::read("7"));
        assert!(Taken::take(&configuration).is_none());
        taken.obey();
        assert!(taken.obeyed.exists() && !taken.order.exists());
    }
}
