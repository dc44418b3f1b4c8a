//! Paths within a generated folder, as its list writes them.

use std::path::{Path, PathBuf};

use super::{LIST, STAGING};

/// Why a path cannot be one of a generated file; `None` when it can.
///
/// Only plain names with `/` between them pass, so that no path leads out of its folder on any system.
pub(crate) fn problem(path: &str) -> Option<&'static str> {
    let mut names = path.split('/');
    let first = names.clone().next().unwrap_or_default();
    if path.is_empty() {
        Some("is empty")
    } else if path.contains(|letter: char| letter.is_control() || matches!(letter, '\\' | ':')) {
        Some("has a letter that no generated path has")
    } else if names.any(|name| matches!(name, "" | "." | "..")) {
        Some("leads out of its folder, or is not in its plain form")
    } else if path == LIST || first == STAGING {
        Some("is Skiff's own")
    } else {
        None
    }
}

/// Every folder on the way to a path, the outermost first, without the root.
pub(crate) fn folders(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    path.match_indices('/').map(|(end, _)| &path[..end])
}

/// The path as the file system has it.
pub(crate) fn below(root: &Path, path: &str) -> PathBuf {
    path.split('/').fold(root.to_owned(), |folder, name| folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_pass() {
        for path in ["main.tf", "services/web/iam.tf", "environment/tests/plan.tftest.hcl", "a..b", "...", "ü.tf"] {
            assert_eq!(problem(path), None, "{path}");
        }
        let outside =
            ["", "/etc/passwd", "../x", "a/../../x", "a/..", "./a", "a//b", "a/", ".", "..", "C:x", "a\\..\\b"];
        for path in
            outside.into_iter().chain(["a\0b", "a\nb", "skiff-files.json", ".skiff-staging/0", ".skiff-staging"])
        {
            assert!(problem(path).is_some(), "{path}");
        }
    }

    #[test]
    fn the_folders_on_the_way_come_from_outside_in() {
        assert_eq!(folders("a/b/c.tf").collect::<Vec<_>>(), ["a", "a/b"]);
        assert_eq!(folders("c.tf").count(), 0);
    }
}
