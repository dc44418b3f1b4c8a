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
    /// The place of what nobody wrote: a stand-in for a value that is missing or unusable, and was reported as such.
    pub const NOWHERE: Self = Self { start: u32::MAX, end: u32::MAX };

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

/// Where each line of a text begins: finds many places without reading the text again for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines<'text> {
    text: &'text str,
    starts: Vec<usize>,
}

impl<'text> Lines<'text> {
    /// The lines of a text.
    #[must_use]
    pub fn of(text: &'text str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(index, _)| index + 1);
        Self { text, starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// Line and column of a byte offset, both from 1; the column counts Unicode scalar values.
    #[must_use]
    pub fn line_and_column(&self, offset: u32) -> (u32, u32) {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count()) + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }
}

/// Line and column of a byte offset, both from 1; the column counts Unicode scalar values.
#[must_use]
pub fn line_and_column(text: &str, offset: u32) -> (u32, u32) {
    Lines::of(text).line_and_column(offset)
}
