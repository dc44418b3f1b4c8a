//! The EC2 instance types that Skiff chooses from, and the choice.

use std::sync::LazyLock;

use super::prices;
use super::table::Table;

static TABLE: Table = Table::new(include_str!("../../data/instance-types.tsv"), 1);

/// Prices of one region decide what is cheapest, so that a spec means the same type everywhere.
const PRICE_REGION: &str = "us-east-1";

static TYPES: LazyLock<Vec<InstanceType>> = LazyLock::new(|| TABLE.rows().filter_map(read).collect());

/// Types without graphics processors that have a price, the cheapest first, equals by name: a price is looked up once.
static CHEAPEST_FIRST: LazyLock<Vec<&'static InstanceType>> = LazyLock::new(|| {
    let plain = TYPES.iter().filter(|entry| entry.gpus == 0);
    let mut priced: Vec<_> = plain.filter_map(|entry| Some((entry.micro_dollars()?, entry))).collect();
    priced.sort_by_key(|(price, entry)| (*price, entry.name));
    priced.into_iter().map(|(_, entry)| entry).collect()
});

/// The instruction set of a processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Architecture {
    /// AWS Graviton.
    Arm64,
    /// Intel and AMD.
    X86_64,
}

impl Architecture {
    /// AWS's name of it: `arm64` or `x86_64`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        }
    }
}

/// One type of EC2 instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceType {
    /// As in `t4g.small`.
    pub name: &'static str,
    /// What its processor runs.
    pub architecture: Architecture,
    /// Virtual processors.
    pub vcpus: u32,
    /// Memory in MiB.
    pub memory_mib: u32,
    /// Graphics processors.
    pub gpus: u32,
    /// Of a burstable type: the share of each processor, in percent, that it may use for ever. `None` for all others.
    pub baseline_percent: Option<u32>,
}

impl InstanceType {
    /// Whether the type earns and spends CPU credits.
    #[must_use]
    pub fn is_burstable(&self) -> bool {
        self.baseline_percent.is_some()
    }

    /// The thousandths of a processor that the type can give for ever: all of them unless it is burstable.
    #[must_use]
    pub fn sustained_cpu_millis(&self) -> u32 {
        self.vcpus * self.baseline_percent.unwrap_or(100) * 10
    }

    /// What an hour costs in the region whose prices decide, in millionths of a US dollar.
    fn micro_dollars(&self) -> Option<u64> {
        prices::price(PRICE_REGION, &format!("ec2:{}", self.name)).map(|price| price.micro_dollars)
    }
}

/// The type of this name; `None` when it is not one of those that Skiff chooses from.
#[must_use]
pub fn find(name: &str) -> Option<&'static InstanceType> {
    TYPES.binary_search_by_key(&name, |entry| entry.name).ok().and_then(|index| TYPES.get(index))
}

/// Every type, sorted by name.
#[must_use]
pub fn all() -> &'static [InstanceType] {
    &TYPES
}

/// The cheapest type that offers at least this much, by the on-demand prices of `us-east-1`; the first by name of equals.
///
/// `cpu_millis` are thousandths of a virtual processor, compared with what the type has (a burstable one bursts to it).
/// Types with graphics processors are never chosen: whoever needs one names it. `None` when no type is large enough.
#[must_use]
pub fn smallest(
    cpu_millis: u32,
    memory_mib: u32,
    architecture: Architecture,
    allow_burstable: bool,
) -> Option<&'static InstanceType> {
    let fits = |entry: &InstanceType| entry.vcpus * 1_000 >= cpu_millis && entry.memory_mib >= memory_mib;
    let allowed =
        |entry: &InstanceType| entry.architecture == architecture && (allow_burstable || !entry.is_burstable());
    CHEAPEST_FIRST.iter().copied().find(|entry| allowed(entry) && fits(entry))
}

/// The cheapest type with at least so many graphics processors that offers at least this much; `None` when there is none.
#[must_use]
pub fn smallest_with_gpus(gpus: u32, cpu_millis: u32, memory_mib: u32) -> Option<&'static InstanceType> {
    let fits = |entry: &&InstanceType| {
        entry.gpus >= gpus.max(1) && entry.vcpus * 1_000 >= cpu_millis && entry.memory_mib >= memory_mib
    };
    let priced = TYPES.iter().filter(fits).filter_map(|entry| Some((entry.micro_dollars()?, entry)));
    priced.min_by_key(|(price, entry)| (*price, entry.name)).map(|(_, entry)| entry)
}

/// The type with the most virtual processors, then the most memory: the upper end of what [`smallest`] can give.
#[must_use]
pub fn largest(architecture: Architecture) -> Option<&'static InstanceType> {
    plain(architecture).max_by_key(|entry| (entry.vcpus, entry.memory_mib))
}

fn plain(architecture: Architecture) -> impl Iterator<Item = &'static InstanceType> {
    TYPES.iter().filter(move |entry| entry.architecture == architecture && entry.gpus == 0)
}

fn read(row: &'static str) -> Option<InstanceType> {
    let mut columns = row.split('\t');
    let (name, architecture) = (columns.next()?, columns.next()?);
    let (vcpus, memory_mib) = (columns.next()?.parse().ok()?, columns.next()?.parse().ok()?);
    let (gpus, baseline) = (columns.next()?.parse().ok()?, columns.next()?);
    let architecture =
        [Architecture::Arm64, Architecture::X86_64].into_iter().find(|known| known.name() == architecture)?;
    Some(InstanceType { name, architecture, vcpus, memory_mib, gpus, baseline_percent: baseline.parse().ok() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chosen(cpu: u32, memory: u32, architecture: Architecture, burstable: bool) -> Option<&'static str> {
        smallest(cpu, memory, architecture, burstable).map(|entry| entry.name)
    }

    #[test]
    fn every_row_reads_and_has_a_price() {
        assert_eq!(all().len(), TABLE.rows().count());
        for entry in all() {
            assert_eq!(find(entry.name), Some(entry));
            assert!(entry.micro_dollars().is_some(), "{}", entry.name);
        }
        assert_eq!(find("t1.micro"), None);
    }

    #[test]
    fn the_cheapest_that_fits_is_chosen() {
        assert_eq!(chosen(250, 512, Architecture::Arm64, true), Some("t4g.nano"));
        assert_eq!(chosen(1_000, 2_048, Architecture::Arm64, true), Some("t4g.small"));
        assert_eq!(chosen(1_000, 2_048, Architecture::Arm64, false), Some("c6g.medium"));
        assert_eq!(chosen(2_000, 4_096, Architecture::X86_64, true), Some("t3a.medium"));
        assert_eq!(chosen(2_000, 4_096, Architecture::X86_64, false), Some("c6a.large"));
    }

    #[test]
    fn more_than_the_largest_is_nothing() {
        for architecture in [Architecture::Arm64, Architecture::X86_64] {
            let largest = largest(architecture).unwrap();
            assert!(smallest(largest.vcpus * 1_000, largest.memory_mib, architecture, false).is_some());
            assert_eq!(smallest(largest.vcpus * 1_000 + 1, 0, architecture, true), None);
        }
    }

    #[test]
    fn burstable_types_have_a_baseline() {
        let small = find("t4g.small").unwrap();
        assert_eq!((small.is_burstable(), small.sustained_cpu_millis()), (true, 400));
        let medium = find("m7g.medium").unwrap();
        assert_eq!((medium.is_burstable(), medium.sustained_cpu_millis()), (false, 1_000));
        assert_eq!(find("g5.xlarge").unwrap().gpus, 1);
        assert_eq!(smallest_with_gpus(1, 1_000, 1_024).unwrap().name, "g4dn.xlarge");
        assert_eq!(smallest_with_gpus(2, 1_000, 1_024).unwrap().gpus, 4);
        assert_eq!(smallest_with_gpus(64, 1_000, 1_024), None);
    }

    proptest! {
        #[test]
        fn asking_for_more_never_costs_less(
            cpu in 0_u32..200_000, memory in 0_u32..1_600_000,
            more_cpu in 0_u32..50_000, more_memory in 0_u32..200_000,
            arm in any::<bool>(), burstable in any::<bool>(),
        ) {
            let architecture = if arm { Architecture::Arm64 } else { Architecture::X86_64 };
            let less = smallest(cpu, memory, architecture, burstable);
            let more = smallest(cpu + more_cpu, memory + more_memory, architecture, burstable);
            match (less, more) {
                (Some(less), Some(more)) => prop_assert!(less.micro_dollars() <= more.micro_dollars()),
                (None, more) => prop_assert_eq!(more, None),
                (Some(_), None) => {}
            }
        }

        #[test]
        fn the_choice_holds_what_was_asked(cpu in 0_u32..200_000, memory in 0_u32..1_600_000, burstable in any::<bool>()) {
            if let Some(chosen) = smallest(cpu, memory, Architecture::Arm64, burstable) {
                prop_assert!(chosen.vcpus * 1_000 >= cpu && chosen.memory_mib >= memory && chosen.gpus == 0);
                prop_assert!(burstable || !chosen.is_burstable());
            }
        }
    }
}
