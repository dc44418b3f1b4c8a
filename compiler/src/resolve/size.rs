//! Which instance type a member gets.

use super::{Reporter, codes};
use crate::{
    facts::instances::{self, Architecture, InstanceType},
    source::Span,
    spec::{
        service::{Architecture as Asked, Service, Size},
        values::{Cpu, MemorySize},
    },
};

/// What the operating system and the runner need beside the workload, in MiB.
const HEADROOM_MIB: u32 = 256;

/// The instance type of a member.
pub(crate) struct Chosen {
    pub architecture: &'static str,
    pub instance_type: String,
    pub vcpu: u32,
    pub disk: u32,
}

pub(crate) fn choose(service: &Service, span: Span, report: &mut Reporter<'_>) -> Chosen {
    let size = service.size.as_ref();
    let asked = size.and_then(|size| size.arch).unwrap_or(Asked::Arm64);
    let disk = size.and_then(|size| size.disk.as_ref()).map_or(8, |disk| disk.gibibytes());
    if let Some(place) = size.and_then(|size| size.disk.as_ref()).filter(|_| !(8..=16_384).contains(&disk)) {
        let message = "a root volume has 8Gi to 16Ti".to_owned();
        report.report(&codes::OUT_OF_RANGE, place.span(), message, "8Gi hold the operating system and a small image");
    }
    let named = size.and_then(|size| size.instance_type.as_ref());
    let found = match named {
        Some(named) => by_name(named, named.span(), size.and_then(|size| size.arch), report),
        None => by_need(service, asked, span, report),
    };
    let (name, vcpu, architecture) = found.unwrap_or_else(|| ("t4g.small".into(), 2, asked.word()));
    Chosen { architecture, instance_type: name, vcpu, disk }
}

fn by_name(
    name: &str,
    span: Span,
    asked: Option<Asked>,
    report: &mut Reporter<'_>,
) -> Option<(String, u32, &'static str)> {
    let Some(found) = instances::find(name) else {
        let message = format!("`{name}` is not an instance type that Skiff knows");
        report.report(
            &codes::NO_INSTANCE,
            span,
            message,
            "name a current type such as `m7g.large`, or ask for `cpu` and `memory`",
        );
        return None;
    };
    let architecture = word(found.architecture);
    if let Some(asked) = asked.filter(|asked| asked.word() != architecture) {
        let message = format!("`{name}` is {architecture}, `arch` says {}", asked.word());
        report.report(&codes::NO_INSTANCE, span, message, "take `arch` away: the type decides");
    }
    Some((name.to_owned(), found.vcpus, architecture))
}

fn by_need(
    service: &Service,
    asked: Asked,
    span: Span,
    report: &mut Reporter<'_>,
) -> Option<(String, u32, &'static str)> {
    let size = service.size.as_ref();
    let found = by_amounts(size, asked);
    if found.is_none() {
        let (cpu, memory) = amounts(size);
        let architecture = facts_of(asked);
        let place = size.map_or(span, |size| size.at.whole);
        let message = format!("no {} instance type has {cpu} vCPU and {memory}", asked.word());
        let hint = instances::largest(architecture).map_or_else(String::new, |most| {
            format!("the largest is `{}` with {} vCPU and {} MiB", most.name, most.vcpus, most.memory_mib)
        });
        report.report(&codes::NO_INSTANCE, place, message, hint);
    }
    found.map(|found| (found.name.to_owned(), found.vcpus, asked.word()))
}

/// What a size asks for, defaults included.
fn amounts(size: Option<&Size>) -> (Cpu, MemorySize) {
    let cpu = size.and_then(|size| size.cpu).unwrap_or(Cpu(500));
    (cpu, size.and_then(|size| size.memory).unwrap_or(MemorySize(512)))
}

fn by_amounts(size: Option<&Size>, asked: Asked) -> Option<&'static InstanceType> {
    let (cpu, memory) = amounts(size);
    instances::smallest(cpu.0, memory.0.saturating_add(HEADROOM_MIB), facts_of(asked), true)
}

fn facts_of(asked: Asked) -> Architecture {
    match asked {
        Asked::Arm64 => Architecture::Arm64,
        Asked::X86 => Architecture::X86_64,
    }
}

/// The instance type that a size leads to; `None` when it names an unknown one, or when none is large enough.
#[must_use]
pub fn instance_for(size: Option<&Size>) -> Option<&'static InstanceType> {
    match size.and_then(|size| size.instance_type.as_ref()) {
        Some(named) => instances::find(named),
        None => by_amounts(size, size.and_then(|size| size.arch).unwrap_or(Asked::Arm64)),
    }
}

fn word(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::Arm64 => "arm64",
        Architecture::X86_64 => "x86_64",
    }
}
