//! The account of one object, when everything was said.

use super::{Field, Known, Object, Slot, verdict::Said};
use crate::{
    account::{self, Fate, Finding},
    kube::{
        codes,
        read::{Node, Step, Value},
        table::Row,
    },
};

/// The keys of a service that each of its containers has too.
const OF_A_CONTAINER: &[&str] = &[
    "args",
    "command",
    "env",
    "facts",
    "files",
    "health",
    "hooks",
    "image",
    "limits",
    "mounts",
    "ports",
    "secrets",
    "security",
    "working_directory",
];

impl Object<'_> {
    /// What became of every leaf, and everything to report.
    #[must_use]
    pub fn settle(&self) -> (account::Object, Vec<Finding>) {
        let mut said = self.said.borrow().clone();
        let manifest = self.manifest;
        let mut leaves: Vec<_> = self.leaves().map(|slot| self.leaf(slot, &mut said)).collect();
        leaves.sort_by_key(|leaf| leaf.place);
        let object = account::Object {
            file: manifest.file.clone(),
            place: manifest.place,
            api_version: manifest.api_version.clone(),
            kind: manifest.kind.clone(),
            namespace: manifest.namespace.clone(),
            name: manifest.name.clone(),
            leaves,
        };
        said.sort_by_key(|said| (said.slot, said.code.id));
        said.dedup();
        // A Secret is reported once, wherever its values stand.
        let (mut first, values) = (true, codes::workload::SECRET_VALUES.id);
        said.retain(|said| said.code.id != values || std::mem::take(&mut first));
        (object, said.into_iter().map(|said| self.finding(said)).collect())
    }

    /// The slots without anything below them; of an object without fields, its root.
    fn leaves(&self) -> impl Iterator<Item = u32> {
        let leaf = |slot: &Slot<'_>| slot.children.1 == 0;
        (0_u32..).zip(&self.slots).filter(move |(_, slot)| leaf(slot)).map(|(index, _)| index)
    }

    fn leaf(&self, index: u32, said: &mut Vec<Said>) -> account::Leaf {
        let slot = &self.slots[index as usize];
        let (fate, home, reason) = self.fate(index, slot, said);
        let path = Field::new(self, index).path();
        account::Leaf { path, place: slot.place, fate, home: self.whole_home(&self.in_container(index, home)), reason }
    }

    /// The home of what a container has of its own, below that container.
    fn in_container(&self, index: u32, home: String) -> String {
        let containers = self.containers.borrow();
        let key = home.split('.').next().unwrap_or_default();
        if containers.is_empty() || !OF_A_CONTAINER.contains(&key) {
            return home;
        }
        let mut slot = index;
        while slot != 0 {
            if let Some(container) = containers.get(&slot) {
                return format!("{container}.{home}");
            }
            slot = self.slots[slot as usize].parent;
        }
        home
    }

    fn fate(&self, index: u32, slot: &Slot<'_>, said: &mut Vec<Said>) -> (Fate, String, String) {
        let row = slot.expected.row();
        if let Some(verdict) = self.verdicts.borrow().get(&index) {
            let home = verdict.home.clone().or_else(|| row.map(|row| row.home.to_owned()));
            let home = if verdict.fate == Fate::Ignored { None } else { home };
            return (verdict.fate, home.unwrap_or_default(), verdict.reason.clone());
        }
        if index == 0 {
            return (Fate::Ignored, String::new(), "it is empty, which says nothing".into());
        }
        match slot.known {
            Known::NoField(_) | Known::BelowNoField => return self.no_field(index, said),
            Known::WrongType(words) => return wrong_type(index, words, slot, said),
            Known::Fits => {}
        }
        if slot.node.is_null() {
            return (Fate::Ignored, String::new(), "null is as good as absent".into());
        }
        match row {
            Some(row) => self.by_row(index, slot, row, said),
            None if slot.expected.is_branch() && !matches!(slot.node.value, Value::Scalar(_)) => {
                (Fate::Ignored, String::new(), "it is empty, which says nothing".into())
            }
            None if self.fallback.borrow().is_some() => self.by_fallback(),
            None => no_row(index, said),
        }
    }

    fn by_row(&self, index: u32, slot: &Slot<'_>, row: &'static Row, said: &mut Vec<Said>) -> (Fate, String, String) {
        let promised = matches!(row.fate, Fate::Mapped | Fate::Changed | Fate::Assumed);
        if promised && !slot.read.get() {
            let empty = !matches!(slot.node.value, Value::Scalar(_));
            return match empty {
                true => (Fate::Ignored, String::new(), "it is empty, which says nothing".into()),
                false if self.fallback.borrow().is_some() => self.by_fallback(),
                false => not_carried(index, row, said),
            };
        }
        if let Some(code) = row.code {
            let slot = self.where_row_begins(index, row);
            said.push(Said { slot, code, reason: row.reason.into(), action: row.action.into() });
        }
        (row.fate, row.home.to_owned(), row.reason.to_owned())
    }

    fn by_fallback(&self) -> (Fate, String, String) {
        let fallback = self.fallback.borrow();
        let reason = fallback.as_ref().map(|verdict| verdict.reason.clone()).unwrap_or_default();
        (fallback.as_ref().map_or(Fate::Unsupported, |verdict| verdict.fate), String::new(), reason)
    }

    /// A row that speaks for everything below is reported once, where it begins.
    fn where_row_begins(&self, index: u32, row: &'static Row) -> u32 {
        if !row.field.ends_with("**") {
            return index;
        }
        let mut slot = index;
        loop {
            let this = &self.slots[slot as usize];
            if this.expected.begins_whole() && this.expected.row().is_some_and(|other| std::ptr::eq(other, row)) {
                return slot;
            }
            if slot == 0 {
                return index;
            }
            slot = this.parent;
        }
    }

    /// Reported once, where the field stands that nobody knows.
    fn no_field(&self, index: u32, said: &mut Vec<Said>) -> (Fate, String, String) {
        let mut at = index;
        while self.slots[at as usize].known == Known::BelowNoField {
            at = self.slots[at as usize].parent;
        }
        let reason = "there is no such field, so it has no effect".to_owned();
        let action = match self.slots[at as usize].known {
            Known::NoField(Some(meant)) => format!("did you mean `{meant}`?"),
            _ => "remove it, or check its name and its indentation".to_owned(),
        };
        said.push(Said { slot: at, code: &codes::general::UNKNOWN_FIELD, reason: reason.clone(), action });
        (Fate::Unknown, String::new(), reason)
    }

    /// The home of a field: what is below an init container stands with it, whatever the key is called elsewhere.
    fn home_of<'h>(&self, index: u32, home: &'h str) -> &'h str {
        let mut slot = &self.slots[index as usize];
        while slot.step.is_some() && !home.is_empty() && !home.starts_with('/') {
            let parent = &self.slots[slot.parent as usize];
            if matches!((slot.step, parent.step), (Some(Step::Index(_)), Some(Step::Key("initContainers")))) {
                let policy = slot.node.get("restartPolicy").and_then(Node::text);
                return if policy.is_some_and(|policy| &**policy == "Always") { "containers" } else { "init" };
            }
            slot = parent;
        }
        home
    }

    fn whole_home(&self, home: &str) -> String {
        match (self.services.borrow().first(), home) {
            (_, "") => String::new(),
            (Some(service), key) if !key.starts_with('/') => format!("services.{service}.{key}"),
            (_, key) => key.trim_start_matches('/').to_owned(),
        }
    }

    fn finding(&self, said: Said) -> Finding {
        let slot = &self.slots[said.slot as usize];
        let manifest = self.manifest;
        let key = slot.expected.row().map(|row| row.home).unwrap_or_default();
        let key = self.home_of(said.slot, key);
        let home = self.services.borrow().first().map(|service| (service.clone(), key.to_owned()));
        Finding {
            code: said.code,
            severity: said.code.severity,
            file: manifest.file.clone(),
            place: slot.place,
            kind: Some(manifest.kind.clone()),
            namespace: manifest.namespace.clone(),
            name: manifest.name.clone(),
            path: Field::new(self, said.slot).path(),
            reason: said.reason,
            action: said.action,
            home,
        }
    }
}

fn wrong_type(index: u32, words: &str, slot: &Slot<'_>, said: &mut Vec<Said>) -> (Fate, String, String) {
    let found = slot.node.describe();
    let reason = format!("the API takes {words} here and refuses {found}");
    let action = match (words, found) {
        ("a text", "a number" | "a boolean") => "quote it",
        _ => "correct the value; a placeholder must be filled in before the import",
    };
    said.push(Said { slot: index, code: &codes::general::WRONG_TYPE, reason: reason.clone(), action: action.into() });
    (Fate::Unknown, String::new(), reason)
}

/// The table would carry the field over, and the mapping did not get to it.
fn not_carried(index: u32, row: &Row, said: &mut Vec<Said>) -> (Fate, String, String) {
    let reason = "Skiff has a place for it, and nothing that was imported leads here".to_owned();
    let action = "see what else was reported about this object".to_owned();
    said.push(Said { slot: index, code: &codes::general::NOT_CARRIED, reason: reason.clone(), action });
    (Fate::Unsupported, row.home.to_owned(), reason)
}

fn no_row(index: u32, said: &mut Vec<Said>) -> (Fate, String, String) {
    let reason = "Skiff has nothing that it could become".to_owned();
    said.push(Said { slot: index, code: &codes::general::NO_HOME, reason: reason.clone(), action: String::new() });
    (Fate::Unsupported, String::new(), reason)
}
