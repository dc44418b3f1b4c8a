//! Finds requests that say their length twice, in the bytes of a connection, before they are served.
//!
//! A request with both `Content-Length` and `Transfer-Encoding` is how one is smuggled inside another (RFC 9112, 6.1).
//! hyper reads such a request by its chunks and hides the other length, which is safe but silent; here it is refused.
//! The scanner only looks: what it cannot follow it leaves to hyper, and looks no more.

/// What a connection's bytes are part of.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    place: Place,
    line: Vec<u8>,
    chunked: bool,
    length: Option<u64>,
    begun: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    #[default]
    Head,
    /// This many bytes of a body are left.
    Body(u64),
    ChunkSize,
    /// This many bytes of a chunk are left, its line end included.
    Chunk(u64),
    Trailer,
    /// Not followed any more.
    Lost,
}

/// A line is remembered up to here, which is enough for the names and values that matter.
const REMEMBERED: usize = 64;

impl Scanner {
    /// Goes on with these bytes; true when they end the head of a request that says its length twice.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> bool {
        let mut twice = false;
        while !bytes.is_empty() {
            bytes = match self.place {
                Place::Lost => return twice,
                Place::Body(left) => self.skip(left, bytes, Place::Body, Place::Head),
                Place::Chunk(left) => self.skip(left, bytes, Place::Chunk, Place::ChunkSize),
                Place::Head | Place::ChunkSize | Place::Trailer => self.line(bytes, &mut twice),
            };
        }
        twice
    }

    fn skip<'a>(&mut self, left: u64, bytes: &'a [u8], still: fn(u64) -> Place, then: Place) -> &'a [u8] {
        let now = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let left = left - now as u64;
        self.place = if left == 0 { then } else { still(left) };
        &bytes[now..]
    }

    fn line<'a>(&mut self, bytes: &'a [u8], twice: &mut bool) -> &'a [u8] {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (part, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
        let room = REMEMBERED.saturating_sub(self.line.len()).min(part.len());
        self.line.extend_from_slice(&part[..room]);
        if end.is_none() {
            return &[];
        }
        let line = std::mem::take(&mut self.line);
        *twice |= self.line_ended(line.trim_ascii_end());
        self.line = line;
        self.line.clear();
        &rest[1..]
    }

    fn line_ended(&mut self, line: &[u8]) -> bool {
        match self.place {
            Place::ChunkSize => self.place = after_size(line),
            Place::Trailer if line.is_empty() => self.place = Place::Head,
            Place::Head if line.is_empty() && self.begun => return self.head_ended(),
            Place::Head if !line.is_empty() && !self.begun => self.begun = true,
            Place::Head => self.field(line),
            _ => {}
        }
        false
    }

    fn field(&mut self, line: &[u8]) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.chunked = true;
        } else if name.eq_ignore_ascii_case(b"content-length") {
            self.length = Some(number(value, 10).unwrap_or(u64::MAX));
        }
    }

    fn head_ended(&mut self) -> bool {
        let (chunked, length) = (self.chunked, self.length);
        *self = Self { line: std::mem::take(&mut self.line), ..Self::default() };
        self.place = match (chunked, length) {
            (true, _) => Place::ChunkSize,
            (false, None | Some(0)) => Place::Head,
            (false, Some(length)) => Place::Body(length),
        };
        chunked && length.is_some()
    }
}

fn after_size(line: &[u8]) -> Place {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    match number(digits, 16) {
        Some(0) => Place::Trailer,
        Some(size) => size.checked_add(2).map_or(Place::Lost, Place::Chunk),
        None => Place::Lost,
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether it is seen, whole and byte by byte.
    fn seen(bytes: &str) -> bool {
        let whole = Scanner::default().feed(bytes.as_bytes());
        let mut scanner = Scanner::default();
        let single = bytes.as_bytes().chunks(1).filter(|byte| scanner.feed(byte)).count() > 0;
        assert_eq!(whole, single, "{bytes:?}");
        whole
    }

    const TWICE: &str = "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n";

    #[test]
    fn a_length_said_twice_is_seen_wherever_it_stands() {
        assert!(seen(TWICE));
        assert!(seen("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n"));
        assert!(seen("POST / HTTP/1.1\nTRANSFER-ENCODING:chunked\nCONTENT-LENGTH:5\n\n"));
        assert!(seen(&format!("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n{TWICE}")));
        assert!(seen(&format!("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na\nb{TWICE}")));
        let chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\na\r\n\r\n0\r\nT: 1\r\n\r\n";
        assert!(seen(&format!("{chunked}{TWICE}")) && !seen(chunked));
    }

    #[test]
    fn a_body_that_looks_like_a_head_is_a_body() {
        let length = TWICE.len();
        assert!(!seen(&format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{TWICE}")));
        let chunk = format!("{length:x}\r\n{TWICE}\r\n0\r\n\r\n");
        assert!(!seen(&format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}")));
        assert!(!seen(&format!("GET / HTTP/1.1\r\nX-Long: {}\r\n\r\n", "content-length: 1 ".repeat(100))));
    }
}
