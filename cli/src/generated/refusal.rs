//! What keeps Skiff from writing into a folder: everything at once, and what to do about it.

use std::path::Path;

use serde_json::{Value, json};
use skiff_wire::{ExitCode, RecommendedAction, Reversibility, Risk};

use super::{
    LIST, Wanted,
    list::List,
    survey::{Entry, State, Survey},
};
use crate::{failure::Failure, words};

/// Problems that are told one by one to people; `data` has all.
const SHOWN: usize = 20;

/// Refuses a folder that holds the tree of another application or environment.
pub(crate) fn of_another(root: &Path, list: &List, wanted: &Wanted) -> Result<(), Failure> {
    let document = &list.document;
    if (&document.app, &document.environment) == (&wanted.app, &wanted.environment) {
        return Ok(());
    }
    let message = format!(
        "`{}` holds the tree of `{}` in `{}`, and not that of `{}` in `{}`",
        root.display(),
        document.app,
        document.environment,
        wanted.app,
        wanted.environment
    );
    let data = json!({
        "list": root.join(LIST).display().to_string(),
        "holds": { "app": document.app, "environment": document.environment },
    });
    Err(Failure::new("CONFLICT", ExitCode::Conflict, message)
        .hint("each environment has a tree of its own: choose another folder with `--out`")
        .details(Vec::new(), data))
}

/// Refuses while anything is in the way; edited files are, unless their edits are given up.
pub(crate) fn of_what_is_in_the_way(
    root: &Path,
    survey: &Survey,
    discard_edits: bool,
    rerun: RecommendedAction,
) -> Result<(), Failure> {
    let problems: Vec<_> = survey.entries.iter().filter(|entry| is_in_the_way(entry, discard_edits)).collect();
    if problems.is_empty() {
        return Ok(());
    }
    let lines = problems.iter().map(|entry| sentence(root, entry));
    let data = json!({ "folder": root.display().to_string(), "problems": problems.iter().map(|it| as_data(root, it)).collect::<Vec<_>>() });
    let has = |state| problems.iter().any(|entry| entry.state == state);
    let hint = hint(&has).unwrap_or_default();
    let (code, exit) = if has(State::LedAway) {
        ("VERIFICATION_FAILED", ExitCode::VerificationFailed)
    } else {
        ("CONFLICT", ExitCode::Conflict)
    };
    let verb = if problems.len() == 1 { "is" } else { "are" };
    let message = format!(
        "nothing in `{}` was changed: {} {verb} in the way",
        root.display(),
        words::count(problems.len(), "thing")
    );
    let failure = Failure::new(code, exit, message).details(words::first(lines, SHOWN), data).hint(hint);
    let only_edits = problems.iter().all(|entry| entry.state == State::Edited);
    Err(if only_edits { failure.action(costly(rerun)) } else { failure })
}

fn is_in_the_way(entry: &Entry, discard_edits: bool) -> bool {
    match entry.state {
        State::Foreign | State::Blocked | State::LedAway => true,
        State::Edited => !discard_edits,
        State::Current | State::Missing | State::Stale | State::Superfluous | State::Gone => false,
    }
}

/// What is wrong with one path, as a sentence.
pub(crate) fn sentence(root: &Path, entry: &Entry) -> String {
    let place = super::path::below(root, &entry.at);
    let what = match entry.state {
        State::Edited if entry.found.is_none() => "was replaced by a symbolic link",
        State::Edited => "was edited by hand",
        State::Foreign => "was not written by Skiff",
        State::Blocked if entry.at == entry.path => "is to be a file, and something else is there",
        State::Blocked => "is to be a folder, and something else is there",
        State::LedAway => "is a symbolic link, and Skiff follows none within a generated tree",
        State::Current => "is as it should be",
        State::Missing => "is missing",
        State::Stale => "is out of date",
        State::Superfluous | State::Gone => "is no longer generated",
    };
    format!("`{}` {what}", place.display())
}

fn as_data(root: &Path, entry: &Entry) -> Value {
    json!({ "path": entry.path, "problem": entry.state, "message": sentence(root, entry) })
}

/// What to do about whatever a refresh would be refused for; `None` when it would not be.
pub(crate) fn hint_for(survey: &Survey) -> Option<String> {
    hint(&|state| survey.with(state).next().is_some())
}

fn hint(has: &dyn Fn(State) -> bool) -> Option<String> {
    let parts = [
        (has(State::Edited), "`--discard-edits` gives up the edits; what they were for belongs into the spec"),
        (has(State::Foreign) || has(State::Blocked), "move away what Skiff did not write, or choose another `--out`"),
        (has(State::LedAway), "put a real folder in the place of the link"),
    ];
    let parts: Vec<_> = parts.iter().filter(|(applies, _)| *applies).map(|(_, text)| *text).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// An edit that no version control has is gone for good.
fn costly(rerun: RecommendedAction) -> RecommendedAction {
    let mut action = RecommendedAction {
        id: "discard-edits".into(),
        risk: Risk::Medium,
        reversibility: Reversibility::Irreversible,
        confidence: 0.5,
        reason: "gives up the edits".into(),
        ..rerun
    };
    action.argv.push("--discard-edits".into());
    action
}
