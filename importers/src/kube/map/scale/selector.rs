//! Label selectors: `matchLabels` and `matchExpressions`.

use std::collections::BTreeMap;

use crate::kube::object::Field;

/// What labels a pod must have.
#[derive(Debug)]
pub(super) struct Selector<'o> {
    requirements: Vec<Requirement<'o>>,
    /// Without requirements: whether it selects all pods or none.
    all: bool,
}

#[derive(Debug)]
struct Requirement<'o> {
    key: &'o str,
    operator: &'o str,
    values: Vec<&'o str>,
}

/// Reads a selector. An absent one selects nothing; an empty one selects everything, in old API versions nothing.
pub(super) fn read<'o>(selector: Option<Field<'o>>, old: bool) -> Selector<'o> {
    let labels = selector
        .into_iter()
        .flat_map(|selector| selector.map("matchLabels"))
        .map(|(key, value)| Requirement { key, operator: "In", values: value.written().into_iter().collect() });
    let expressions =
        selector.into_iter().flat_map(|selector| selector.list("matchExpressions")).map(|item| Requirement {
            key: item.text_of("key").unwrap_or_default(),
            operator: item.text_of("operator").unwrap_or_default(),
            values: item.get("values").map(Field::texts).unwrap_or_default(),
        });
    Selector { requirements: labels.chain(expressions).collect(), all: selector.is_some() && !old }
}

impl<'o> Selector<'o> {
    /// The keys of the labels that it asks for.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'o str> {
        self.requirements.iter().map(|requirement| requirement.key)
    }

    /// Whether a pod with these labels is selected.
    pub(super) fn fits(&self, labels: &BTreeMap<&str, &str>) -> bool {
        let holds = |requirement: &Requirement<'_>| requirement.holds(labels.get(requirement.key).copied());
        if self.requirements.is_empty() { self.all } else { self.requirements.iter().all(holds) }
    }
}

impl Requirement<'_> {
    fn holds(&self, label: Option<&str>) -> bool {
        let named = label.is_some_and(|label| self.values.contains(&label));
        match self.operator {
            "In" => named,
            "NotIn" => !named,
            "Exists" => label.is_some(),
            "DoesNotExist" => label.is_none(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_hold_as_the_api_says() {
        let holds = |operator, label| Requirement { key: "app", operator, values: vec!["a", "b"] }.holds(label);
        assert!(holds("In", Some("a")) && !holds("In", Some("c")) && !holds("In", None));
        assert!(!holds("NotIn", Some("a")) && holds("NotIn", Some("c")) && holds("NotIn", None));
        assert!(holds("Exists", Some("c")) && !holds("Exists", None));
        assert!(holds("DoesNotExist", None) && !holds("DoesNotExist", Some("a")));
        assert!(!holds("Near", Some("a")));
    }

    #[test]
    fn an_empty_selector_selects_all_and_an_absent_one_nothing() {
        let labels = BTreeMap::new();
        assert!(!read(None, false).fits(&labels));
        assert!(Selector { requirements: Vec::new(), all: true }.fits(&labels));
    }
}
