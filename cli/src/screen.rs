//! A page that is drawn again in place on a terminal.

use std::{
    env,
    io::{self, IsTerminal as _},
};

use crate::stream::{self, Reader};

/// A terminal with the lines that were drawn last.
#[derive(Debug)]
pub(crate) struct Screen {
    drawn: usize,
    rows: usize,
    columns: usize,
}

impl Screen {
    /// Standard output, when it is a terminal that can go up a line; `TERM=dumb` says that it cannot.
    pub(crate) fn of_stdout() -> Option<Self> {
        if !io::stdout().is_terminal() || env::var("TERM").is_ok_and(|kind| kind == "dumb") {
            return None;
        }
        let (rows, columns) = size();
        Some(Self { drawn: 0, rows, columns })
    }

    /// How many lines a page may have now.
    pub(crate) fn lines(&mut self) -> usize {
        let now = size();
        if now != (self.rows, self.columns) {
            // The lines before have been wrapped anew, nobody knows where; the page begins again below them.
            (self.rows, self.columns) = now;
            self.drawn = 0;
        }
        self.rows - 1
    }

    /// Draws a page in the place of the one before.
    pub(crate) fn draw(&mut self, page: &str) -> Reader {
        let text = self.frame(page);
        stream::say(&text)
    }

    /// What a terminal is sent: up to where the page before began (CUU), away with it (ED), and the new page, no line wider
    /// than the terminal and no more lines than it has.
    fn frame(&mut self, page: &str) -> String {
        let lines: Vec<&str> = page.lines().collect();
        // What is newest is below.
        let kept = lines.iter().skip(lines.len().saturating_sub(self.rows - 1));
        let kept: Vec<String> = kept.map(|line| line.chars().take(self.columns).collect()).collect();
        let up = if self.drawn > 0 { format!("\u{1b}[{}A", self.drawn) } else { String::new() };
        self.drawn = kept.len();
        let body: String = kept.iter().map(|line| format!("{line}\n")).collect();
        format!("{up}\r\u{1b}[J{body}")
    }
}

/// Rows and columns of standard output, never so few that nothing could be drawn.
fn size() -> (usize, usize) {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok().filter(|size| size.ws_row > 0 && size.ws_col > 0);
    let (rows, columns) = size.map_or((24, 80), |size| (usize::from(size.ws_row), usize::from(size.ws_col)));
    (rows.max(4), columns.max(20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_takes_the_place_of_the_one_before() {
        let mut screen = Screen { drawn: 0, rows: 4, columns: 5 };
        assert_eq!(screen.frame("one\ntwo\n"), "\r\u{1b}[Jone\ntwo\n");
        assert_eq!(screen.frame("1\n2\n3\nfour and more\n"), "\u{1b}[2A\r\u{1b}[J2\n3\nfour \n");
        assert_eq!(screen.frame(""), "\u{1b}[3A\r\u{1b}[J");
    }
}
