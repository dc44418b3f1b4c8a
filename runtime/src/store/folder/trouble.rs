//! What an operating system says, as a store's answer.

use std::io;

use crate::store::{StoreError, StoreErrorKind};

/// A refusal in the store's own words.
pub(super) fn refusal(kind: StoreErrorKind, key: &str, message: impl Into<String>) -> StoreError {
    StoreError { kind, key: key.to_owned(), message: message.into() }
}

/// A failure before anything was changed.
pub(super) fn before_effect(key: &str, verb: &str, error: &io::Error) -> StoreError {
    refusal(kind(error), key, format!("could not {verb}: {}", words(error)))
}

/// A failure after which nobody can tell whether the change is durable.
pub(super) fn after_effect(key: &str, verb: &str, error: &io::Error) -> StoreError {
    let message = format!("nobody can tell whether it is durable: could not {verb}: {}", words(error));
    refusal(StoreErrorKind::Ambiguous, key, message)
}

fn kind(error: &io::Error) -> StoreErrorKind {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => StoreErrorKind::Denied,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => StoreErrorKind::Full,
        io::ErrorKind::InvalidData => StoreErrorKind::Damaged,
        _ => StoreErrorKind::Unavailable,
    }
}

fn words(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_words_are_told_plainly() {
        let answer = |number| before_effect("a/b", "write", &io::Error::from_raw_os_error(number));
        let full = answer(28);
        assert_eq!(
            (full.kind, full.to_string().as_str()),
            (StoreErrorKind::Full, "`a/b`: could not write: no space left on device")
        );
        assert_eq!(
            [answer(122), answer(13), answer(30), answer(5)].map(|error| error.kind),
            [StoreErrorKind::Full, StoreErrorKind::Denied, StoreErrorKind::Denied, StoreErrorKind::Unavailable,]
        );
    }
}
