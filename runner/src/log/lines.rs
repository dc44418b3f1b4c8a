//! Takes lines from a pipe: never more than fits, never an error because of bytes that are no text.

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, BufReader};

use super::{Logs, Redactor};

/// The longest part of a line that is read, in bytes; the rest is passed over.
const READ: usize = 64 * 1024;
/// The longest text that is kept, in bytes.
const KEPT: usize = 16 * 1024;
/// What a line ends with that had more.
const CUT: &str = " … [cut]";

/// Reads until the pipe is closed by all who have it.
pub(crate) async fn pump(logs: Logs, workload: String, stream: &'static str, pipe: impl AsyncRead + Unpin) {
    let mut reader = BufReader::with_capacity(READ, pipe);
    let mut line = Vec::new();
    while let Some(cut) = next(&mut reader, &mut line).await {
        logs.line(&workload, stream, &line, cut);
    }
}

/// The next line in `line`, and whether it had more; `None` at the end.
async fn next(reader: &mut (impl AsyncBufRead + Unpin), line: &mut Vec<u8>) -> Option<bool> {
    line.clear();
    let (mut cut, mut any) = (false, false);
    loop {
        let buffer = reader.fill_buf().await.unwrap_or_default();
        if buffer.is_empty() {
            return any.then_some(cut);
        }
        any = true;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let part = &buffer[..end.unwrap_or(buffer.len())];
        let room = READ - line.len();
        cut |= part.len() > room;
        line.extend_from_slice(&part[..part.len().min(room)]);
        let used = part.len() + usize::from(end.is_some());
        reader.consume(used);
        if end.is_some() {
            return Some(cut);
        }
    }
}

/// A line as it is kept: text, without secrets, and not too long.
pub(super) fn tidy(redactor: &Redactor, raw: &[u8], cut: bool) -> String {
    let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
    let mut text = redactor.redact(&String::from_utf8_lossy(raw));
    // The end of what was read may be the first half of a secret, which nobody would recognise.
    let most = if cut { KEPT.min(text.len().saturating_sub(redactor.longest())) } else { KEPT };
    if cut || text.len() > KEPT {
        let end = (0..=most.min(text.len())).rev().find(|index| text.is_char_boundary(*index)).unwrap_or(0);
        text.truncate(end);
        text.push_str(CUT);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_come_one_by_one_and_the_last_needs_no_end() {
        let mut reader = BufReader::new(&b"one\n\ntwo"[..]);
        let (mut line, mut seen) = (Vec::new(), Vec::new());
        while let Some(cut) = next(&mut reader, &mut line).await {
            seen.push((String::from_utf8(line.clone()).unwrap(), cut));
        }
        assert_eq!(seen, [("one".into(), false), (String::new(), false), ("two".into(), false)]);
    }

    #[tokio::test]
    async fn a_line_without_end_takes_no_more_memory_than_is_kept() {
        let long = vec![b'x'; 3 * READ];
        let mut reader = BufReader::new(&long[..]);
        let mut line = Vec::new();
        assert_eq!(next(&mut reader, &mut line).await, Some(true));
        assert_eq!(line.len(), READ);
        let text = tidy(&Redactor::default(), &line, true);
        assert_eq!(text.len(), KEPT + CUT.len());
    }

    #[test]
    fn half_a_secret_at_the_cut_is_not_kept() {
        let redactor = Redactor::default();
        redactor.learn(b"correct-horse-battery-staple");
        let text = tidy(&redactor, b"the word is correct-horse-bat", true);
        assert!(!text.contains("correct"), "{text}");
    }

    #[test]
    fn bytes_that_are_no_text_are_marked() {
        assert_eq!(tidy(&Redactor::default(), b"a\xffb\r", false), "a\u{fffd}b");
    }
}
