//! Who reaches whom: what `depends_on` and `links` name, and whose name stands in a variable or a command.

use std::collections::BTreeSet;

use skiff_compiler::spec::{
    decode::{At, Decode},
    shorthand::{Use, UseOf},
    values::Name,
};

use super::Draft;
use crate::{compose::project::Project, import::spanned};

pub(super) fn join(drafts: &mut [Draft<'_>], _project: &Project<'_>) {
    let known: Vec<(String, Name, bool)> = drafts
        .iter()
        .map(|draft| (draft.object.name().to_owned(), draft.name.clone(), draft.service.port.is_some()))
        .collect();
    for draft in drafts {
        let named = named(draft);
        let texts = texts(draft);
        let used = known.iter().filter(|(key, name, reachable)| {
            *reachable && *name != draft.name && (named.contains(key) || texts.iter().any(|text| names_host(text, key)))
        });
        let uses =
            used.map(|(_, name, _)| Use(UseOf { name: spanned(name.clone()), at: At::default(), ..UseOf::fallback() }));
        draft.service.uses = uses.collect();
    }
}

/// What the file names: dependencies and links.
fn named(draft: &Draft<'_>) -> BTreeSet<String> {
    let root = draft.object.root();
    let listed = ["depends_on", "links"].into_iter().flat_map(|key| root.list(key)).filter_map(|item| item.text());
    let mapped = root.map("depends_on").map(|(key, options)| {
        options.touch();
        key
    });
    listed.chain(mapped).map(|text| text.split(':').next().unwrap_or_default().to_owned()).collect()
}

fn texts<'d>(draft: &'d Draft<'_>) -> Vec<&'d str> {
    let service = &draft.service;
    let variables = service.env.values().map(|value| value.value.as_str());
    variables.chain(service.command.iter().chain(&service.args).map(String::as_str)).collect()
}

/// Whether a host stands in a text as a word of its own: `db`, `db:5432`, `tcp://user@db/x`, never `mydb` or `db.example.com`.
fn names_host(text: &str, host: &str) -> bool {
    let inner = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    text.split(|letter| !inner(letter)).any(|word| word == host)
}
