//! Lays one environment over the rest of the document.

use crate::{
    diagnostic::Diagnostics,
    node::{Entry, Node, Value},
    source::Span,
    spec::{
        codes,
        decode::{closest, list_of},
        values::{Name, Scalar},
    },
};

/// The environment that is used when a document declares none.
pub const ONLY: &str = "default";

/// The names under `environments:`, sorted.
#[must_use]
pub fn declared(root: &Node) -> Vec<String> {
    let mut names: Vec<_> = root
        .get("environments")
        .map(Node::entries)
        .unwrap_or_default()
        .iter()
        .map(|entry| entry.key.to_string())
        .collect();
    names.sort();
    names
}

/// Chooses the environment and gives the document with that environment laid over it.
///
/// Mappings are merged key by key, anything else is replaced, `null` removes. `None` when the choice is not clear.
pub fn select(root: Node, wanted: Option<&str>, diagnostics: &mut Diagnostics) -> Option<(Name, Node)> {
    check_declarations(&root, diagnostics);
    let declared = declared(&root);
    let chosen = choose(&root, wanted, &declared, diagnostics)?;
    let name = Name::parse(&chosen)?;
    let overlay = root.get("environments").and_then(|environments| environments.get(&chosen));
    let overlay = overlay
        .filter(|overlay| matches!(overlay.value, Value::Mapping(_)))
        .map(|overlay| without_misspelt_services(&root, overlay, diagnostics));
    let base = without(root, "environments");
    let merged = match &overlay {
        Some(overlay) => merge(base, overlay),
        None => base,
    };
    Some((name, merged))
}

fn check_declarations(root: &Node, diagnostics: &mut Diagnostics) {
    let Some(environments) = root.get("environments") else { return check_misspelt(root, diagnostics) };
    if !matches!(environments.value, Value::Mapping(_)) && !environments.is_null() {
        super::decode::wrong_type(environments, "environments and what differs in each", diagnostics);
    }
    for entry in environments.entries() {
        if Name::parse(&entry.key).is_none() {
            diagnostics
                .push(&codes::BAD_NAME, entry.key_span, format!("`{}` is not a name", entry.key))
                .hint("use lower-case letters, digits and hyphens, first a letter, at most 32");
        }
        if !matches!(entry.node.value, Value::Mapping(_)) && !entry.node.is_null() {
            super::decode::wrong_type(&entry.node, "what differs in this environment", diagnostics);
        }
    }
}

/// `environments` is taken away before the keys of the document are checked, so its misspellings are found here.
fn check_misspelt(root: &Node, diagnostics: &mut Diagnostics) {
    let near = |entry: &&Entry| closest(&entry.key, ["environments"].into_iter()).is_some();
    if let Some(entry) = root.entries().iter().find(near) {
        let message = format!("`{}` is not a key here", entry.key);
        diagnostics.push(&codes::UNKNOWN_KEY, entry.key_span, message).hint("did you mean `environments`?");
        diagnostics.poison(entry.key_span);
    }
}

/// A service that only an environment has is a new one, which says its `kind`; else its name is misspelt.
fn without_misspelt_services(root: &Node, overlay: &Node, diagnostics: &mut Diagnostics) -> Node {
    let known: Vec<&str> =
        root.get("services").map(Node::entries).unwrap_or_default().iter().map(|entry| &*entry.key).collect();
    let mut overlay = overlay.clone();
    let Value::Mapping(sections) = &mut overlay.value else { return overlay };
    let Some(services) = sections.iter_mut().find(|section| &*section.key == "services") else { return overlay };
    let Value::Mapping(services) = &mut services.node.value else { return overlay };
    services.retain(|entry| {
        let new = known.contains(&&*entry.key) || entry.node.is_null() || entry.node.get("kind").is_some();
        let near = closest(&entry.key, known.iter().copied()).filter(|_| !new);
        if let Some(near) = near {
            let message = format!("`{}` is not a service of this file", entry.key);
            let hint = format!("did you mean `{near}`? A service that only this environment has says its `kind`");
            diagnostics.push(&codes::UNKNOWN_KEY, entry.key_span, message).hint(hint);
        }
        near.is_none()
    });
    overlay
}

fn choose(root: &Node, wanted: Option<&str>, declared: &[String], diagnostics: &mut Diagnostics) -> Option<String> {
    let place = root.get("environments").map_or(Span::new(0, 0), |node| node.span);
    match (wanted, declared) {
        (Some(wanted), []) if wanted == ONLY => Some(wanted.into()),
        (Some(wanted), declared) if declared.iter().any(|name| name == wanted) => Some(wanted.into()),
        (Some(wanted), []) => {
            let message = format!("no environment `{wanted}`: this file declares none");
            let hint = "leave `--env` out, or declare it under `environments:`";
            diagnostics.push(&codes::UNKNOWN_ENVIRONMENT, place, message).hint(hint);
            None
        }
        (Some(wanted), declared) => {
            let words: Vec<_> = declared.iter().map(String::as_str).collect();
            let hint = closest(wanted, words.iter().copied())
                .map_or_else(|| list_of("declared are", &words), |known| format!("did you mean `{known}`?"));
            diagnostics.push(&codes::UNKNOWN_ENVIRONMENT, place, format!("no environment `{wanted}`")).hint(hint);
            None
        }
        (None, []) => Some(ONLY.into()),
        (None, [one]) => Some(one.clone()),
        (None, several) => {
            let words: Vec<_> = several.iter().map(String::as_str).collect();
            diagnostics
                .push(&codes::ENVIRONMENT_NEEDED, place, "several environments are declared")
                .hint(list_of("choose one with `--env`:", &words));
            None
        }
    }
}

fn without(mut root: Node, key: &str) -> Node {
    if let Value::Mapping(entries) = &mut root.value {
        entries.retain(|entry| &*entry.key != key);
    }
    root
}

/// The base with the overlay laid over it; places stay those of the text.
fn merge(base: Node, overlay: &Node) -> Node {
    let Node { span, value: Value::Mapping(mut entries) } = base else { return overlay.clone() };
    let Value::Mapping(above) = &overlay.value else { return overlay.clone() };
    for over in above {
        let under = entries.iter().position(|entry| entry.key == over.key);
        match under {
            Some(index) if over.node.is_null() => drop(entries.remove(index)),
            Some(index) => {
                let Entry { key, key_span, node } = entries.remove(index);
                entries.insert(index, Entry { key, key_span, node: merge(node, &over.node) });
            }
            None if over.node.is_null() => {}
            None => entries.push(over.clone()),
        }
    }
    Node { span, value: Value::Mapping(entries) }
}
