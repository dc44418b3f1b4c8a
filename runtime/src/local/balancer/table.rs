//! A configuration as it is served: rules ready to match, groups with the members that are there.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use http::{HeaderName, HeaderValue, StatusCode};

use super::{
    codes,
    configuration::{Action, Configuration, Group, Rule, SCHEMA, Shadowed, Weighted},
    counts::Counts,
    health,
    member::Member,
    redirect::Redirecting,
    rules::{self, Facts, Rewriting, Test},
    wheel::Wheel,
};
use crate::error::{Error, ErrorKind};

/// Gives the members of a group, with the counts of all that the group ever had.
pub(super) type Members<'a> = &'a mut dyn FnMut(&str, &Group) -> (Vec<Arc<Member>>, Arc<Counts>);

/// All that requests are decided by. It is never changed: a new configuration brings a new one.
pub(super) struct Table {
    pub(super) configuration: Configuration,
    rules: Vec<ReadyRule>,
    default: Arc<Ready>,
    only_host: Option<String>,
    pub(super) groups: BTreeMap<String, Arc<ReadyGroup>>,
}

struct ReadyRule {
    name: String,
    tests: Vec<Test>,
    action: Arc<Ready>,
}

/// A rule before what is beside its traffic is known.
struct ReadyAction {
    name: String,
    tests: Vec<Test>,
    action: Ready,
}

/// An action, ready.
pub(super) enum Ready {
    Forward(Split),
    Redirect(Redirecting),
    Respond(Fixed),
}

/// An answer that is always the same.
pub(super) struct Fixed {
    pub(super) status: StatusCode,
    pub(super) content_type: Option<HeaderValue>,
    pub(super) body: bytes::Bytes,
}

/// The groups of one rule with their weights.
pub(super) struct Split {
    /// The rule's name, by which it is found again in a newer table; empty for the default action.
    pub(super) rule: String,
    weighted: Vec<Weighted>,
    weights: Vec<u32>,
    groups: Vec<Arc<ReadyGroup>>,
    wheel: Arc<Wheel>,
    /// The group that the test listener leads to, with what is mirrored to it.
    pub(super) shadow: Option<Shadow>,
    pub(super) rewriting: Rewriting,
}

/// What is beside the traffic of a rule's users.
pub(super) struct Shadow {
    shadowed: Shadowed,
    pub(super) group: Arc<ReadyGroup>,
    /// Requests that could have been mirrored.
    seen: Arc<AtomicU64>,
}

impl Shadow {
    /// Whether the next request that may be mirrored is; spread evenly, and exact over each hundred.
    pub(super) fn takes_next(&self) -> bool {
        let percent = u64::from(self.shadowed.mirror_percent);
        if percent == 0 {
            return false;
        }
        let before = self.seen.fetch_add(1, Ordering::Relaxed) % 100;
        (before + 1) * percent / 100 > before * percent / 100
    }
}

/// A group with its members.
pub(super) struct ReadyGroup {
    pub(super) labels: BTreeMap<String, String>,
    pub(super) members: Vec<Arc<Member>>,
    pub(super) totals: Arc<Counts>,
    turn: AtomicUsize,
}

impl ReadyGroup {
    /// The eligible member with the fewest requests in flight, in turn where several have as few; none of those that were tried.
    pub(super) fn choose(&self, tried: &[Arc<Member>]) -> Option<&Arc<Member>> {
        let count = self.members.len();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed).checked_rem(count)?;
        let (before, after) = self.members.split_at(turn);
        let fit = |member: &&Arc<Member>| member.is_eligible() && !tried.iter().any(|tried| Arc::ptr_eq(tried, member));
        after.iter().chain(before).filter(fit).min_by_key(|member| member.counts.in_flight())
    }
}

impl Split {
    /// The place of the group whose turn it is; `None` when all weights are zero.
    pub(super) fn next(&self) -> Option<usize> {
        self.wheel.next(&self.weights)
    }

    /// The group at a place.
    pub(super) fn group(&self, place: usize) -> Option<&Arc<ReadyGroup>> {
        self.groups.get(place)
    }

    /// Whether a turn of the other one counts here: the groups and their weights are the same.
    pub(super) fn shares_turns(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.wheel, &other.wheel)
    }
}

impl Table {
    /// Makes a configuration ready, with members that `member` gives for each target.
    ///
    /// # Errors
    /// `SK2550`: the configuration contradicts itself or cannot be read; nothing was done.
    pub(super) fn new(
        configuration: Configuration,
        previous: Option<&Self>,
        member: Members<'_>,
    ) -> Result<Self, Error> {
        validate(&configuration)?;
        let no_groups = BTreeMap::new();
        // Everything that can fail comes before the first member, so that a refusal leaves nothing behind.
        let trial = |rule: &Rule| ready_rule(rule, &no_groups, None).map(|_| ());
        configuration.rules.iter().try_for_each(trial)?;
        action("", &configuration.default, Rewriting::default(), &no_groups, None)?;
        let ready_group = |(name, group): (&String, &Group)| {
            let (members, totals) = member(name, group);
            let ready = ReadyGroup { labels: group.labels.clone(), members, totals, turn: AtomicUsize::new(0) };
            (name.clone(), Arc::new(ready))
        };
        let groups: BTreeMap<String, Arc<ReadyGroup>> = configuration.groups.iter().map(ready_group).collect();
        let ready = |rule: &Rule| {
            let mut ready = ready_rule(rule, &groups, previous)?;
            if let Ready::Forward(split) = &mut ready.action {
                split.shadow = shadow(&rule.name, &configuration, &groups, previous);
            }
            let ReadyAction { name, tests, action } = ready;
            Ok::<_, Error>(ReadyRule { name, tests, action: Arc::new(action) })
        };
        let rules = configuration.rules.iter().map(ready).collect::<Result<_, _>>()?;
        let default = action("", &configuration.default, Rewriting::default(), &groups, previous)?;
        let only_host = rules::only_host(&configuration.rules);
        Ok(Self { configuration, rules, default: Arc::new(default), only_host, groups })
    }

    /// What happens to a request.
    pub(super) fn decide(&self, facts: &Facts<'_>) -> Arc<Ready> {
        let only_host = self.only_host.as_deref();
        let first = self.rules.iter().find(|rule| rules::all_hold(&rule.tests, facts, only_host));
        first.map_or_else(|| Arc::clone(&self.default), |rule| Arc::clone(&rule.action))
    }

    /// The action of a rule by its name, the default one for the empty name.
    pub(super) fn action(&self, rule: &str) -> Option<Arc<Ready>> {
        if rule.is_empty() {
            return Some(Arc::clone(&self.default));
        }
        self.rules.iter().find(|own| own.name == rule).map(|own| Arc::clone(&own.action))
    }
}

fn ready_rule(
    rule: &Rule,
    groups: &BTreeMap<String, Arc<ReadyGroup>>,
    previous: Option<&Table>,
) -> Result<ReadyAction, Error> {
    let at_rule = |why: String| bad(&format!("rule `{}`: {why}", rule.name));
    let tests = rules::tests(rule).map_err(at_rule)?;
    let rewriting = Rewriting::new(rule.rewrite.as_ref()).map_err(at_rule)?;
    let action = action(&rule.name, &rule.action, rewriting, groups, previous)?;
    Ok(ReadyAction { name: rule.name.clone(), tests, action })
}

/// What is beside the traffic of a rule; where nothing of it changed, it goes on counting.
fn shadow(
    rule: &str,
    configuration: &Configuration,
    groups: &BTreeMap<String, Arc<ReadyGroup>>,
    previous: Option<&Table>,
) -> Option<Shadow> {
    let shadowed = configuration.shadows.get(rule)?;
    let before = previous.and_then(|table| table.action(rule));
    let before = match before.as_deref() {
        Some(Ready::Forward(Split { shadow: Some(before), .. })) if before.shadowed == *shadowed => {
            Arc::clone(&before.seen)
        }
        _ => Arc::default(),
    };
    let group = Arc::clone(groups.get(&shadowed.group)?);
    Some(Shadow { shadowed: shadowed.clone(), group, seen: before })
}

fn action(
    rule: &str,
    action: &Action,
    rewriting: Rewriting,
    groups: &BTreeMap<String, Arc<ReadyGroup>>,
    previous: Option<&Table>,
) -> Result<Ready, Error> {
    let place = if rule.is_empty() { "the default action".to_owned() } else { format!("rule `{rule}`") };
    match action {
        Action::Forward { groups: weighted } => {
            let own = weighted.iter().filter_map(|weighted| groups.get(&weighted.group)).cloned().collect();
            Ok(Ready::Forward(Split {
                rule: rule.to_owned(),
                weights: weighted.iter().map(|weighted| weighted.weight).collect(),
                weighted: weighted.clone(),
                groups: own,
                wheel: wheel(rule, weighted, previous),
                shadow: None,
                rewriting,
            }))
        }
        Action::Redirect { .. } => {
            let ready = Redirecting::new(action).map_err(|why| bad(&format!("{place}: {why}")))?;
            Ok(Ready::Redirect(ready))
        }
        Action::Respond { status, content_type, body } => fixed(*status, content_type.as_deref(), body)
            .map(Ready::Respond)
            .map_err(|why| bad(&format!("{place}: {why}"))),
    }
}

/// Equal weights go on where they were, so that a small weight gets its turn however often members come and go.
fn wheel(rule: &str, weighted: &[Weighted], previous: Option<&Table>) -> Arc<Wheel> {
    let before = previous.and_then(|table| table.action(rule));
    match before.as_deref() {
        Some(Ready::Forward(split)) if split.weighted == weighted => Arc::clone(&split.wheel),
        _ => Arc::default(),
    }
}

fn fixed(status: u16, content_type: Option<&str>, body: &str) -> Result<Fixed, String> {
    let valid = StatusCode::from_u16(status).ok().filter(|_| (200..600).contains(&status));
    let status = valid.ok_or_else(|| format!("{status} cannot be a status"))?;
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| format!("`{text}` cannot be a content type"));
    let body = bytes::Bytes::copy_from_slice(body.as_bytes());
    Ok(Fixed { status, content_type: content_type.map(value).transpose()?, body })
}

fn validate(configuration: &Configuration) -> Result<(), Error> {
    if configuration.schema != SCHEMA {
        return Err(bad(&format!("its schema is `{}`, wanted `{SCHEMA}`", configuration.schema)));
    }
    let mut names = BTreeSet::new();
    for rule in &configuration.rules {
        if rule.name.is_empty() || !names.insert(&rule.name) {
            return Err(bad(&format!("rule `{}`: every rule has a name of its own", rule.name)));
        }
        validate_action(&format!("rule `{}`", rule.name), &rule.action, configuration)?;
    }
    validate_action("the default action", &configuration.default, configuration)?;
    configuration.shadows.iter().try_for_each(|(rule, shadowed)| validate_shadow(rule, shadowed, configuration))?;
    configuration.groups.iter().try_for_each(|(name, group)| validate_group(name, group))?;
    if configuration.limits.head_bytes < 8_192 {
        return Err(bad(&format!("limits: {} bytes are too few for a head", configuration.limits.head_bytes)));
    }
    Ok(())
}

fn validate_action(place: &str, action: &Action, configuration: &Configuration) -> Result<(), Error> {
    let Action::Forward { groups } = action else { return Ok(()) };
    if let Some(unknown) = groups.iter().find(|weighted| !configuration.groups.contains_key(&weighted.group)) {
        return Err(bad(&format!("{place}: there is no group `{}`", unknown.group)));
    }
    if let Some(heavy) = groups.iter().find(|weighted| weighted.weight > 999) {
        return Err(bad(&format!("{place}: the weight {} of `{}` is above 999", heavy.weight, heavy.group)));
    }
    Ok(())
}

fn validate_shadow(rule: &str, shadowed: &Shadowed, configuration: &Configuration) -> Result<(), Error> {
    let forwards = |one: &Rule| one.name == rule && matches!(one.action, Action::Forward { .. });
    let mistake = if !configuration.rules.iter().any(forwards) {
        "it is no rule that forwards".to_owned()
    } else if !configuration.groups.contains_key(&shadowed.group) {
        format!("there is no group `{}`", shadowed.group)
    } else if shadowed.mirror_percent > 100 {
        format!("{} of 100 requests cannot be mirrored", shadowed.mirror_percent)
    } else {
        return Ok(());
    };
    Err(bad(&format!("the shadow of `{rule}`: {mistake}")))
}

fn validate_group(name: &str, group: &Group) -> Result<(), Error> {
    let check = &group.check;
    let mut instances = BTreeSet::new();
    let twice = group.targets.iter().find(|target| !instances.insert(&target.instance));
    let mistake = if let Some(target) = twice {
        format!("target `{}` is there twice", target.instance)
    } else if !check.path.starts_with('/') || check.path.parse::<http::Uri>().is_err() {
        format!("the check's path `{}` is none", check.path)
    } else if !health::are_codes(&check.codes) {
        format!("the check's codes `{}` are none; write `200`, `200,204` or `200-299`", check.codes)
    } else if check.interval_ms == 0 || check.timeout_ms == 0 || check.healthy == 0 || check.unhealthy == 0 {
        "the check's times and thresholds are at least 1".to_owned()
    } else if let Some(label) = group.labels.keys().find(|label| HeaderName::from_bytes(label.as_bytes()).is_err()) {
        format!("the label `{label}` cannot be one")
    } else {
        return Ok(());
    };
    Err(bad(&format!("group `{name}`: {mistake}")))
}

fn bad(message: &str) -> Error {
    let message = format!("the load balancer's configuration cannot be applied: {message}");
    Error::new(&codes::BAD_CONFIGURATION, ErrorKind::Invalid, message).hint("what was in effect before still is")
}
