//! What a request must have besides host and path: methods, headers, query parameters, where it comes from.

use std::{cmp::Reverse, collections::BTreeMap};

use serde_json::json;

use super::{super::Reporter, ResolvedRoute, codes};
use crate::{
    facts::limits,
    source::Span,
    spec::{decode::Spanned, service::Route},
};

/// Everything of it must hold; of the values of one entry any.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conditions {
    /// Request methods, sorted.
    pub methods: Vec<String>,
    /// Headers by name, as written, and their values, sorted.
    pub headers: BTreeMap<String, Vec<String>>,
    /// Query parameters and the value of each.
    pub query: BTreeMap<String, String>,
    /// Ranges, sorted.
    pub sources: Vec<String>,
}

impl Conditions {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// How many there are: a route with more of them is matched before one with fewer.
    #[must_use]
    pub fn count(&self) -> usize {
        let alone = [&self.methods, &self.sources].into_iter().filter(|values| !values.is_empty()).count();
        alone + self.headers.len() + self.query.len()
    }

    /// The same for a rank.
    pub(super) fn precedence(&self) -> Reverse<usize> {
        Reverse(self.count())
    }

    /// As the key of a route says them; header names and their values are compared without regard to case.
    pub(super) fn words(&self) -> String {
        let alike = self.alike();
        let parts = [
            ("methods", !alike.methods.is_empty(), json!(alike.methods)),
            ("headers", !alike.headers.is_empty(), json!(alike.headers)),
            ("query", !alike.query.is_empty(), json!(alike.query)),
            ("sources", !alike.sources.is_empty(), json!(alike.sources)),
        ];
        parts
            .into_iter()
            .filter(|(_, written, _)| *written)
            .map(|(name, _, value)| format!(" {name}={value}"))
            .collect()
    }

    /// The same conditions as every other way of writing them, in the case that does not matter.
    pub(super) fn alike(&self) -> Self {
        let lower = |text: &String| text.to_ascii_lowercase();
        let values = |values: &Vec<String>| sorted(values.iter().map(lower));
        Self {
            methods: self.methods.clone(),
            headers: self.headers.iter().map(|(name, of)| (lower(name), values(of))).collect(),
            query: self.query.iter().map(|(name, value)| (lower(name), lower(value))).collect(),
            sources: self.sources.clone(),
        }
    }

    /// Every text that is compared, wildcards in it.
    fn patterns(&self) -> impl Iterator<Item = &String> {
        let query = self.query.iter().flat_map(|(name, value)| [name, value]);
        self.headers.values().flatten().chain(query)
    }

    /// The values as Elastic Load Balancing counts them; a parameter and its value are one.
    fn values(&self) -> usize {
        let headers: usize = self.headers.values().map(Vec::len).sum();
        self.methods.len() + headers + self.query.len() + self.sources.len()
    }
}

fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    texts.dedup();
    texts
}

fn texts<T: ToString>(written: &[Spanned<T>]) -> Vec<String> {
    sorted(written.iter().map(|text| text.value.to_string()))
}

pub(super) fn resolve(route: &Route, report: &mut Reporter<'_>) -> Conditions {
    check_methods(route, report);
    check_headers(route, report);
    check_query(route, report);
    check_sources(route, report);
    Conditions {
        methods: texts(&route.methods),
        headers: route.headers.iter().map(|(name, values)| (name.clone(), texts(values))).collect(),
        query: route.query.iter().map(|(name, value)| (name.clone(), value.value.clone())).collect(),
        sources: texts(&route.sources),
    }
}

fn refuse(span: Span, message: String, hint: &str, report: &mut Reporter<'_>) {
    report.report(&codes::BAD_CONDITION, span, message, hint);
}

/// The API compares methods as they are written, without wildcards.
fn check_methods(route: &Route, report: &mut Reporter<'_>) {
    let is_letter = |letter: char| letter.is_ascii_uppercase() || matches!(letter, '-' | '_');
    for method in &route.methods {
        let fits = (1..=limits::CONDITION_NAME_CHARACTERS).contains(&method.value.len());
        if !fits || !method.value.chars().all(is_letter) {
            let message = format!("`{}` is not a request method", method.value);
            refuse(method.span(), message, "methods are written in capitals, such as `GET`", report);
        }
    }
}

fn check_headers(route: &Route, report: &mut Reporter<'_>) {
    let mut seen = Vec::new();
    for (name, values) in &route.headers {
        let span = values.first().map_or_else(|| route.at.field("headers"), Spanned::span);
        let lower = name.to_ascii_lowercase();
        let token = |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
        let fits = (1..=limits::CONDITION_NAME_CHARACTERS).contains(&name.len()) && name.chars().all(token);
        if lower == "host" {
            refuse(span, "`host` is not compared as a header".into(), "use the route's `host`", report);
        } else if !fits || name.contains('*') {
            let hint = "names have 1 to 40 letters, digits and hyphens, and no wildcard";
            refuse(span, format!("`{name}` is not the name of a header"), hint, report);
        } else if seen.contains(&lower) {
            let hint = "the case of a header's name does not matter: write all its values in one list";
            refuse(span, format!("the header `{name}` stands twice"), hint, report);
        } else if values.is_empty() {
            refuse(span, format!("the header `{name}` has no value to match"), "`- \"*\"` matches any value", report);
        }
        seen.push(lower);
        values.iter().for_each(|value| check_value(value, value.span(), report));
    }
}

fn check_query(route: &Route, report: &mut Reporter<'_>) {
    for (name, value) in &route.query {
        check_value(name, value.span(), report);
        check_value(value, value.span(), report);
    }
}

/// Values of headers and parameters are printable ASCII, and never empty.
fn check_value(value: &str, span: Span, report: &mut Reporter<'_>) {
    let fits = (1..=limits::CONDITION_VALUE_CHARACTERS).contains(&value.len());
    if !fits || !value.chars().all(|letter| letter.is_ascii_graphic() || letter == ' ') {
        let message = format!("`{value}` cannot be compared");
        refuse(span, message, "a value has 1 to 128 characters of ASCII; `*` matches any", report);
    }
}

fn check_sources(route: &Route, report: &mut Reporter<'_>) {
    for range in route.sources.iter().filter(|range| range.value.to_string() == "255.255.255.255/32") {
        refuse(range.span(), "no request comes from `255.255.255.255/32`".into(), "take it away", report);
    }
}

/// A rule compares five values and five wildcards, those of host and path among them.
pub(super) fn check_room(route: &ResolvedRoute, report: &mut Reporter<'_>) {
    let paths = route.paths();
    let patterns = paths.iter().flat_map(|paths| paths.values.iter().flatten());
    let values = usize::from(route.host.is_some()) + route.conditions.values();
    let values = values + patterns.clone().count() + paths.iter().flat_map(|paths| &paths.regex_values).count();
    let compared = route.host.iter().chain(patterns).chain(route.conditions.patterns());
    let wildcards: usize = compared.map(|text| text.matches(['*', '?']).count()).sum();
    let bounds = [
        (values, limits::CONDITION_VALUES_PER_RULE, "values"),
        (wildcards, limits::CONDITION_WILDCARDS_PER_RULE, "wildcards"),
    ];
    for (count, most, what) in bounds.into_iter().filter(|(count, most, _)| count > most) {
        let message = format!("this route compares {count} {what}, and a load balancer compares {most}");
        let hint = "divide it into several routes; a prefix such as `/api` counts as two values, one with a wildcard";
        report.report(&codes::TOO_MANY_CONDITIONS, route.span, message, hint);
    }
}
