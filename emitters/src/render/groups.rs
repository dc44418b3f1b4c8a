//! The parts of a change that are one to a reader: siblings, renames, tags everywhere.

use std::collections::BTreeMap;

use skiff_wire::{PropertyChange, Reversibility, Risk, ShapeChange, ShapeVerb};

use super::{
    highlights, movements,
    siblings::{few, neutral, stem, unique},
};

/// Resources to which the same happens for the same reason.
#[derive(Debug)]
pub(super) struct Group<'c> {
    pub(super) members: Vec<&'c ShapeChange>,
    pub(super) verb: ShapeVerb,
    pub(super) risk: Risk,
    pub(super) reversibility: Reversibility,
    /// One sentence that fits all members, without a capital and a full stop.
    pub(super) reason: String,
    /// What moves, one line for each property; lines that all siblings share stand once.
    pub(super) moves: Vec<String>,
}

/// Groups in the order of their first member, which is the highest risk first.
pub(super) fn of(shape: &[ShapeChange]) -> Vec<Group<'_>> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for change in shape {
        let moves = moves(change);
        let place = *places.entry(key(change, &moves)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => {
                group.moves = unique(group.moves.drain(..).chain(moves));
                group.reason = neutral(&group.reason);
                group.members.push(change);
            }
            None => groups.push(Group {
                members: vec![change],
                verb: change.verb,
                risk: change.risk,
                reversibility: change.reversibility,
                reason: change.reason.clone(),
                moves,
            }),
        }
    }
    groups.iter_mut().for_each(shorten);
    groups
}

/// What two changes must share to be one to a reader.
fn key(change: &ShapeChange, moves: &[String]) -> String {
    let (verb, risk) = (change.verb, change.risk);
    if verb == ShapeVerb::Rename {
        return format!("{verb:?} {}", change.owner);
    }
    if risk == Risk::None && verb == ShapeVerb::Change {
        return format!("{verb:?} {}", change.reason);
    }
    if change.resource_type == "AWS::IAM::ManagedPolicy" {
        // The policies of one principal, whatever moves in each.
        let principal = change.resource.split('-').next().unwrap_or_default();
        return format!("{verb:?} {risk:?} {principal} {}", change.reason);
    }
    let moves: Vec<String> = moves.iter().map(|line| neutral(line)).collect();
    let kind = match highlights::Noun::of(&change.resource_type).one() {
        "resource" => &change.resource_type,
        noun => noun,
    };
    let reversibility = change.reversibility;
    let reason = neutral(&change.reason);
    format!("{verb:?} {risk:?} {reversibility:?} {kind} {reason} {moves:?}")
}

/// A change of no risk over many resources shows a few of its lines.
fn shorten(group: &mut Group) {
    const SHOWN: usize = 3;
    if group.risk == Risk::None && group.members.len() > 1 && group.moves.len() > SHOWN + 1 {
        let more = group.moves.len() - SHOWN;
        group.moves.truncate(SHOWN);
        group.moves.push(format!("and {more} more"));
    }
}

/// The lines of one change: tags only where nothing else moves, and nothing that the reason says already.
fn moves(change: &ShapeChange) -> Vec<String> {
    let told: Vec<&PropertyChange> = change.properties.iter().filter(|moved| moved.before != moved.after).collect();
    let (tags, others): (Vec<&PropertyChange>, Vec<&PropertyChange>) =
        told.into_iter().partition(|moved| is_tag(moved));
    let shown = if others.is_empty() { tags } else { others };
    let shown = shown.into_iter().filter(|moved| !moved.pointer.contains("Tags/Name"));
    unique(shown.map(movements::line))
}

fn is_tag(moved: &PropertyChange) -> bool {
    moved.pointer.split('/').any(|part| part.ends_with("Tags") || part == "TagSpecifications")
}

/// A security-group rule's name says both ends, so that what comes before it only repeats them.
fn rule_name(id: &str) -> &str {
    let rule = id.split_once(".security_group_ingress.").or_else(|| id.split_once(".security_group_egress."));
    rule.map_or(id, |(_, name)| name)
}

impl Group<'_> {
    /// `web.target_group.a`, or how many of what.
    pub(super) fn title(&self) -> String {
        match self.members.as_slice() {
            [one] => {
                let was = one.was.as_ref().map(|was| format!(" (was {was})")).unwrap_or_default();
                format!("{}{was}", one.resource)
            }
            several => {
                let kinds = unique(several.iter().map(|change| highlights::kind(&change.resource_type, several.len())));
                match kinds.as_slice() {
                    [one] => one.clone(),
                    _ => super::counted(several.len(), "resource"),
                }
            }
        }
    }

    /// Which ones, when the title does not say; siblings once, and all of them when much is at stake.
    pub(super) fn names(&self) -> Option<String> {
        if self.members.len() == 1 {
            return None;
        }
        let mut families: Vec<(String, Vec<&str>)> = Vec::new();
        for change in &self.members {
            let (stem, mark) = stem(rule_name(&change.resource));
            match families.iter_mut().find(|(known, _)| *known == stem) {
                Some((_, marks)) => marks.extend(mark),
                None => families.push((stem, mark.into_iter().collect())),
            }
        }
        families.dedup();
        let name = |(stem, marks): &(String, Vec<&str>)| match marks.len() {
            0 => stem.clone(),
            1 => stem.replace('*', marks[0]),
            _ => stem.replace('*', &format!("{{{}}}", marks.join(","))),
        };
        let names: Vec<String> = families.iter().map(name).collect();
        let shown = if self.risk >= Risk::Medium { usize::MAX - 1 } else { 6 };
        Some(few(&names, shown))
    }

    /// `TargetGroup` for one; a group's title says it.
    pub(super) fn kind(&self) -> &'static str {
        match self.members.as_slice() {
            [one] => highlights::Noun::of(&one.resource_type).one(),
            _ => "",
        }
    }

    /// Whether a new one takes the place of what serves or stores today.
    pub(super) fn is_loud(&self) -> bool {
        self.verb == ShapeVerb::Replace && self.risk == Risk::High
    }
}
