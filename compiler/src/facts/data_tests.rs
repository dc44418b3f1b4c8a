//! What holds for all data files together.

use std::collections::BTreeSet;

use super::actions::{self, Resolution};
use super::schemas;

const TABLES: [(&str, &str, usize); 7] = [
    ("iam-actions.tsv", include_str!("../../data/iam-actions.tsv"), 1),
    ("iam-resources.tsv", include_str!("../../data/iam-resources.tsv"), 1),
    ("iam-services.tsv", include_str!("../../data/iam-services.tsv"), 1),
    ("instance-types.tsv", include_str!("../../data/instance-types.tsv"), 1),
    ("price-sources.tsv", include_str!("../../data/price-sources.tsv"), 1),
    ("prices.tsv", include_str!("../../data/prices.tsv"), 2),
    ("regions.tsv", include_str!("../../data/regions.tsv"), 1),
];

fn key(row: &str, columns: usize) -> String {
    row.split('\t').take(columns).collect::<Vec<_>>().join("\t").to_lowercase()
}

#[test]
fn rows_are_sorted_unique_and_of_one_width() {
    for (file, text, columns) in TABLES {
        let keys: Vec<_> = text.lines().map(|row| key(row, columns)).collect();
        for pair in keys.windows(2) {
            assert!(pair[0] < pair[1], "{file}: `{}` before `{}`", pair[0], pair[1]);
        }
        let widths: BTreeSet<_> = text.lines().map(|row| row.split('\t').count()).collect();
        assert_eq!(widths.len(), 1, "{file}");
        assert!(text.ends_with('\n'), "{file}");
    }
}

#[test]
fn every_data_file_has_its_line_in_the_sources_page() {
    let page = include_str!("../../../docs/data-sources.md");
    for (file, ..) in TABLES {
        assert!(page.contains(&format!("`{file}`")), "{file}");
    }
    assert!(page.contains("`schemas/`"));
}

#[test]
fn every_handler_action_is_known_or_explained() {
    for type_name in schemas::type_names() {
        for entry in schemas::handler_actions(type_name) {
            assert_ne!(actions::resolve(entry), Resolution::Unknown, "{type_name}: {entry}");
        }
    }
}

#[test]
fn a_covered_service_has_as_many_actions_as_its_line_says() {
    for row in include_str!("../../data/iam-services.tsv").lines() {
        let (service, count) = row.split_once('\t').unwrap();
        assert_eq!(actions::expand(&format!("{service}:*")).len(), count.parse::<usize>().unwrap(), "{service}");
    }
}

#[test]
fn every_action_reads_and_every_resource_has_a_pattern() {
    for row in include_str!("../../data/iam-actions.tsv").lines() {
        let name = row.split('\t').next().unwrap();
        let listed = row.split('\t').nth(2).unwrap().split_whitespace().count();
        let action = actions::action(name).unwrap_or_else(|| panic!("{name}"));
        assert_eq!((action.name, action.resources.len()), (name, listed));
        assert!(action.resources.iter().all(|resource| !resource.arn_pattern.is_empty()), "{name}");
    }
}

#[test]
fn the_tables_stay_small() {
    let bytes: usize = TABLES.iter().map(|(_, text, _)| text.len()).sum();
    assert!(bytes < 700_000, "{bytes} bytes are embedded");
}
