//! `$(NAME)`: the value of the same workload's variable, put in without a shell.

use std::collections::{BTreeMap, BTreeSet};

/// Variables in which plain values still refer to others, and values that are taken as they are.
#[derive(Debug, Default)]
pub(crate) struct Variables {
    /// With references.
    pub(crate) written: BTreeMap<String, String>,
    /// As they are: secrets, facts, what the runner adds.
    pub(crate) taken: BTreeMap<String, String>,
}

impl Variables {
    /// Every variable with its value.
    pub(crate) fn resolve(&self) -> BTreeMap<String, String> {
        let value = |name: &String| (name.clone(), self.value(name, &mut BTreeSet::new()).unwrap_or_default());
        self.written.keys().chain(self.taken.keys()).map(value).collect()
    }

    /// The value of one; `None` for an unknown name, and for one that leads back to itself.
    fn value(&self, name: &str, within: &mut BTreeSet<String>) -> Option<String> {
        if let Some(taken) = self.taken.get(name) {
            return Some(taken.clone());
        }
        let written = self.written.get(name)?;
        if !within.insert(name.to_owned()) {
            return None;
        }
        let value = replace(written, |other| self.value(other, within));
        within.remove(name);
        Some(value)
    }
}

/// A text in which each reference to a variable gives way to its value.
pub(crate) fn expand(text: &str, values: &BTreeMap<String, String>) -> String {
    replace(text, |name| values.get(name).cloned())
}

/// Replaces `$(NAME)`; `$$` is one `$`, and what has no value stays as it is.
fn replace(text: &str, mut value: impl FnMut(&str) -> Option<String>) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        result.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if let Some(further) = after.strip_prefix('$') {
            result.push('$');
            rest = further;
            continue;
        }
        let name = after.strip_prefix('(').and_then(|inner| inner.split_once(')'));
        match name.and_then(|(name, further)| value(name).map(|value| (value, further))) {
            Some((value, further)) => {
                result.push_str(&value);
                rest = further;
            }
            None => {
                result.push('$');
                rest = after;
            }
        }
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn references_are_replaced_and_doubled_dollars_begin_none() {
        let values = map(&[("A", "one"), ("B", "$(A)")]);
        assert_eq!(expand("$(A) $$(A) $(C) $A $( $", &values), "one $(A) $(C) $A $( $");
        assert_eq!(expand("$(B)", &values), "$(A)", "a value is taken as it is");
        assert_eq!(expand("$$$(A)$$", &values), "$one$");
    }

    #[test]
    fn variables_may_refer_to_each_other_in_any_order() {
        let variables = Variables {
            written: map(&[("A", "a-$(B)"), ("B", "b-$(PASSWORD)"), ("LOOP", "x$(POOL)"), ("POOL", "y$(LOOP)")]),
            taken: map(&[("PASSWORD", "p$(A)$$")]),
        };
        let values = variables.resolve();
        assert_eq!(values["A"], "a-b-p$(A)$$", "the value of a secret is taken as it is");
        assert_eq!(values["LOOP"], "xy$(LOOP)", "a reference that leads back stays");
    }
}
