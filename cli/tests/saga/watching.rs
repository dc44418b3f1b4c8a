//! Looking on: in place on a terminal, line by line elsewhere, and with nobody who reads what is said. It ends with the
//! operation, and as the operation does.

use std::{
    fs::File,
    io::{self, Read as _},
    os::fd::OwnedFd,
    process::{Child, Stdio},
    thread::{self, JoinHandle},
};

use rustix::{
    fs::{Mode, OFlags, open},
    pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
    termios::{Winsize, tcsetwinsize},
};

use crate::stage::Stage;

const SHORTLY: &str = "{ steps: [50, 100], bake: 2s }";
const ROWS: u16 = 12;
const COLUMNS: u16 = 60;

/// A terminal: the end that a program sees, and what it has been sent, once the program has ended.
fn terminal() -> (OwnedFd, JoinHandle<String>) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let size = Winsize { ws_row: ROWS, ws_col: COLUMNS, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&ours, size).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    let mut ours = File::from(ours);
    let sent = thread::spawn(move || {
        let (mut sent, mut piece) = (Vec::new(), [0; 4096]);
        // The kernel says EIO when nobody has the other end any more.
        while let Ok(read @ 1..) = ours.read(&mut piece) {
            sent.extend_from_slice(&piece[..read]);
        }
        String::from_utf8_lossy(&sent).replace("\r\n", "\n")
    });
    (theirs, sent)
}

/// `skiff saga watch` as a person runs it, with standard output and standard error as they are given.
fn watch(stage: &Stage, operation: &str, stdout: Stdio, stderr: Stdio) -> Child {
    let mut command = stage.as_text(&["saga", "watch", operation]);
    command.env("TERM", "xterm").stdout(stdout).stderr(stderr).spawn().unwrap()
}

/// An end of a pipe that nobody reads.
fn closed_pipe() -> Stdio {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    writer.into()
}

/// Each page that a terminal was sent, the newest last.
fn pages(sent: &str) -> Vec<&str> {
    sent.split("\u{1b}[J").skip(1).map(|page| page.split('\u{1b}').next().unwrap().trim_end_matches('\r')).collect()
}

#[test]
fn an_operation_is_drawn_in_place_told_line_by_line_and_waited_for_when_nobody_reads() {
    let stage = Stage::live(SHORTLY);
    stage.spec("v2", SHORTLY);
    let operation = stage.detached("v2");
    let (terminal, sent) = terminal();
    let mut on_terminal = watch(&stage, &operation, terminal.into(), Stdio::null());
    let piped = watch(&stage, &operation, Stdio::piped(), Stdio::piped());
    let mut unread = watch(&stage, &operation, closed_pipe(), closed_pipe());
    stage.done(&["worker", "--once"]);

    assert_eq!(unread.wait().unwrap().code(), Some(0), "a closed pipe is no reason to stop, or to fail");
    let piped = piped.wait_with_output().unwrap();
    assert_eq!(piped.status.code(), Some(0));
    let (page, told) = (String::from_utf8(piped.stdout).unwrap(), String::from_utf8(piped.stderr).unwrap());
    assert!(!page.contains('\u{1b}') && !told.contains('\u{1b}'), "nothing moves the cursor of a pipe: {page}{told}");
    assert!(page.starts_with("canary of `web`: done\n") && page.contains("weights read back: a 0, b 100"), "{page}");
    let lines: Vec<&str> = told.lines().collect();
    // How far the worker is when somebody begins to look is left to chance.
    assert!(lines[0].contains(", step ") && lines[0].contains(" of 19: "), "{told}");
    assert!(lines.iter().any(|line| line.starts_with("running, step ")), "{told}");

    assert_eq!(on_terminal.wait().unwrap().code(), Some(0));
    let sent = sent.join().unwrap();
    let pages = pages(&sent);
    let tall = pages.iter().find(|page| page.lines().count() >= usize::from(ROWS));
    assert_eq!(tall, None, "a page leaves the last line of the terminal free");
    let wide = sent.lines().find(|line| line.chars().filter(|letter| *letter != '\r').count() > 80);
    assert_eq!(wide, None, "no line is wider than the terminal, but for what moves the cursor");
    assert!(pages.len() > 3 && pages.iter().all(|page| page.starts_with("canary of `web`: ")), "{sent}");
    let current = pages.iter().filter(|page| page.contains("running, step")).all(|page| page.contains('▶'));
    assert!(current, "the step that is being done is always on the screen: {sent}");
    assert!(pages.last().unwrap().starts_with("canary of `web`: done\n"), "{sent}");
}

#[test]
fn looking_on_ends_with_the_exit_code_of_the_operation() {
    let stage = Stage::live("{ steps: [50, 100], bake: 60s }");
    stage.spec("v2", "{ steps: [50, 100], bake: 60s }");
    let operation = stage.detached("v2");
    let driver = stage.begun(&["resume", &operation]);
    stage.until_baking(&operation);
    let (terminal, sent) = terminal();
    let mut on_terminal = watch(&stage, &operation, terminal.into(), Stdio::null());
    let mut unread = watch(&stage, &operation, closed_pipe(), closed_pipe());
    stage.done(&["saga", "abort", &operation]);
    assert_eq!(driver.ended().0.exit, Some(130));
    assert_eq!((on_terminal.wait().unwrap().code(), unread.wait().unwrap().code()), (Some(130), Some(130)));
    let sent = sent.join().unwrap();
    let pages = pages(&sent);
    assert!(pages.last().unwrap().starts_with("canary of `web`: failed, and was taken back"), "{sent}");
    let back: Vec<_> = pages.iter().filter(|page| page.contains("being taken back, step")).collect();
    assert!(!back.is_empty() && back.iter().all(|page| !page.contains("[running")), "nothing runs on: {sent}");
}
