//! A Compose file: read like a manifest, split into its services, volumes, networks, secrets and configs, and mapped.
//!
//! Files that the Compose file names (`env_file`, `extends`, `include`, a config's `file`) are not read: an import sees
//! what it is given. `docker compose config | skiff import compose -` gives it everything in one.

pub mod codes;
mod finish;
mod number;
mod objects;
mod project;
mod service;
pub(crate) mod table;
mod variables;

use project::Project;

use crate::{
    account::{Account, Finding},
    import::{Import, Imported, Input, Options},
    kube::{
        object::{Field, Object},
        read,
    },
    placeholders, write,
};

/// The name that a Compose file gives to its project.
#[must_use]
pub fn name(inputs: &[Input]) -> Option<String> {
    let documents = inputs.iter().flat_map(|input| read::documents(&input.name, &input.bytes).0);
    documents.filter_map(|document| Some(document.root.get("name")?.text()?.to_string())).next()
}

/// What begins with `x-` is an extension, which Compose ignores wherever it stands.
fn extensions(field: Field<'_>) {
    for (key, value) in field.entries() {
        if key.starts_with("x-") {
            value.ignore("an extension, which Compose ignores too");
        } else {
            extensions(value);
        }
    }
}

/// Imports Compose files as one application; of two with one service the later adds to the account, not to the service.
#[must_use]
pub fn import(inputs: &[Input], options: &Options) -> Import {
    let (mut manifests, mut findings) = (Vec::new(), Vec::new());
    for input in inputs {
        let (documents, found) = read::documents(&input.name, &input.bytes);
        findings.extend(found.into_iter().map(Finding::of_reader));
        let before = manifests.len();
        manifests.extend(documents.into_iter().flat_map(objects::split));
        if manifests.len() == before {
            findings.push(objects::nothing(&input.name));
        }
    }
    let objects: Vec<_> = manifests.iter().map(Object::new).collect();
    objects.iter().for_each(|object| extensions(object.root()));
    let project = Project::new(&objects, options);
    project.named();
    let drafts = service::drafts(&project);
    let services = drafts.iter().map(|draft| Imported {
        service: draft.name.to_string(),
        source: format!("compose service {}", draft.object.name()),
    });
    let services = services.collect();
    let mut spec = finish::spec(drafts, &project);
    if !objects.is_empty() {
        findings.extend(placeholders::fill(&mut spec, inputs, options));
    }
    let mut account = Account { objects: Vec::new(), findings };
    for (object, found) in objects.iter().map(Object::settle) {
        account.objects.push(object);
        account.findings.extend(found);
    }
    account.sort();
    let text = write::spec(&spec, &account.findings);
    Import { spec, text, account, services, secrets: project.secrets.into_inner().into_needed() }
}
