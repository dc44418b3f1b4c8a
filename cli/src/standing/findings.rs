//! What is wrong now, and what to do about it.

use jiff::{SignedDuration, Timestamp};
use skiff_wire::{Code, Finding, MemberPhase, OperationStatus, RecommendedAction, Reversibility, Risk};

use crate::{
    action, codes,
    standing::{MemberStanding, OperationStanding, ProviderStanding, ServiceStanding, SlotStanding, Standing, short},
};

/// How long before its end the root is said to expire soon.
const ROOT_NOTICE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Everything that is wrong, the services in their order, and each command that helps once.
pub(crate) fn of(standing: &Standing, place: &[String]) -> (Vec<Finding>, Vec<RecommendedAction>) {
    let mut found = Found { findings: Vec::new(), actions: Vec::new(), place };
    found.provider(standing);
    found.root(standing);
    for service in &standing.services {
        found.service(service, standing.now);
    }
    (found.findings, found.actions)
}

struct Found<'a> {
    findings: Vec<Finding>,
    actions: Vec<RecommendedAction>,
    place: &'a [String],
}

impl Found<'_> {
    fn add(&mut self, code: &'static Code, message: String, hint: &str) {
        self.findings.push(Finding {
            code: code.id.into(),
            severity: code.severity,
            message,
            file: None,
            line: None,
            column: None,
            hint: Some(hint.into()),
            subject: None,
        });
    }

    /// Recommends a command of this spec and environment, unless it is recommended already.
    fn recommend(&mut self, id: String, words: &[&str], reason: String, mutating: bool) {
        let argv: Vec<_> = words.iter().copied().chain(self.place.iter().map(String::as_str)).collect();
        if !self.actions.iter().any(|other| other.id == id) {
            let action = RecommendedAction { id, ..action::look("", &argv, reason) };
            let risk = if mutating { Risk::Low } else { Risk::None };
            let reversibility = if mutating { Reversibility::Compensatable } else { Reversibility::Reversible };
            self.actions.push(RecommendedAction { mutating, risk, reversibility, ..action });
        }
    }

    fn provider(&mut self, standing: &Standing) {
        let ProviderStanding::Down(reason) = &standing.provider else { return };
        let live: Vec<_> = standing.services.iter().filter(|it| it.serves()).map(|it| it.service.clone()).collect();
        if live.is_empty() {
            return;
        }
        let message = format!("{} should be serving, and the provider does not answer: {reason}", live.join(", "));
        self.add(&codes::PROVIDER_DOWN, message, "`skiff local up` starts it again and takes over what still runs");
        let reason = "starts the local provider, which takes over what still runs".into();
        self.recommend("local-up".into(), &["local", "up"], reason, true);
    }

    fn root(&mut self, standing: &Standing) {
        let Some(root) = &standing.root else { return };
        if root.expires.duration_since(standing.now) > ROOT_NOTICE {
            return;
        }
        let message = format!("version {} of the trust root expires on {}", root.version, root.expires);
        self.add(
            &codes::ROOT_EXPIRES,
            message,
            "the next version of the root, which `skiff keys rotate` makes, counts longer",
        );
        self.recommend("keys-list".into(), &["keys", "list"], "says who may sign, and until when".into(), false);
    }

    fn service(&mut self, service: &ServiceStanding, now: Timestamp) {
        for operation in service.operation.iter().chain(&service.waiting) {
            self.operation(service, operation, now);
        }
        if service.kind.is_none() && service.serves() {
            let message = format!("`{}` runs, and the spec does not name it", service.service);
            self.add(&codes::NOT_IN_SPEC, message, "put it back into the spec, and end it with `skiff destroy`");
        }
        for slot in &service.slots {
            self.slot(service, slot);
        }
        self.weights(service);
    }

    /// What is to be done about an operation: nothing while somebody drives it, who must not be stopped.
    fn operation(&mut self, service: &ServiceStanding, operation: &OperationStanding, now: Timestamp) {
        let id = &operation.operation;
        if operation.is_stranded(now) {
            let saga = operation.saga.as_deref().unwrap_or("operation");
            let message = format!("the {saga} `{id}` of `{}` is not finished, and nobody works on it", service.service);
            self.add(&codes::NO_DRIVER, message, "`skiff resume` goes on with it where it stopped");
        }
        match operation.status {
            Some(OperationStatus::AwaitingApproval) => {
                let reason = "shows what is approved, and signs it with the key of a second person".into();
                self.recommend(format!("approve-{id}"), &["approve", id], reason, true);
            }
            Some(OperationStatus::Paused) => self.resume(service, id),
            _ if operation.is_stranded(now) => self.resume(service, id),
            _ => {}
        }
    }

    fn resume(&mut self, service: &ServiceStanding, id: &str) {
        let reason = format!("goes on with the operation on `{}`", service.service);
        self.recommend(format!("resume-{id}"), &["resume", id], reason, true);
    }

    fn slot(&mut self, service: &ServiceStanding, slot: &SlotStanding) {
        let name = format!("`{}` in slot {}", service.service, slot.slot);
        let mut failing = 0;
        for member in &slot.members {
            failing += usize::from(self.member(service, slot, member));
        }
        let live = service.live.as_deref() == Some(&slot.slot);
        // While an operation moves the service, members come and go as they should.
        if live && service.operation.is_none() && failing == 0 && slot.ready < slot.desired as usize {
            let message = format!("{name} is to have {} members, and {} are ready", slot.desired, slot.ready);
            self.add(&codes::TOO_FEW, message, "a member that has just been started needs a moment; its log says more");
            self.logs(&service.service);
        }
    }

    /// Whether the member refuses or fails.
    fn member(&mut self, service: &ServiceStanding, slot: &SlotStanding, member: &MemberStanding) -> bool {
        let who = format!("`{}` of `{}`", member.instance, service.service);
        let why = member.reason.as_ref().map(|it| format!(": {} [{}]", it.message, it.code)).unwrap_or_default();
        match member.phase {
            Some(MemberPhase::Refused) => {
                self.add(
                    &codes::MEMBER_REFUSED,
                    format!("{who} refuses its release{why}"),
                    "trying again changes nothing",
                );
                if let Some(reason) = &member.reason {
                    let page = format!("the manual page of `{}`", reason.code);
                    self.recommend(format!("explain-{}", reason.code), &["explain", &reason.code], page, false);
                }
                return true;
            }
            Some(MemberPhase::Failing) => {
                let message = format!("{who} has failed and been started again {} times{why}", member.restarts);
                self.add(
                    &codes::MEMBER_FAILING,
                    message,
                    "its log says why; `skiff rollback` brings back what ran before",
                );
                self.logs(&service.service);
                return true;
            }
            _ => {}
        }
        if let (Some(runs), Some(assigned)) = (&member.release, &slot.release)
            && *runs != assigned.id
        {
            let message = format!("{who} runs {}, and its slot is assigned {}", short(runs), short(&assigned.id));
            self.add(&codes::OTHER_RELEASE, message, "`skiff restart` replaces the members one after the other");
        }
        false
    }

    fn weights(&mut self, service: &ServiceStanding) {
        let Some(direct) = &service.direct else { return };
        let of = |slot: &str| direct.weights.effective.by_slot.get(slot).copied().unwrap_or_default();
        let differ = service.slots.iter().any(|slot| slot.weight != of(&slot.slot));
        if service.operation.is_some() || !differ {
            return;
        }
        let words = |slot: &SlotStanding| format!("{} {} (recorded {})", slot.slot, of(&slot.slot), slot.weight);
        let weights: Vec<_> = service.slots.iter().map(words).collect();
        let message = format!("the weights of `{}` are {}", service.service, weights.join(", "));
        self.add(&codes::WEIGHTS_DIFFER, message, "somebody has changed them by hand; a deploy sets them again");
    }

    fn logs(&mut self, service: &str) {
        let reason = format!("what the members of `{service}` say");
        self.recommend(format!("logs-{service}"), &["logs", service], reason, false);
    }
}

impl ServiceStanding {
    /// Whether it should be serving.
    pub(crate) fn serves(&self) -> bool {
        self.live.is_some() && !self.destroyed
    }
}
