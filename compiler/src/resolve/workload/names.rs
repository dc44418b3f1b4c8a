//! How names are resolved, and what the kernel of the VM is told.

use std::net::IpAddr;

use super::codes;
use crate::{
    resolve::Reporter,
    spec::{
        service::Service,
        values::{HostName, Scalar as _},
        workload::Resolver,
    },
};

/// More name servers than these are ignored (`MAXNS`, resolv.conf(5)).
const SERVERS: usize = 3;

pub(super) fn check(service: &Service, report: &mut Reporter<'_>) {
    if let Some(resolver) = &service.dns {
        check_resolver(resolver, report);
    }
    check_hosts(service, report);
    check_sysctls(service, report);
}

fn check_resolver(resolver: &Resolver, report: &mut Reporter<'_>) {
    for server in resolver.servers.iter().filter(|server| !is_address(server)) {
        let message = format!("`{}` is not an IP address", server.value);
        report.report(&codes::BAD_RESOLVER, server.span(), message, "a name server is named by its address");
    }
    if resolver.servers.len() > SERVERS {
        let message = format!("{} name servers: only the first {SERVERS} are asked", resolver.servers.len());
        let hint = format!("keep the {SERVERS} that matter");
        report.report(&codes::BAD_RESOLVER, resolver.at.field("servers"), message, hint);
    }
    for domain in resolver.search.iter().filter(|domain| domain.as_str().starts_with("*.")) {
        let message = format!("`{}` is not a domain to search in", domain.value);
        report.report(&codes::BAD_RESOLVER, domain.span(), message, "write the domain without `*.`");
    }
    for option in resolver.options.iter().filter(|option| !is_option(option)) {
        let message = format!("`{}` is not an option", option.value);
        report.report(&codes::BAD_RESOLVER, option.span(), message, "write it like `ndots:2` or `rotate`");
    }
}

fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// A word, or a word with a number: `rotate`, `ndots:2`.
fn is_option(text: &str) -> bool {
    let (word, number) = text.split_once(':').unwrap_or((text, "0"));
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    !word.is_empty() && word.bytes().all(inner) && digits
}

/// The names of `hosts` have no places of their own: what is said of them stands at the table.
fn check_hosts(service: &Service, report: &mut Reporter<'_>) {
    let place = service.at.field("hosts");
    for (address, names) in &service.hosts {
        if !is_address(address) {
            let message = format!("`{address}` is not an IP address");
            report.report(&codes::BAD_HOSTS, place, message, "write the address first, then its names in a list");
        }
        if names.is_empty() {
            report.report(&codes::BAD_HOSTS, place, format!("`{address}` has no name"), "add one, or take it away");
        }
        let wildcard_or_worse = |name: &&String| name.starts_with("*.") || HostName::parse(name).is_none();
        for name in names.iter().filter(wildcard_or_worse) {
            let message = format!("`{name}` is not the name of one host");
            report.report(&codes::BAD_HOSTS, place, message, "write lower-case labels joined by dots");
        }
    }
}

fn check_sysctls(service: &Service, report: &mut Reporter<'_>) {
    let place = service.at.field("sysctls");
    for (name, value) in &service.sysctls {
        if !is_parameter(name) {
            let message = format!("`{name}` is not a kernel parameter");
            report.report(&codes::BAD_SYSCTL, place, message, "write it like `net.core.somaxconn`");
        }
        if value.trim().is_empty() || value.contains('\n') {
            let message = format!("`{name}` has no value in one line");
            report.report(&codes::BAD_SYSCTL, place, message, "write it like `\"1024\"`");
        }
    }
}

/// Two words at least, joined by dots.
fn is_parameter(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    name.contains('.') && name.split('.').all(|word| !word.is_empty() && word.bytes().all(inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_a_word_and_perhaps_a_number() {
        assert!(["rotate", "ndots:2", "single-request-reopen", "use_vc"].iter().all(|option| is_option(option)));
        assert!(["", "ndots:", "ndots:x", "ndots 2", "Rotate"].iter().all(|option| !is_option(option)));
    }

    #[test]
    fn a_parameter_has_two_words_at_least() {
        assert!(["kernel.pid_max", "net.ipv4.conf.all.rp_filter"].iter().all(|name| is_parameter(name)));
        assert!(["somaxconn", "net..core", ".net", "net.core.", "net.core/x"].iter().all(|name| !is_parameter(name)));
    }
}
