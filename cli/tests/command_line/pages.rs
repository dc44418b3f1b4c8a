//! What the pages for people show is what the command prints: their `console` blocks are run, line by line.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::Folder;

/// The workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// One command of a page and the lines that are shown below it.
struct Shown {
    command: String,
    lines: Vec<String>,
}

fn shown(page: &str) -> Vec<Shown> {
    let text = std::fs::read_to_string(root().join(page)).unwrap();
    let mut all: Vec<Shown> = Vec::new();
    for block in text.split("```console\n").skip(1) {
        for line in block.split("```").next().unwrap().lines() {
            match line.strip_prefix("$ ") {
                Some(command) => all.push(Shown { command: command.into(), lines: Vec::new() }),
                None => all.last_mut().unwrap().lines.push(line.into()),
            }
        }
    }
    assert!(!all.is_empty(), "{page} shows nothing");
    all
}

/// Runs a page's commands in a folder; a line `…` stands for any lines.
fn assert_true(page: &str, folder: &Path) {
    let path =
        format!("{}:{}", Path::new(env!("CARGO_BIN_EXE_skiff")).parent().unwrap().display(), env::var("PATH").unwrap());
    let mut code = 0;
    for Shown { command, lines } in shown(page) {
        let script = format!("exec 2>&1; (exit {code}); {command}");
        let output = Command::new("sh").args(["-c", &script]).current_dir(folder).env("PATH", &path).output().unwrap();
        code = output.status.code().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_shown(&printed.lines().collect::<Vec<_>>(), &lines, &format!("{page}: {command}\n{printed}"));
    }
}

/// Each line stands where the page has it; after `…` it may stand anywhere below.
fn assert_shown(printed: &[&str], lines: &[String], context: &str) {
    let (mut at, mut anywhere) = (0, false);
    for line in lines {
        if line == "…" {
            anywhere = true;
            continue;
        }
        let found = printed[at..].iter().position(|printed| printed.trim_end() == line.trim_end());
        let found = found.filter(|distance| anywhere || *distance == 0);
        at += 1 + found.unwrap_or_else(|| panic!("not printed where it is shown: {line}\n{context}"));
        anywhere = false;
    }
    assert!(anywhere || at == printed.len(), "more is printed than is shown\n{context}");
}

#[test]
fn the_first_page_is_true() {
    assert_true("README.md", &root());
}

#[test]
fn getting_started_is_true() {
    assert_true("docs/getting-started.md", &Folder::empty().path(""));
}
