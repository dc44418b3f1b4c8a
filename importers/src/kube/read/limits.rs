//! How much the reader takes. Each bound is far above what any manifest needs, and below what would hurt.

/// Bytes of one file: 64 MiB.
pub const MAX_FILE_BYTES: usize = 64 << 20;
/// How many lists and mappings may stand inside each other.
///
/// Later stages may recurse over a tree, and dropping one does. kubectl takes 10,000.
pub const MAX_DEPTH: usize = 128;
/// Values in one file, before aliases: a million.
pub const MAX_VALUES: usize = 1_000_000;
/// Bytes that may be read again because a quoted text had to be indented: 64 MiB for each document.
pub const MAX_REREAD_BYTES: usize = 64 << 20;
