//! The one place that prints.
//!
//! Standard output carries the result and nothing else; everything said about it goes to standard error. A reader that
//! has closed the pipe has seen enough, and is not an error.

use std::io::{self, Write};

use skiff_wire::{ExitCode, RecommendedAction};

use crate::{
    arguments::{Format, Settings},
    drawing,
    outcome::Outcome,
    sarif,
};

/// Prints an outcome in the form that was asked for and gives the exit code of the process.
pub(crate) fn print(outcome: &Outcome, command: &str, settings: Settings) -> u8 {
    let printed = match settings.format {
        Format::Json => json(outcome, command),
        Format::Sarif => sarif::log(outcome).map(|log| (log, String::new())),
        Format::Text | Format::Markdown => {
            Ok((outcome.body.clone().unwrap_or_default(), remarks(outcome, settings.color.on_stderr())))
        }
    };
    match printed {
        Ok((stdout, stderr)) => deliver(&stdout, &stderr, outcome.exit),
        Err(error) => deliver("", &format!("error: the result could not be written: {error}\n"), ExitCode::Internal),
    }
}

/// Says a line on standard error while a command is at work; a reader that has gone is no reason to stop.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Prints what the argument parser has to say, help or complaint, where each belongs.
pub(crate) fn print_parser_message(error: &clap::Error) -> u8 {
    let exit = if error.use_stderr() { ExitCode::Usage } else { ExitCode::Done };
    match error.print() {
        Err(failure) if failure.kind() != io::ErrorKind::BrokenPipe => ExitCode::Internal as u8,
        _ => exit as u8,
    }
}

fn json(outcome: &Outcome, command: &str) -> serde_json::Result<(String, String)> {
    let trace_id = uuid::Uuid::new_v4().to_string();
    let text = serde_json::to_string_pretty(&outcome.envelope(command, trace_id))?;
    Ok((text + "\n", String::new()))
}

fn deliver(stdout: &str, stderr: &str, exit: ExitCode) -> u8 {
    let written = write_quietly(io::stdout().lock(), stdout).and_then(|()| write_quietly(io::stderr().lock(), stderr));
    match written {
        Ok(()) => exit as u8,
        Err(error) => {
            // Standard error is the last resort; when it is gone as well, only the exit code is left to speak.
            let _ = writeln!(io::stderr(), "error: could not write the output: {error}");
            ExitCode::Internal as u8
        }
    }
}

fn write_quietly(mut stream: impl Write, text: &str) -> io::Result<()> {
    match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// What is said on standard error: findings, the outcome in a sentence, what to do next.
///
/// A command whose result is its body says nothing more when all is well.
fn remarks(outcome: &Outcome, color: bool) -> String {
    let mut text = drawing::draw(&outcome.drawings, color);
    for warning in &outcome.warnings {
        text.push_str(&format!("{} {warning}\n", label("warning:", "33", color)));
    }
    if !outcome.ok() {
        text.push_str(&format!("{} {}\n", label("error:", "31", color), outcome.summary));
    } else if outcome.announced || outcome.body.is_none() || outcome.exit != ExitCode::Done {
        text.push_str(&format!("{}\n", outcome.summary));
    }
    for detail in &outcome.details {
        text.push_str(&format!("  {detail}\n"));
    }
    if let Some(hint) = &outcome.hint {
        text.push_str(&format!("{} {hint}\n", label("hint:", "36", color)));
    }
    for action in &outcome.actions {
        text.push_str(&format!("{} {}\n", label("next:", "36", color), command_line(action)));
    }
    text
}

fn label(word: &str, code: &str, color: bool) -> String {
    if color { format!("\u{1b}[1;{code}m{word}\u{1b}[0m") } else { word.to_owned() }
}

/// An action as a person would type it, with its reason.
fn command_line(action: &RecommendedAction) -> String {
    let quoted = |word: &String| {
        let plain = |letter: char| letter.is_alphanumeric() || "-_./:=@,+".contains(letter);
        if !word.is_empty() && word.chars().all(plain) {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    };
    let line = action.argv.iter().map(quoted).collect::<Vec<_>>().join(" ");
    format!("{line}  # {}", action.reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{action, failure::Failure};

    #[test]
    fn a_failure_says_what_happened_and_what_next() {
        let failure = Failure::not_found("there is no `skiff.yaml`").hint("make one").action(action::write(
            "init",
            &["init", "web", "a shop"],
            "writes one",
        ));
        assert_eq!(
            remarks(&failure.into_outcome(), false),
            "error: there is no `skiff.yaml`\nhint: make one\nnext: skiff init web 'a shop'  # writes one\n"
        );
    }

    #[test]
    fn a_result_on_standard_output_needs_no_remark() {
        assert_eq!(remarks(&Outcome::done("EXPLAINED", "explained").body("…"), true), "");
    }
}
