//! How many members, and what each may take.

use skiff_compiler::{
    resolve::instance_for,
    spec::{
        decode::Decode,
        service::Size,
        values::{Cpu, MemorySize},
        workload::Limits,
    },
};

use super::Draft;
use crate::{
    compose::{codes, number, variables},
    kube::object::Field,
};

pub(super) fn apply(draft: &mut Draft<'_>, root: Field<'_>) {
    replicas(draft, root);
    let cpus = [root.at("deploy.resources.limits.cpus"), root.get("cpus")];
    let memory = [root.at("deploy.resources.limits.memory"), root.get("mem_limit")];
    let asked_cpus = [root.at("deploy.resources.reservations.cpus"), None];
    let asked_memories = [root.at("deploy.resources.reservations.memory"), root.get("mem_reservation")];
    let limits = Limits {
        cpu: amount(&cpus, number::thousandths).map(Cpu),
        memory: amount(&memory, number::mebibytes).map(MemorySize),
        ..Limits::fallback()
    };
    let asked_cpu = amount(&asked_cpus, number::thousandths).map(Cpu);
    let asked_memory = amount(&asked_memories, number::mebibytes).map(MemorySize);
    // What may be taken must be there: the VM belongs to this service alone.
    let size = draft.service.size.take().unwrap_or_else(Size::fallback);
    let size = Size { cpu: asked_cpu.max(limits.cpu), memory: asked_memory.max(limits.memory), ..size };
    if (size.cpu.is_some() || size.memory.is_some()) && instance_for(Some(&size)).is_none() {
        for field in [cpus, memory, asked_cpus, asked_memories].into_iter().flatten().flatten() {
            field.say(&codes::UNSUPPORTED, "no instance type is this large", "lower it, or split the service");
        }
        draft.service.size = Some(Size { cpu: None, memory: None, ..size }).filter(|size| *size != Size::fallback());
        return;
    }
    draft.service.size = (size != Size::fallback()).then_some(size);
    draft.service.limits = (limits != Limits::fallback()).then_some(limits);
}

/// The first of some fields that is there, read; all of them are.
fn amount(fields: &[Option<Field<'_>>], read: fn(&str) -> Option<u32>) -> Option<u32> {
    let mut found = None;
    for field in fields.iter().copied().flatten() {
        match variables::text(field).as_deref().map(str::trim) {
            Some("0") => field.ignore("0 means no limit"),
            Some(text) => match read(text) {
                Some(amount) => found = found.or(Some(amount)),
                None => field.say(&codes::BAD_VALUE, "this is no amount", "write one such as `0.5` or `512m`"),
            },
            None => {}
        }
    }
    found
}

fn replicas(draft: &mut Draft<'_>, root: Field<'_>) {
    for field in [root.at("deploy.replicas"), root.get("scale")].into_iter().flatten() {
        match variables::text(field).and_then(|text| text.parse::<u32>().ok()) {
            Some(count) if count <= 500 => draft.replicas = count,
            Some(_) => field.say(&codes::UNSUPPORTED, "Skiff runs at most 500 members", "lower it"),
            None => field.say(&codes::BAD_VALUE, "this is no number of members", "write a whole number"),
        }
    }
    if let Some(mode) = root.at("deploy.mode")
        && mode.text().is_some_and(|mode| mode != "replicated")
    {
        mode.say(
            &codes::UNSUPPORTED,
            "it runs once on each machine, and there are no shared machines",
            "set `replicas`",
        );
    }
}
