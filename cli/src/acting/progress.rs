//! One line for each thing that happens to an operation, for people.

use skiff_runtime::engine::Progress;

use crate::words;

/// The lines of one operation, none of them twice in a row.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    of: u32,
    last: Option<String>,
}

impl Lines {
    /// The line of what has just happened, where it deserves one.
    pub(crate) fn next(&mut self, progress: &Progress) -> Option<String> {
        if let Progress::StepStarted { of, .. } = progress {
            self.of = *of;
        }
        let line = words::plain(&self.line(progress)?);
        if self.last.as_ref() == Some(&line) {
            return None;
        }
        self.last = Some(line.clone());
        Some(line)
    }

    fn line(&self, progress: &Progress) -> Option<String> {
        let numbered = |step: u32| format!("[{:>2}/{}]", step + 1, self.of);
        Some(match progress {
            Progress::Claimed { again: true, .. } => "goes on where it stopped".into(),
            Progress::Claimed { .. } | Progress::StepSucceeded { .. } | Progress::Compensated { .. } => return None,
            Progress::StepStarted { step, title, attempt: 1, .. } => format!("{} {title}", numbered(*step)),
            Progress::StepStarted { step, title, attempt, .. } => {
                format!("{} {title} (attempt {attempt})", numbered(*step))
            }
            Progress::Waiting { message, .. } => format!("        {message}"),
            Progress::Retrying { message, after, .. } => {
                format!("        {message}; tried again in {:.1} s", after.as_secs_f64())
            }
            Progress::StepFailed { code, message, .. } => format!("        failed: {message} [{code}]"),
            Progress::StepHeld { code, message, .. } => format!("        cannot say: {message} [{code}]"),
            Progress::Compensating { step, title } => format!("[undo {}] {title}", step + 1),
            Progress::ApprovalNeeded { .. } => "        waits for an approval".into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn steps_are_counted_from_one_and_nothing_is_said_twice() {
        let mut lines = Lines::default();
        let mut next = |progress| lines.next(&progress);
        let started = |attempt| Progress::StepStarted { step: 2, of: 12, title: "shift traffic".into(), attempt };
        let waits = || Progress::Waiting { step: 2, message: "1 of 2 members healthy".into() };
        assert_eq!(next(started(1)).as_deref(), Some("[ 3/12] shift traffic"));
        assert_eq!(next(waits()).as_deref(), Some("        1 of 2 members healthy"));
        assert_eq!(next(waits()), None);
        let after = Duration::from_millis(1500);
        let retrying = Progress::Retrying { step: 2, message: "nothing answers".into(), after };
        assert_eq!(next(retrying).as_deref(), Some("        nothing answers; tried again in 1.5 s"));
        assert_eq!(next(started(2)).as_deref(), Some("[ 3/12] shift traffic (attempt 2)"));
        assert_eq!(next(Progress::StepSucceeded { step: 2 }), None);
        let undo = Progress::Compensating { step: 2, title: "shift traffic".into() };
        assert_eq!(next(undo).as_deref(), Some("[undo 3] shift traffic"));
    }
}
