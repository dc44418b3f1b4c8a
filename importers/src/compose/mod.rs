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
    let documents =
        in_order(inputs).into_iter().flat_map(|input| read::documents_with_written_keys(&input.name, &input.bytes).0);
    documents.filter_map(|document| Some(document.root.get("name")?.text()?.to_string())).next()
}

/// Mappings whose keys are names that the user chose.
const USERS_KEYS: &[&str] = &[
    "annotations",
    "args",
    "depends_on",
    "driver_opts",
    "environment",
    "extra_hosts",
    "labels",
    "networks",
    "options",
    "sysctls",
];

/// What begins with `x-` is an extension, which Compose ignores wherever fields stand.
fn extensions(field: Field<'_>, users_keys: bool) {
    for (key, value) in field.entries() {
        if key.starts_with("x-") && !users_keys {
            value.ignore("an extension, which Compose ignores too");
        } else {
            extensions(value, !users_keys && USERS_KEYS.contains(&key));
        }
    }
}

/// Fields of a service whose row in the table says all there is to say: their being there is enough.
const TOLD_BY_THE_TABLE: &[&str] = &[
    "blkio_config",
    "cgroup",
    "cgroup_parent",
    "cpu_period",
    "cpu_quota",
    "cpu_shares",
    "cpuset",
    "deploy.restart_policy",
    "deploy.rollback_config",
    "deploy.update_config",
    "domainname",
    "hostname",
    "logging",
    "mem_swappiness",
    "memswap_limit",
    "networks",
    "oom_score_adj",
];

/// Marks what the table alone speaks of.
fn tell(object: &Object<'_>) {
    if object.kind() != "service" {
        return;
    }
    let root = object.root();
    TOLD_BY_THE_TABLE.iter().filter_map(|way| root.at(way)).for_each(Field::touch);
    for grant in ["secrets", "configs"].into_iter().flat_map(|key| root.list(key)) {
        ["uid", "gid"].into_iter().filter_map(|key| grant.get(key)).for_each(Field::touch);
    }
}

/// The files in the order in which Compose reads them: by folder and name, an override after what it overrides.
fn in_order(inputs: &[Input]) -> Vec<&Input> {
    let mut inputs: Vec<_> = inputs.iter().collect();
    inputs.sort_by_key(|input| {
        let (folder, name) = input.name.rsplit_once('/').unwrap_or(("", &input.name));
        (folder, name.contains(".override."), name)
    });
    inputs
}

/// Imports Compose files as one application; of two with one service the later adds to the account, not to the service.
#[must_use]
pub fn import(inputs: &[Input], options: &Options) -> Import {
    let (mut manifests, mut findings) = (Vec::new(), Vec::new());
    for input in in_order(inputs) {
        let (documents, found) = read::documents_with_written_keys(&input.name, &input.bytes);
        findings.extend(found.into_iter().map(Finding::of_reader));
        let before = manifests.len();
        manifests.extend(documents.into_iter().flat_map(objects::split));
        if manifests.len() == before {
            findings.push(objects::nothing(&input.name));
        }
    }
    let objects: Vec<_> = manifests.iter().map(|manifest| Object::new(manifest).worst_stays()).collect();
    objects.iter().for_each(|object| extensions(object.root(), false));
    objects.iter().for_each(tell);
    let project = Project::new(&objects, options);
    project.named();
    let drafts = service::drafts(&project);
    project.ignore_unused();
    let services = drafts.iter().map(|draft| Imported {
        service: draft.name.to_string(),
        source: format!("compose service {}", draft.object.name()),
    });
    let services = services.collect();
    let mut spec = finish::spec(drafts, &project);
    if !objects.is_empty() {
        findings.extend(placeholders::fill(&mut spec, inputs, options, false));
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
