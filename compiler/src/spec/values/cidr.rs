//! Ranges of addresses.

use std::{fmt, net::Ipv4Addr};

use super::Scalar;

/// An IPv4 range; the address is the range's first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cidr {
    /// First address.
    pub address: Ipv4Addr,
    /// Length of the prefix in bits.
    pub prefix: u8,
}

impl Scalar for Cidr {
    const EXPECTED: &'static str = "an IPv4 range such as `10.0.0.0/16`, its host bits zero";
    const NAME: &'static str = "Cidr";
    const PATTERN: &'static str = r"^([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}$";
    const EXAMPLE: &'static str = "10.0.0.0/16";

    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let address: Ipv4Addr = address.parse().ok()?;
        let prefix: u8 = prefix.parse().ok().filter(|prefix| *prefix <= 32)?;
        let host = u32::MAX.checked_shr(u32::from(prefix)).unwrap_or(0);
        (address.to_bits() & host == 0).then_some(Self { address, prefix })
    }

    fn stand_in() -> Self {
        Self { address: Ipv4Addr::new(10, 0, 0, 0), prefix: 16 }
    }
}

impl Cidr {
    /// The `index`-th part when the range is cut into parts of `prefix` bits; `None` when there is no such part.
    #[must_use]
    pub fn part(self, prefix: u8, index: u32) -> Option<Self> {
        let room = prefix.checked_sub(self.prefix)?;
        let fits = prefix <= 32 && u64::from(index) < 1_u64 << room;
        let address = self.address.to_bits() | index.checked_shl(32 - u32::from(prefix)).filter(|_| fits)?;
        Some(Self { address: Ipv4Addr::from_bits(address), prefix })
    }

    /// Whether every address is in it.
    #[must_use]
    pub fn is_everything(self) -> bool {
        self.prefix == 0
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.address, self.prefix)
    }
}
