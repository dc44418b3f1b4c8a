//! Who uses what: references found, names unique, no circles.

use std::collections::{BTreeMap, BTreeSet};

use super::{Reporter, ResolvedService, codes};
use crate::{
    source::Span,
    spec::{
        Spec,
        decode::{Spanned, closest},
        service::Service,
        shorthand::{Mode, Use},
        values::Name,
    },
};

/// What a service uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedUse {
    /// What it is.
    pub target: Target,
    /// What the service may do with it.
    pub mode: Mode,
    /// Whether its variables are set.
    pub says_where: bool,
    /// Where it is declared.
    pub span: Span,
}

/// The thing used, by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A database.
    Database(Name),
    /// A queue.
    Queue(Name),
    /// A bucket.
    Bucket(Name),
    /// Another service.
    Service(Name),
}

pub(crate) fn resolve(name: &Name, service: &Service, spec: &Spec, report: &mut Reporter<'_>) -> Vec<ResolvedUse> {
    let uses = found(name, service, spec, report);
    check_twice(&uses, report);
    check_variables(&uses, service, spec, report);
    uses
}

fn found(name: &Name, service: &Service, spec: &Spec, report: &mut Reporter<'_>) -> Vec<ResolvedUse> {
    service
        .uses
        .iter()
        .filter_map(|Use(written)| {
            let found = find(&written.name, spec);
            if written.name.value == *name {
                let message = format!("`{name}` uses itself");
                report.report(&codes::DANGLING_REFERENCE, written.name.span(), message, "take this use away");
            } else if found.is_none() {
                dangling(&written.name, spec, report);
            }
            let target = found.filter(|_| written.name.value != *name)?;
            let mode = written.access.as_ref().map_or(Mode::ReadWrite, |mode| mode.value);
            if let (Some(access), Target::Database(_) | Target::Service(_)) = (&written.access, &target) {
                let message = format!("`{}` is used as a whole, not for reading or writing", written.name.value);
                report.report(&codes::BAD_ACCESS, access.span(), message, "take `access` away");
            }
            let says_where = written.variables.unwrap_or(true);
            Some(ResolvedUse { target, mode, says_where, span: written.at.whole })
        })
        .collect()
}

fn check_twice(uses: &[ResolvedUse], report: &mut Reporter<'_>) {
    let mut seen: BTreeMap<&Target, Span> = BTreeMap::new();
    for used in uses {
        match seen.get(&used.target) {
            Some(first) => {
                let message = format!("`{}` is used already", used.target.name());
                let hint = "keep one entry, with the wider `access`";
                report.report_related(&codes::USED_TWICE, (used.span, message), hint, (*first, "the first use"));
            }
            None => drop(seen.insert(&used.target, used.span)),
        }
    }
}

/// Variables that a connection sets and something else sets too.
fn check_variables(uses: &[ResolvedUse], service: &Service, spec: &Spec, report: &mut Reporter<'_>) {
    let mut set: BTreeMap<String, &ResolvedUse> = BTreeMap::new();
    for (variable, used) in uses.iter().flat_map(|used| used.variables(spec).into_iter().map(move |name| (name, used)))
    {
        match set.get(&variable) {
            Some(first) if first.target != used.target => {
                let message = format!("`{}` and `{}` both set `{variable}`", first.target.name(), used.target.name());
                let related = (first.span, "set by this use");
                let hint = "give one of them another name";
                report.report_related(&codes::VARIABLE_TWICE, (used.span, message), hint, related);
            }
            _ => drop(set.insert(variable, used)),
        }
    }
    let plain = service.env.iter().map(|(name, value)| (name, value.span()));
    let secret = service.secrets.iter().map(|(name, source)| (name, source.0.at.whole));
    let facts = service.facts.keys().map(|name| (name, service.at.field("facts")));
    for (variable, span) in plain.chain(secret).chain(facts) {
        if let Some(used) = set.get(variable.as_str()) {
            let message = format!("`{variable}` is set by the use of `{}`", used.target.name());
            let related = (used.span, "set by this use");
            report.report_related(
                &codes::VARIABLE_TWICE,
                (span, message),
                "take it away, call it something else, or add `variables: false` to the use",
                related,
            );
        }
    }
}

impl ResolvedUse {
    /// The variables by which a workload finds what it uses; `lower::manifest` gives them their values.
    fn variables(&self, spec: &Spec) -> Vec<String> {
        let endings: &[&str] = match &self.target {
            _ if !self.says_where => &[],
            Target::Database(_) => &["HOST", "PORT", "NAME", "USER", "PASSWORD"],
            Target::Queue(_) => &["QUEUE_URL"],
            Target::Bucket(_) => &["BUCKET"],
            Target::Service(name) if spec.services.get(name).is_some_and(|service| service.port.is_some()) => &["URL"],
            Target::Service(_) => &[],
        };
        endings.iter().map(|ending| variable(self.target.name(), ending)).collect()
    }
}

/// The variables that a use of a name sets, `None` when nothing has that name.
pub(super) fn variables_of(name: &Name, spec: &Spec) -> Option<Vec<String>> {
    let target = find(name, spec)?;
    let used = ResolvedUse { target, mode: Mode::ReadWrite, says_where: true, span: Span::NOWHERE };
    Some(used.variables(spec))
}

/// The name of a connection variable: `orders` and `HOST` give `ORDERS_HOST`.
pub(crate) fn variable(name: &Name, ending: &str) -> String {
    let mut variable = String::with_capacity(name.as_str().len() + 1 + ending.len());
    let letters = name.as_str().chars();
    variable.extend(letters.map(|letter| if letter == '-' { '_' } else { letter.to_ascii_uppercase() }));
    variable.push('_');
    variable.push_str(ending);
    variable
}

impl Target {
    /// The name under which it is declared.
    fn name(&self) -> &Name {
        match self {
            Self::Database(name) | Self::Queue(name) | Self::Bucket(name) | Self::Service(name) => name,
        }
    }
}

fn find(name: &Name, spec: &Spec) -> Option<Target> {
    let target: fn(Name) -> Target = if spec.databases.contains_key(name) {
        Target::Database
    } else if spec.queues.contains_key(name) {
        Target::Queue
    } else if spec.buckets.contains_key(name) {
        Target::Bucket
    } else if spec.services.contains_key(name) {
        Target::Service
    } else {
        return None;
    };
    Some(target(name.clone()))
}

pub(super) fn names(spec: &Spec) -> impl Iterator<Item = &Name> {
    spec.databases.keys().chain(spec.queues.keys()).chain(spec.buckets.keys()).chain(spec.services.keys())
}

/// Reports a name that nothing has.
pub(crate) fn dangling(name: &Spanned<Name>, spec: &Spec, report: &mut Reporter<'_>) {
    // What a section that could not be read declares is unknown.
    if ["databases", "queues", "buckets", "services"]
        .iter()
        .any(|key| spec.at.has(key) && report.is_poisoned(spec.at.field(key)))
    {
        return;
    }
    let hint = closest(name.as_str(), names(spec).map(Name::as_str)).map_or_else(
        || "declare it under `databases:`, `queues:`, `buckets:` or `services:`".into(),
        |known| format!("did you mean `{known}`?"),
    );
    report.report(
        &codes::DANGLING_REFERENCE,
        name.span(),
        format!("nothing in this file is called `{}`", name.value),
        hint,
    );
}

/// Names are unique among everything that can be used, and `was:` names nothing that exists.
pub(crate) fn check_names(spec: &Spec, report: &mut Reporter<'_>) {
    let kinds = [
        ("service", spec.services.iter().map(|(name, it)| (name, it.at.whole, &it.was)).collect::<Vec<_>>()),
        ("database", spec.databases.iter().map(|(name, it)| (name, it.at.whole, &it.was)).collect()),
        ("queue", spec.queues.iter().map(|(name, it)| (name, it.at.whole, &it.was)).collect()),
        ("bucket", spec.buckets.iter().map(|(name, it)| (name, it.at.whole, &it.was)).collect()),
    ];
    let mut taken: BTreeMap<&Name, (&str, Span)> = BTreeMap::new();
    for (kind, things) in &kinds {
        for (name, span, _) in things {
            if let Some((other, place)) = taken.insert(name, (kind, *span)) {
                let message = format!("`{name}` is a {kind} and a {other}");
                let hint = "call one of them something else";
                report.report_related(&codes::NAME_TAKEN, (*span, message), hint, (place, "the other one"));
            }
        }
        check_renames(things, report);
    }
}

fn check_renames(things: &[(&Name, Span, &Option<Spanned<Name>>)], report: &mut Reporter<'_>) {
    let current: BTreeSet<&Name> = things.iter().map(|(name, ..)| *name).collect();
    let mut before = BTreeSet::new();
    for (name, was) in things.iter().filter_map(|(name, _, was)| Some((name, was.as_ref()?))) {
        if was.value == **name {
            let message = format!("`{name}` has this name now: it is not an old one");
            report.report(&codes::STALE_RENAME, was.span(), message, "name the one it had before, or take `was` away");
        } else if !before.insert(&was.value) {
            let message = format!("`{}` was already the name of another one", was.value);
            report.report(
                &codes::STALE_RENAME,
                was.span(),
                message,
                "keep `was` where the AWS resources are, take this one away",
            );
        } else if current.contains(&was.value) {
            let message = format!("`{}` is still somebody's name", was.value);
            report.report(
                &codes::STALE_RENAME,
                was.span(),
                message,
                "give the newcomer another name: AWS still knows the renamed one by this name",
            );
        }
    }
}

/// Reports each circle once, at the use that closes it.
pub(crate) fn check_cycles(services: &BTreeMap<Name, ResolvedService>, report: &mut Reporter<'_>) {
    let mut done = BTreeSet::new();
    for name in services.keys() {
        let mut path: Vec<(&Name, usize)> = vec![(name, 0)];
        while let Some((current, next)) = path.last_mut() {
            let used = services.get(*current).and_then(|service| {
                service.uses.iter().skip(*next).enumerate().find_map(|(skipped, used)| match &used.target {
                    Target::Service(target) => Some((skipped, target, used.span)),
                    _ => None,
                })
            });
            let Some((skipped, target, span)) = used.filter(|_| !done.contains(*current)) else {
                done.insert((*current).clone());
                path.pop();
                continue;
            };
            *next += skipped + 1;
            match path.iter().position(|(name, _)| *name == target) {
                Some(start) => {
                    let mut circle: Vec<_> = path[start..].iter().map(|(name, _)| format!("`{name}`")).collect();
                    circle.push(format!("`{target}`"));
                    let message = format!("a circle: {}", circle.join(" uses "));
                    report.report(
                        &codes::CYCLE,
                        span,
                        message,
                        "let one of them send messages through a queue instead",
                    );
                }
                None => path.push((target, 0)),
            }
        }
    }
}
