//! Which ports speak HTTP, which is what a load balancer passes on.

/// Ports at which mail, databases, queues and remote shells listen: IANA's registry of ports, and the defaults in the
/// documentation of those that have none there. 9093 is left out: Kafka has it by custom, and Alertmanager serves HTTP there.
const NOT_HTTP: [u16; 36] = [
    21, 22, 23, 25, 53, 110, 143, 389, 465, 587, 636, 993, 995, 1433, 1521, 1883, 2181, 3306, 3389, 4222, 5432, 5433,
    5671, 5672, 6379, 6380, 7687, 8883, 9042, 9092, 11211, 26257, 27017, 28015, 33060, 50000,
];

/// Whether HTTP is the likely protocol of a port: nothing says so but the number.
#[must_use]
pub(crate) fn is_http(port: u16) -> bool {
    !NOT_HTTP.contains(&port)
}

#[cfg(test)]
mod tests {
    use super::is_http;

    #[test]
    fn databases_and_queues_do_not_speak_http() {
        assert_eq!([22, 5432, 6379, 27017].map(is_http), [false; 4]);
        assert_eq!([80, 443, 3000, 8080, 9093].map(is_http), [true; 5]);
    }
}
