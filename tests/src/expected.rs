//! Committed expectations: compared, or rewritten with `SKIFF_BLESS=1`.
//!
//! What a test expects lies in the repository as files. [`Expected`] gathers what they should be and settles it once:
//! a missing, a stale and an orphan file are each a problem that names the command which repairs it.

use std::{collections::BTreeMap, env, fs, path::Path};

use similar::TextDiff;

use crate::{Problems, checkout};

/// Lines of a diff that are printed for one file; the rest is counted.
const DIFF_LINES: usize = 40;

/// Set to `1`, it turns every comparison into a rewrite.
pub const BLESS: &str = "SKIFF_BLESS";

/// The files that a test expects, and the place where no others may lie.
#[derive(Debug)]
pub struct Expected {
    test: &'static str,
    files: BTreeMap<String, String>,
    orphans: Vec<String>,
}

impl Expected {
    /// Nothing expected yet; `test` is the test binary that blesses these files.
    #[must_use]
    pub fn new(test: &'static str) -> Self {
        Self { test, files: BTreeMap::new(), orphans: Vec::new() }
    }

    /// Expects a file, by its path from the workspace root, to have this content.
    pub fn file(&mut self, path: impl Into<String>, content: impl Into<String>) {
        self.files.insert(path.into(), content.into());
    }

    /// A file that lies there, is not an input and is not expected: blessing removes it.
    pub fn orphan(&mut self, path: impl Into<String>) {
        self.orphans.push(path.into());
    }

    /// Compares everything, or rewrites everything when [`BLESS`] is `1`.
    #[must_use]
    pub fn settle(&self) -> Problems {
        let blessing = env::var(BLESS).is_ok_and(|value| value == "1");
        if blessing { self.bless(&checkout::root()) } else { self.compare(&checkout::root()) }
    }

    /// Compares with the files below `root`.
    #[must_use]
    pub fn compare(&self, root: &Path) -> Problems {
        let orphans = self.orphans.iter().map(|path| format!("{path}: orphan, nothing writes it\n{}", self.advice()));
        let files = self.files.iter().filter_map(|(path, content)| self.compare_file(root, path, content));
        files.chain(orphans).collect()
    }

    fn compare_file(&self, root: &Path, path: &str, content: &str) -> Option<String> {
        let Ok(found) = fs::read_to_string(root.join(path)) else {
            return Some(format!("{path}: missing\n{}", self.advice()));
        };
        (found != content).then(|| format!("{path}: stale\n{}{}", first_differences(&found, content), self.advice()))
    }

    fn advice(&self) -> String {
        format!("bless: {BLESS}=1 cargo test -p skiff-tests --test {}, then read the diff", self.test)
    }

    /// Rewrites what differs below `root` and removes orphans; a problem is a file that cannot be written.
    #[must_use]
    pub fn bless(&self, root: &Path) -> Problems {
        let removed = self.orphans.iter().map(|path| (path, fs::remove_file(root.join(path))));
        let written = self.files.iter().map(|(path, content)| (path, write_if_different(&root.join(path), content)));
        let failed = |(path, result): (&String, std::io::Result<()>)| Some(format!("{path}: {}", result.err()?));
        removed.chain(written).filter_map(failed).collect()
    }
}

fn write_if_different(path: &Path, content: &str) -> std::io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|found| found == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content)
}

/// The first lines of a unified diff from what is committed to what is produced.
#[must_use]
pub fn first_differences(committed: &str, produced: &str) -> String {
    let diff = TextDiff::from_lines(committed, produced);
    let text = diff.unified_diff().context_radius(2).header("committed", "produced").to_string();
    let all = text.lines().count();
    let mut shown: String = text.lines().take(DIFF_LINES).map(|line| format!("{line}\n")).collect();
    if all > DIFF_LINES {
        shown.push_str(&format!("… {} more lines of diff\n", all - DIFF_LINES));
    }
    shown
}
