//! `skiff-runner`: started by the VM's boot service with the path of its configuration.

use std::{
    ffi::OsString,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use skiff_runner::{Ended, Program, guard, launch, run};

const USAGE: &str = "usage: skiff-runner --config FILE";

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match arguments.split_first() {
        Some((role, rest)) if role == "launch" => {
            let (why, status) = launch(rest);
            end(&format!("skiff-runner: {why}"), status)
        }
        Some((role, rest)) if role == "guard" => {
            guard(rest);
            ExitCode::SUCCESS
        }
        Some((option, [file])) if option == "--config" => member(&PathBuf::from(file)),
        Some((option, [])) if option == "--version" => end(concat!("skiff-runner ", env!("CARGO_PKG_VERSION")), 0),
        _ => end(USAGE, 2),
    }
}

fn member(configuration: &std::path::Path) -> ExitCode {
    let program = match Program::this(&[]) {
        Ok(program) => program,
        Err(error) => return end(&format!("error: the running program's file is not known: {error}"), 1),
    };
    match run(configuration, program) {
        Ok(Ended::Told) => end("stopped", 0),
        Ok(Ended::Done) => end("the job is done", 0),
        Err(error) => {
            let hint = error.advice().map(|advice| format!("\nhint: {advice}")).unwrap_or_default();
            end(&format!("error: {error}{hint}"), error.kind().exit() as u8)
        }
    }
}

/// The last words go to standard error; when that is closed, the status speaks for itself.
fn end(words: &str, status: u8) -> ExitCode {
    let _ = writeln!(io::stderr(), "{words}");
    ExitCode::from(status)
}
