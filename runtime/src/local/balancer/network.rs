//! Networks of source conditions: addresses in CIDR notation.

use std::net::IpAddr;

/// A network, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// Reads `10.0.0.0/8`, `2001:db8::/32` or a single address.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().ok()?;
        let all = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(all), |bits| bits.parse().ok())?;
        (bits <= all).then_some(Self { address, bits })
    }

    /// Whether an address is in it. An IPv4 address that came in by an IPv6 socket counts as what it is.
    pub(super) fn has(self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let distance = 32 - self.bits;
                u32::from(own).checked_shr(distance) == u32::from(other).checked_shr(distance)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let distance = 128 - self.bits;
                u128::from(own).checked_shr(distance) == u128::from(other).checked_shr(distance)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(network: &str, address: &str) -> bool {
        Network::read(network).expect("a network").has(address.parse().expect("an address"))
    }

    #[test]
    fn an_address_is_in_its_network_only() {
        assert!(has("198.51.100.0/24", "198.51.100.7") && !has("198.51.100.0/24", "198.51.101.7"));
        assert!(has("0.0.0.0/0", "203.0.113.1") && has("127.0.0.1", "127.0.0.1") && !has("127.0.0.1", "127.0.0.2"));
        assert!(has("127.0.0.0/8", "::ffff:127.0.0.1") && !has("::/0", "127.0.0.1"));
        assert!(has("2001:db8::/32", "2001:db8:1::1") && !has("2001:db8::/32", "2001:db9::1"));
        assert!(["1.2.3/8", "1.2.3.4/33", "::/129", "a"].iter().all(|text| Network::read(text).is_none()));
    }
}
