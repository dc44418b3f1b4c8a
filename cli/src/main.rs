//! `skiff`: the command line, and the only part of the project that touches arguments, files, the network and the terminal.
//!
//! [`run`] reads the arguments and calls one module of [`command`]; each gives an [`outcome::Outcome`] or a
//! [`failure::Failure`]; [`output`] prints either in the form that was asked for. **No command prints by itself, and
//! none ends the process.**
//!
//! To add a command: a file in [`command`] with its arguments and its `run`, a variant in [`arguments::Command`], a
//! section in `docs/command-contract.md`, and its exit codes in `tests/`.

mod acting;
mod action;
mod arguments;
mod codes;
mod color;
mod command;
mod counting;
mod defect;
mod demo;
mod document;
mod drawing;
#[cfg(debug_assertions)]
mod dying;
mod evidence;
mod explanation;
mod failure;
mod generated;
mod graph;
mod lock;
mod operating;
mod outcome;
mod output;
mod project;
mod quickstart;
mod rehearsal;
mod releasing;
mod report;
mod run;
mod sarif;
mod schemas;
mod screen;
mod seam;
mod signing;
mod span;
mod standing;
mod stream;
mod timeline;
mod words;
mod working;

fn main() -> std::process::ExitCode {
    run::run(&std::env::args_os().collect::<Vec<_>>()).into()
}
