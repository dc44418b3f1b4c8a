//! Draws where an application stands, for people.

use skiff_wire::{Finding, MemberPhase, OperationStatus};

use crate::standing::{MemberStanding, OperationStanding, ProviderStanding, ServiceStanding, SlotStanding, Standing};

/// The whole page.
pub(crate) fn draw(standing: &Standing, findings: &[Finding]) -> String {
    let mut page = format!("{} in {}, ledger {}\n", standing.app, standing.environment, standing.ledger);
    if let ProviderStanding::Down(reason) = &standing.provider {
        page += &format!("the provider does not answer: {reason}\n");
    }
    for service in &standing.services {
        page.push('\n');
        draw_service(&mut page, service);
    }
    if !findings.is_empty() {
        page += "\nneeds attention\n";
    }
    for finding in findings {
        page += &format!("  {} {}: {}\n", finding.severity.word(), finding.code, finding.message);
    }
    page
}

fn draw_service(page: &mut String, service: &ServiceStanding) {
    let kind = service.kind.as_deref().unwrap_or("not in the spec");
    page.push_str(&format!("{} ({kind}): {}\n", service.service, headline(service)));
    for slot in service.slots.iter().filter(|slot| slot.release.is_some() || !slot.members.is_empty()) {
        let mark = if service.live.as_deref() == Some(&slot.slot) { "live" } else { "    " };
        page.push_str(&format!("  {mark} {}\n", slot_line(service, slot)));
        for member in &slot.members {
            page.push_str(&format!("         {}\n", member_line(member)));
        }
    }
    if let Some(before) = &service.previous {
        let since = service.live_since.map(|since| format!(" until {since}")).unwrap_or_default();
        page.push_str(&format!("  before: {}{since}\n", before.words()));
    }
    for operation in service.operation.iter().chain(&service.waiting) {
        page.push_str(&format!("  {}\n", operation_line(operation)));
    }
}

fn headline(service: &ServiceStanding) -> String {
    let live = service.slots.iter().find(|slot| service.live.as_deref() == Some(&slot.slot));
    match live {
        _ if service.destroyed => "destroyed".into(),
        None => "nothing is live".into(),
        Some(slot) => {
            let release =
                slot.release.as_ref().map_or_else(|| "no release".into(), crate::standing::ReleaseName::words);
            format!("{release} is live, {} of {} members ready", slot.ready, slot.desired)
        }
    }
}

fn slot_line(service: &ServiceStanding, slot: &SlotStanding) -> String {
    let release = slot.release.as_ref().map_or_else(|| "no release".into(), crate::standing::ReleaseName::words);
    let mut line =
        format!("slot {}  weight {:>3}  {}/{} ready  {release}", slot.slot, slot.weight, slot.ready, slot.desired);
    if let Some(direct) = &service.direct {
        let effective = direct.weights.effective.by_slot.get(&slot.slot).copied().unwrap_or_default();
        line += &format!("  balancer: weight {effective}");
        if let Some(traffic) = direct.traffic.get(&slot.slot) {
            line += &format!(", {} requests, {} in flight", traffic.requests, traffic.in_flight);
        }
    }
    line
}

fn member_line(member: &MemberStanding) -> String {
    let phase = member.phase.map_or("launched", phase_word);
    let mut line = format!("{}  {phase}", member.instance);
    if let Some(view) = &member.provider {
        line += &format!("  {}, {}", view.lifecycle, view.target_health);
    }
    if member.restarts > 0 {
        line += &format!("  restarted {} times", member.restarts);
    }
    if let Some(reason) = &member.reason {
        line += &format!("  {} [{}]", reason.message, reason.code);
    }
    line
}

fn operation_line(operation: &OperationStanding) -> String {
    let saga = operation.saga.as_deref().unwrap_or("operation");
    let status = operation.status.map_or("not begun", status_word);
    let mut line = format!("{saga} {}: {status}", operation.operation);
    if let Some(title) = &operation.title {
        line += &format!(", step {} of {}: {title}", operation.step, operation.steps);
    }
    if let Some(reason) = &operation.reason {
        line += &format!(" ({reason})");
    }
    line
}

/// The word of a member's phase, as in JSON.
pub(crate) fn phase_word(phase: MemberPhase) -> &'static str {
    match phase {
        MemberPhase::Booting => "booting",
        MemberPhase::Starting => "starting",
        MemberPhase::Ready => "ready",
        MemberPhase::Unready => "unready",
        MemberPhase::Draining => "draining",
        MemberPhase::Stopped => "stopped",
        MemberPhase::Failing => "failing",
        MemberPhase::Refused => "refused",
    }
}

/// The words of an operation's status.
pub(crate) fn status_word(status: OperationStatus) -> &'static str {
    match status {
        OperationStatus::Planned => "planned",
        OperationStatus::AwaitingApproval => "waits for an approval",
        OperationStatus::Running => "running",
        OperationStatus::Paused => "paused",
        OperationStatus::Unknown => "outcome unknown",
        OperationStatus::Compensating => "being taken back",
        OperationStatus::CompensationFailed => "could not be taken back",
        OperationStatus::Succeeded => "done",
        OperationStatus::Compensated => "failed, and was taken back",
        OperationStatus::Failed => "failed before any effect",
    }
}
