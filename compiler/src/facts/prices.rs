//! List prices in US dollars, each with its source and the source's date.
//!
//! Items are strings: `ec2:t4g.small` (on demand, Linux), `rds-mysql:db.t4g.small` and `rds-postgres:…` (one zone),
//! `rds-gp3`, `rds-gp3-multi-az`, `rds-backup`, `ebs-gp3`, `nat-gateway`, `interface-endpoint` (each zone), `alb`,
//! `public-ipv4`, `kms-key`, `secret`, `hosted-zone`, `cloudwatch-alarm-metric` (each metric that an alarm reads),
//! `waf-web-acl`, `waf-rule`, `cloud-map-instance`. A price that no source gives is `None`: it is unknown, not zero.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{LazyLock, Mutex, PoisonError},
};

use super::regions;
use super::table::Table;

static PRICES: Table = Table::new(include_str!("../../data/prices.tsv"), 2);
static SOURCES: Table = Table::new(include_str!("../../data/price-sources.tsv"), 1);

/// The region of rows whose source gives one price for every commercial region.
const EVERY_REGION: &str = "*";
const UNDATED: &str = "undated";

static AS_OF: LazyLock<String> = LazyLock::new(|| {
    let dates = || SOURCES.rows().filter_map(|row| row.split('\t').nth(1)).filter(|date| *date != UNDATED);
    let (oldest, newest) = (dates().min().unwrap_or(UNDATED), dates().max().unwrap_or(UNDATED));
    format!("{oldest} to {newest}")
});

/// What something costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Millionths of a US dollar for one unit; 4,200 is $0.0042.
    pub micro_dollars: u64,
    /// What is counted.
    pub unit: Unit,
    /// Where the figure comes from.
    pub source: Source,
}

/// What a price counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// An hour of existing. A month is 730 hours in AWS's own estimates.
    Hour,
    /// A gigabyte kept for a month.
    GigabyteMonth,
    /// A month of existing.
    Month,
}

impl fmt::Display for Unit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Hour => "h",
            Self::GigabyteMonth => "GB-month",
            Self::Month => "month",
        })
    }
}

/// Where a price comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The date of the figure, as exact as the source gives it (`2026`, `2026-06`, `2026-09-20`), if it gives one.
    pub date: Option<&'static str>,
    /// What the source is.
    pub title: &'static str,
    /// Where it is.
    pub address: &'static str,
}

/// The dates of the oldest and of the newest dated source, as in `2025-03-02 to 2026-09-24`.
#[must_use]
pub fn as_of() -> &'static str {
    &AS_OF
}

/// The price of an item in a region; `None` when it is not known.
#[must_use]
pub fn price(region: &str, item: &str) -> Option<Price> {
    /// The prices of a region's items.
    type Items = BTreeMap<String, Option<Price>>;
    /// What was asked for, by region: applications are many, and made of the same few items.
    static KEPT: LazyLock<Mutex<BTreeMap<String, Items>>> = LazyLock::new(Mutex::default);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(region).and_then(|items| items.get(item)) {
        return *known;
    }
    let found = find(region, item);
    kept.entry(region.to_owned()).or_default().insert(item.to_owned(), found);
    found
}

fn find(region: &str, item: &str) -> Option<Price> {
    let own = PRICES.find(&format!("{region}\t{item}"));
    own.or_else(|| everywhere(region, item)).and_then(read)
}

/// The row that holds for every region of the commercial partition.
fn everywhere(region: &str, item: &str) -> Option<&'static str> {
    let commercial = regions::find(region)?.partition == "aws";
    commercial.then(|| PRICES.find(&format!("{EVERY_REGION}\t{item}"))).flatten()
}

fn read(row: &'static str) -> Option<Price> {
    let mut columns = row.split('\t').skip(2);
    let (unit, micro_dollars, source) = (columns.next()?, columns.next()?, columns.next()?);
    Some(Price { micro_dollars: micro_dollars.parse().ok()?, unit: unit_of(unit)?, source: source_of(source)? })
}

fn unit_of(text: &str) -> Option<Unit> {
    [Unit::Hour, Unit::GigabyteMonth, Unit::Month].into_iter().find(|unit| unit.to_string() == text)
}

fn source_of(key: &str) -> Option<Source> {
    let mut columns = SOURCES.find(key)?.split('\t').skip(1);
    let (date, title, address) = (columns.next()?, columns.next()?, columns.next()?);
    Some(Source { date: (date != UNDATED).then_some(date), title, address })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micro_dollars(region: &str, item: &str) -> Option<u64> {
        price(region, item).map(|price| price.micro_dollars)
    }

    #[test]
    fn every_row_reads_and_names_a_source_with_an_address() {
        for row in PRICES.rows() {
            let price = read(row).unwrap_or_else(|| panic!("{row}"));
            assert!(price.micro_dollars > 0, "{row}");
            assert!(price.source.address.starts_with("https://"), "{row}");
        }
    }

    #[test]
    fn every_region_with_a_price_is_a_region() {
        for row in PRICES.rows() {
            let region = row.split('\t').next().unwrap();
            assert!(region == EVERY_REGION || regions::find(region).is_some(), "{row}");
        }
    }

    #[test]
    fn every_source_is_used() {
        for source in SOURCES.rows().map(|row| SOURCES.key(row)) {
            assert!(PRICES.rows().any(|row| row.ends_with(&format!("\t{source}"))), "{source}");
        }
    }

    #[test]
    fn prices_are_as_published() {
        assert_eq!(micro_dollars("us-east-1", "ec2:t4g.small"), Some(16_800));
        assert_eq!(micro_dollars("eu-west-1", "ec2:t4g.small"), Some(18_400));
        assert_eq!(micro_dollars("us-east-1", "alb"), Some(22_500));
        assert_eq!(price("us-east-1", "ebs-gp3").map(|price| price.unit), Some(Unit::GigabyteMonth));
    }

    #[test]
    fn a_price_for_every_region_holds_in_the_commercial_partition_only() {
        assert_eq!(micro_dollars("sa-east-1", "kms-key"), Some(1_000_000));
        assert_eq!(micro_dollars("cn-north-1", "kms-key"), None);
        assert_eq!(micro_dollars("nowhere-1", "kms-key"), None);
    }

    #[test]
    fn what_no_source_gives_is_unknown() {
        assert_eq!(price("eu-central-1", "nat-gateway"), None);
        assert_eq!(price("us-east-1", "ec2:t9z.small"), None);
    }

    #[test]
    fn the_dates_span_the_sources() {
        assert_eq!(as_of(), "2025-03-02 to 2026-09-24");
    }
}
