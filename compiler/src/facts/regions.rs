//! The regions of AWS: partition, zones, and who delivers the logs of a load balancer.

use super::table::Table;

static TABLE: Table = Table::new(include_str!("../../data/regions.tsv"), 1);

/// The service principal that writes a load balancer's access logs where no account does.
///
/// A condition on `aws:SourceArn` is left out on purpose: Elastic Load Balancing does not document that its writes carry
/// it, and a statement whose condition is never met refuses the load balancer itself. The account in the path is what the
/// guide asks for.
///
/// Source: Elastic Load Balancing user guide, "Enable access logs for your Application Load Balancer".
pub const LOG_DELIVERY_SERVICE: &str = "logdelivery.elasticloadbalancing.amazonaws.com";

/// The letters taken for a region whose zones are not in the data.
const ASSUMED_ZONES: &str = "abc";

/// One region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// As in `eu-west-1`.
    pub name: &'static str,
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: &'static str,
    /// One letter for each zone, sorted, as in `abc`; `abc` when [`Region::zones_known`] is false.
    pub zone_letters: &'static str,
    /// Whether the letters come from AWS. An account may still see fewer zones than there are.
    pub zones_known: bool,
    /// The account that writes load balancer logs, in China and GovCloud; `None` where the service does.
    pub log_delivery_account: Option<&'static str>,
}

/// Who must be allowed to write a load balancer's logs into a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogDelivery {
    /// An account, by its twelve digits: `{"AWS": "arn:<partition>:iam::<account>:root"}`.
    Account(&'static str),
    /// A service principal: `{"Service": …}`.
    Service(&'static str),
}

impl Region {
    /// The names of the zones, as in `eu-west-1a`, sorted.
    #[must_use]
    pub fn zones(&self) -> Vec<String> {
        self.zone_letters.chars().map(|letter| format!("{}{letter}", self.name)).collect()
    }

    /// Who writes the access logs of a load balancer in this region.
    #[must_use]
    pub fn log_delivery(&self) -> LogDelivery {
        self.log_delivery_account.map_or(LogDelivery::Service(LOG_DELIVERY_SERVICE), LogDelivery::Account)
    }

    /// The end of the host names of AWS in this region's partition.
    #[must_use]
    pub fn domain(&self) -> &'static str {
        if self.partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" }
    }
}

/// The region of this name; `None` when there is none in the three partitions.
#[must_use]
pub fn find(name: &str) -> Option<Region> {
    TABLE.find(name).and_then(read)
}

/// The names of all regions, sorted.
#[must_use]
pub fn names() -> Vec<&'static str> {
    TABLE.rows().map(|row| TABLE.key(row)).collect()
}

fn read(row: &'static str) -> Option<Region> {
    let mut columns = row.split('\t');
    let (name, partition) = (columns.next()?, columns.next()?);
    let (letters, account) = (columns.next()?, columns.next()?);
    Some(Region {
        name,
        partition,
        zone_letters: if letters.is_empty() { ASSUMED_ZONES } else { letters },
        zones_known: !letters.is_empty(),
        log_delivery_account: (!account.is_empty()).then_some(account),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_is_found_and_complete() {
        for name in names() {
            let region = find(name).unwrap();
            assert_eq!(region.name, name);
            assert!(["aws", "aws-cn", "aws-us-gov"].contains(&region.partition), "{name}");
            assert!(region.log_delivery_account.is_none_or(|account| account.len() == 12), "{name}");
        }
        assert_eq!(find("eu-west-9"), None);
    }

    #[test]
    fn zones_are_named_by_letter() {
        assert_eq!(find("us-west-1").unwrap().zones(), ["us-west-1a", "us-west-1b"]);
        assert_eq!(find("ap-northeast-1").unwrap().zone_letters, "acd");
        let assumed = find("cn-north-1").unwrap();
        assert!(!assumed.zones_known);
        assert_eq!((assumed.zone_letters, assumed.partition, assumed.domain()), ("abc", "aws-cn", "amazonaws.com.cn"));
    }

    #[test]
    fn a_service_delivers_logs_and_in_china_and_govcloud_an_account() {
        for name in names() {
            let region = find(name).unwrap();
            let by_service = region.log_delivery() == LogDelivery::Service(LOG_DELIVERY_SERVICE);
            assert_eq!(by_service, region.partition == "aws", "{name}");
        }
        assert_eq!(find("us-gov-west-1").unwrap().log_delivery(), LogDelivery::Account("048591011584"));
    }
}
