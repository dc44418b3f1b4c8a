//! The text that goes in, and places in it.

/// One text, with the name the user knows it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// As named on the command line.
    pub name: String,
    /// Its bytes as text.
    pub text: String,
}

/// Everything one compilation reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// The spec.
    pub file: SourceFile,
    /// The environment to compile for; `None` takes the only one that is declared.
    pub environment: Option<String>,
}

impl Sources {
    /// One file, for one environment.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>, environment: Option<&str>) -> Self {
        Self { file: SourceFile { name: name.into(), text: text.into() }, environment: environment.map(str::to_owned) }
    }
}

/// A piece of the source: byte offsets, the end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from byte offsets; offsets beyond 4 GiB saturate (the reader refuses such files).
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end.max(start)) }
    }

    /// Whether `other` lies within this span.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// Line and column of a byte offset, both from 1; the column counts Unicode scalar values.
#[must_use]
pub fn line_and_column(text: &str, offset: u32) -> (u32, u32) {
    Cursor::new(text).seek(offset)
}

/// A walk through a text that knows its line and column: many places in rising order cost one reading of the text.
#[derive(Debug, Clone)]
pub struct Cursor<'text> {
    text: &'text str,
    offset: usize,
    line: u32,
    column: u32,
}

impl<'text> Cursor<'text> {
    /// At the beginning.
    #[must_use]
    pub fn new(text: &'text str) -> Self {
        Self { text, offset: 0, line: 1, column: 1 }
    }

    /// Line and column of a byte offset, both from 1; going back starts again from the beginning.
    pub fn seek(&mut self, offset: u32) -> (u32, u32) {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        if offset < self.offset {
            *self = Self::new(self.text);
        }
        for character in self.text[self.offset..offset].chars() {
            self.pass(character);
        }
        self.offset = offset;
        (self.line, self.column)
    }

    fn pass(&mut self, character: char) {
        if character == '\n' {
            (self.line, self.column) = (self.line.saturating_add(1), 1);
        } else {
            self.column = self.column.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_finds_places_forward_and_back() {
        let mut cursor = Cursor::new("añ\nb\r\n\u{1F980}c");
        let expected = [(0, (1, 1)), (1, (1, 2)), (2, (1, 2)), (3, (1, 3)), (4, (2, 1)), (7, (3, 1)), (11, (3, 2))];
        for (offset, place) in expected.into_iter().chain(expected.into_iter().rev()) {
            assert_eq!(cursor.seek(offset), place, "{offset}");
        }
        assert_eq!(cursor.seek(99), (3, 3));
    }
}
