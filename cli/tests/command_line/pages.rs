//! What the pages for people show is what the command prints: their `console` blocks are run, line by line.
//!
//! `SKIFF_BLESS=1 cargo test -p skiff --test command_line pages` rewrites what is shown; then read the diff.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::Folder;

/// Stands for any lines of output, on a line of its own.
const ANY: &str = "…";

/// Begins a line that goes on with the command above it, as shells show it.
const MORE: &str = "> ";

/// A line of a page, or a command in a `console` block with the lines that are shown below it.
enum Part {
    Line(String),
    Command { command: String, shown: Vec<String> },
}

/// The workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn parts(page: &str) -> Vec<Part> {
    let (mut parts, mut in_block) = (Vec::new(), false);
    for line in page.lines() {
        let fence = line.starts_with("```");
        in_block = if fence { line == "```console" } else { in_block };
        match (in_block && !fence, line.strip_prefix("$ "), parts.last_mut()) {
            (true, Some(command), _) => parts.push(Part::Command { command: command.into(), shown: Vec::new() }),
            (true, None, Some(Part::Command { command, shown })) => match line.strip_prefix(MORE) {
                Some(more) if shown.is_empty() => command.extend(["\n", more]),
                _ => shown.push(line.into()),
            },
            _ => parts.push(Part::Line(line.into())),
        }
    }
    parts
}

/// What stands on a page when every command of it is run in a folder.
fn page_now(page: &str, folder: &Path) -> String {
    let binaries = Path::new(env!("CARGO_BIN_EXE_skiff")).parent().unwrap().display();
    let path = format!("{binaries}:{}", env::var("PATH").unwrap());
    let (mut text, mut code) = (String::new(), 0);
    for part in parts(page) {
        match part {
            Part::Line(line) => text += &(line + "\n"),
            Part::Command { command, shown } => {
                let script = format!("exec 2>&1; (exit {code}); {command}");
                let mut shell = Command::new("sh");
                let output = shell.args(["-c", &script]).current_dir(folder).env("PATH", &path).output().unwrap();
                code = output.status.code().unwrap();
                let printed = String::from_utf8(output.stdout).unwrap();
                let lines = shown_now(&printed.lines().map(str::trim_end).collect::<Vec<_>>(), &shown);
                text += &format!("$ {}\n", command.replace('\n', &format!("\n{MORE}")));
                lines.iter().for_each(|line| text += &format!("{line}\n"));
            }
        }
    }
    text
}

/// The lines to show: those that were shown, as they are printed now; after `…` the same line, or the one most like it.
fn shown_now<'a>(printed: &[&'a str], shown: &'a [String]) -> Vec<&'a str> {
    let (mut at, mut anywhere, mut now) = (0, false, Vec::new());
    for line in shown {
        if line == ANY {
            anywhere = true;
            now.push(ANY);
            continue;
        }
        let place = if anywhere { nearest(line, &printed[at..]) } else { Some(0).filter(|_| at < printed.len()) };
        if let Some(distance) = place {
            at += distance + 1;
            now.push(printed[at - 1]);
        }
        anywhere = false;
    }
    if !anywhere {
        now.extend(&printed[at..]);
    }
    now
}

fn nearest(line: &str, printed: &[&str]) -> Option<usize> {
    let likeness = |other: &str| strsim::normalized_levenshtein(line, other);
    let same = printed.iter().position(|other| *other == line);
    same.or_else(|| (0..printed.len()).max_by(|a, b| likeness(printed[*a]).total_cmp(&likeness(printed[*b]))))
}

fn assert_true(page: &str, folder: &Path) {
    let path = root().join(page);
    let committed = fs::read_to_string(&path).unwrap();
    let now = page_now(&committed, folder);
    if env::var("SKIFF_BLESS").is_ok_and(|value| value == "1") {
        fs::write(&path, &now).unwrap();
    } else if now != committed {
        let difference = similar::TextDiff::from_lines(&committed, &now);
        panic!("{page} shows what is not printed\n{}", difference.unified_diff().header("shown", "printed"));
    }
}

#[test]
fn the_first_page_is_true() {
    assert_true("README.md", &root());
}

#[test]
fn getting_started_is_true() {
    assert_true("docs/getting-started.md", &Folder::empty().path(""));
}

#[test]
fn a_line_is_shown_as_it_is_printed_now() {
    let shown = ["one", ANY, "three: 3", "four", ANY].map(String::from);
    let printed = ["one", "two", "three: 3", "four", "five"];
    assert_eq!(shown_now(&printed, &shown), ["one", ANY, "three: 3", "four", ANY]);
    assert_eq!(shown_now(&["eins", "two", "three: 4", "4"], &shown), ["eins", ANY, "three: 4", "4", ANY]);
    assert_eq!(shown_now(&["one", "two"], &shown[..1]), ["one", "two"]);
}
