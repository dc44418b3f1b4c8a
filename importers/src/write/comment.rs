//! Where the comments stand: each finding at the key it would belong to.

use std::collections::BTreeMap;

use serde_yaml::Value;
use skiff_wire::Severity;

use crate::{account::Finding, kube::codes::general::PLACEHOLDER, report::harmless};

/// The comments of a file, without their indentation.
#[derive(Debug, Default)]
pub(super) struct Comments {
    /// Above the key at the end of this way from the root.
    pub(super) above: BTreeMap<Vec<String>, Vec<String>>,
    /// At the end of the mapping at the end of this way.
    pub(super) end: BTreeMap<Vec<String>, Vec<String>>,
    /// Where no key of the file is near: above the services, and at the end of a file without services.
    pub(super) top: Vec<String>,
}

/// Finds the place of every finding that deserves a comment.
pub(super) fn place(findings: &[Finding], root: &Value) -> Comments {
    let mut comments = Comments::default();
    for finding in findings.iter().filter(|finding| is_commented(finding)) {
        comments.add(finding, root);
    }
    comments
}

/// What is lost or unknown, what could not be read, and what must be filled in.
fn is_commented(finding: &Finding) -> bool {
    let lost = matches!(finding.severity, Severity::Unsupported | Severity::Unknown | Severity::Error);
    lost || finding.code == &PLACEHOLDER
}

impl Comments {
    fn add(&mut self, finding: &Finding, root: &Value) {
        let line = line(finding);
        let Some((service, key)) = &finding.home else { return self.top.push(line) };
        let (way, key) = match key.strip_prefix('/') {
            Some(key) => (Vec::new(), key),
            None => (vec!["services".to_owned(), service.clone()], key.as_str()),
        };
        let Some(mapping) = walk(root, &way) else { return self.top.push(line) };
        let whole = resolve(mapping, way.clone(), key);
        let place = match (whole.len() > way.len(), way.is_empty()) {
            (true, _) => self.above.entry(whole).or_default(),
            (false, true) => &mut self.top,
            (false, false) => self.end.entry(way).or_default(),
        };
        place.push(line);
    }
}

fn walk<'v>(root: &'v Value, way: &[String]) -> Option<&'v Value> {
    way.iter().try_fold(root, |value, key| value.get(key.as_str()))
}

/// The way to the written key that is nearest to a dotted one; keys may hold dots themselves.
fn resolve(mapping: &Value, mut way: Vec<String>, key: &str) -> Vec<String> {
    let (mut value, mut rest) = (mapping, key);
    while let Some((name, below)) = longest_key(value, rest) {
        way.push(name.to_owned());
        rest = rest.get(name.len()..).unwrap_or_default().trim_start_matches('.');
        value = below;
    }
    way
}

fn longest_key<'v>(value: &'v Value, rest: &str) -> Option<(&'v str, &'v Value)> {
    let entries = value.as_mapping()?.iter().filter_map(|(key, value)| Some((key.as_str()?, value)));
    let begins = |key: &str| {
        let after = rest.strip_prefix(key);
        !key.is_empty() && after.is_some_and(|after| after.is_empty() || after.starts_with(['.', '[']))
    };
    entries.filter(|(key, _)| begins(key)).max_by_key(|(key, _)| key.len())
}

/// `# UNSUPPORTED SK0890 Deployment shop/web spec.template.spec: why; what to do`
fn line(finding: &Finding) -> String {
    let Finding { code, severity, reason, action, path, .. } = finding;
    let subject = match (&finding.kind, &finding.name) {
        _ if finding.code == &PLACEHOLDER => String::new(),
        (None, _) => format!("{}:{}:{}", finding.file, finding.place.line, finding.place.column),
        (Some(kind), name) => {
            let namespace = finding.namespace.iter().map(|namespace| format!("{namespace}/"));
            let name = format!("{}{}", namespace.collect::<String>(), name.as_deref().unwrap_or("?"));
            format!("{kind} {name} {path}")
        }
    };
    let head = format!("{} {} {subject}", severity.word().to_uppercase(), code.id);
    let action = if action.is_empty() { String::new() } else { format!("; {action}") };
    harmless(&format!("# {}: {reason}{action}", head.trim_end()))
}
