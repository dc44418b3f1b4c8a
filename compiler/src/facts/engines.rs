//! The versions of database engines on which RDS makes instances.

use std::cmp::Reverse;

use super::table::Table;

static TABLE: Table = Table::new(include_str!("../../data/engine-versions.tsv"), 2);

/// Whether RDS has a version of an engine; a series (`17`, `8.4`) means its newest release.
#[must_use]
pub fn has_version(engine: &str, version: &str) -> bool {
    is_exact(engine, version) || series(engine).contains(&version)
}

/// Whether a version names one release, not a series whose newest is taken.
#[must_use]
pub fn is_exact(engine: &str, version: &str) -> bool {
    versions(engine).any(|known| known == version)
}

/// The series of an engine (`17`, `8.4`), the newest first.
#[must_use]
pub fn series(engine: &str) -> Vec<&'static str> {
    let mut series: Vec<_> =
        versions(engine).filter_map(|version| version.rsplit_once('.').map(|(series, _)| series)).collect();
    series.sort_by_key(|series| Reverse(numbers(series)));
    series.dedup();
    series
}

fn versions(engine: &str) -> impl Iterator<Item = &'static str> + use<> {
    let prefix = format!("{engine}\t");
    let rows: Vec<_> = TABLE.starting_with(&prefix).collect();
    rows.into_iter().filter_map(|row| row.split('\t').nth(1))
}

fn numbers(version: &str) -> Vec<u32> {
    version.split('.').filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_stands_for_its_newest_release() {
        assert!(has_version("postgres", "17"));
        assert!(has_version("mysql", "8.4"));
        assert!(!has_version("postgres", "1"));
        assert!(!has_version("postgres", "99"));
        assert!(!is_exact("postgres", "17"));
    }

    #[test]
    fn the_newest_series_comes_first() {
        let series = series("postgres");
        assert_eq!(series.first(), Some(&"18"), "{series:?}");
    }
}
