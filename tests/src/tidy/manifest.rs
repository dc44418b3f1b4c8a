//! Rules for the Cargo files.

use super::texts;
use crate::{Problems, checkout};

/// The only place packages come from.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Every crate of the workspace takes the workspace's lints.
///
/// # Errors
/// A folder that cannot be read.
pub fn inherits_lints() -> Result<Problems, String> {
    let manifests = texts(&["/Cargo.toml"])?;
    let own = manifests.iter().filter(|(file, _)| !is_own_workspace(file));
    let without = own.filter(|(_, text)| !text.contains("[lints]\nworkspace = true"));
    Ok(without.map(|(file, _)| format!("{file}: says no `[lints] workspace = true`")).collect())
}

/// The fuzz targets are a workspace of their own, since they need another profile.
fn is_own_workspace(file: &str) -> bool {
    file.starts_with("fuzz/")
}

/// Every dependency of the workspace stands under a comment that says why it is here.
///
/// A comment covers the lines that follow it without a gap; the project's own crates need none.
///
/// # Errors
/// The workspace's manifest cannot be read.
pub fn explains_dependencies() -> Result<Problems, String> {
    let manifest = checkout::text("Cargo.toml")?;
    Ok(unexplained(&manifest).into_iter().map(|line| format!("Cargo.toml: no comment above `{line}`")).collect())
}

/// The lines of `[workspace.dependencies]` that no comment covers.
#[must_use]
pub fn unexplained(manifest: &str) -> Vec<&str> {
    let section = manifest.split("[workspace.dependencies]\n").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let mut explained = false;
    let mut found = Vec::new();
    for line in section.lines() {
        explained = line.starts_with('#') || (explained && !line.is_empty());
        let is_dependency = line.contains('=') && !line.starts_with('#') && !line.contains("{ path = ");
        if is_dependency && !explained {
            found.push(line);
        }
    }
    found
}

/// Every package of the lock file comes from crates.io.
///
/// # Errors
/// The lock file cannot be read.
pub fn comes_from_crates_io() -> Result<Problems, String> {
    let lock = checkout::text("Cargo.lock")?;
    let sources = lock.lines().filter_map(|line| line.strip_prefix("source = "));
    let foreign = sources.filter(|source| source.trim_matches('"') != CRATES_IO);
    Ok(foreign.map(|source| format!("Cargo.lock: a package comes from {source}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_without_a_reason_is_found() {
        let manifest = "[workspace.dependencies]\nown = { path = \"own\" }\n\n# Why.\na = \"1\"\nb = \"1\"\n\nc = \"1\"\n\n[x]\nd = 1\n";
        assert_eq!(unexplained(manifest), ["c = \"1\""]);
    }
}
