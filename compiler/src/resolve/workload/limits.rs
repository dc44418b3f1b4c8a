//! Limits that the VM could never let a container reach.

use super::{Written, codes};
use crate::{facts::instances, resolve::Reporter, source::Span, spec::service::Service};

/// Compares the limits of all containers with the VM that the service gets.
pub(crate) fn check(service: &Service, instance_type: &str, report: &mut Reporter<'_>) {
    let Some(vm) = instances::find(instance_type) else { return };
    for limits in Written::all(service).filter_map(|written| written.limits) {
        if let Some(memory) = limits.memory.filter(|memory| memory.0 > vm.memory_mib) {
            let has = format!("a {instance_type} with {} MiB", vm.memory_mib);
            out_of_reach(&memory.to_string(), &has, limits.at.field("memory"), report);
        }
        if let Some(cpu) = limits.cpu.filter(|cpu| cpu.0 > vm.vcpus.saturating_mul(1_000)) {
            let has = format!("a {instance_type} with {} vCPU", vm.vcpus);
            out_of_reach(&format!("{cpu} vCPU"), &has, limits.at.field("cpu"), report);
        }
    }
}

fn out_of_reach(limit: &str, has: &str, place: Span, report: &mut Reporter<'_>) {
    let message = format!("a limit of {limit} is never reached: the VM is {has}");
    let hint = "give the service a larger `size` if the container needs as much, or lower the limit";
    report.report(&codes::LIMIT_OUT_OF_REACH, place, message, hint);
}
