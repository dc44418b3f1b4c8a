//! Catches a defect of Skiff itself, so that it ends as a sentence and an exit code like everything else.

use std::{
    panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook},
    sync::{Mutex, PoisonError},
};

use crate::{failure::Failure, outcome::Outcome};

/// What the last panic said and where, kept by the hook until [`guard`] asks for it.
static LAST: Mutex<String> = Mutex::new(String::new());

/// Runs a command and turns a panic into an outcome with exit code 1.
pub(crate) fn guard(command: impl FnOnce() -> Outcome) -> Outcome {
    let previous = take_hook();
    set_hook(Box::new(remember));
    let result = catch_unwind(AssertUnwindSafe(command));
    set_hook(previous);
    result.unwrap_or_else(|_| outcome(&LAST.lock().unwrap_or_else(PoisonError::into_inner)))
}

fn remember(panic: &PanicHookInfo<'_>) {
    let what = panic.payload_as_str().unwrap_or("no message");
    let place = panic.location().map_or_else(|| "an unknown place".into(), ToString::to_string);
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = format!("{what} (at {place})");
}

fn outcome(what: &str) -> Outcome {
    let version = env!("CARGO_PKG_VERSION");
    Failure::defect(format!("Skiff {version} has a defect and stopped: {what}"))
        .hint("nothing was half-written; please report it with the command and the file that led here")
        .into_outcome()
}

#[cfg(test)]
mod tests {
    use skiff_wire::ExitCode;

    use super::*;

    #[test]
    fn a_panic_becomes_exit_code_one_with_its_place() {
        let outcome = guard(|| panic!("weights add up to 101"));
        assert_eq!(outcome.exit, ExitCode::Internal);
        assert_eq!(outcome.code, "INTERNAL");
        assert!(outcome.summary.contains("weights add up to 101 (at cli/src/defect.rs:"), "{}", outcome.summary);
    }

    #[test]
    fn an_outcome_passes_through() {
        assert_eq!(guard(|| Outcome::done("CHECKED", "fine")).code, "CHECKED");
    }
}
