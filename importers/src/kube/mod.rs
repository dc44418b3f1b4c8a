//! Kubernetes manifests: read as kubectl does, walked along a table that says what becomes of each field, and mapped.

pub mod api;
pub mod codes;
mod folder;
mod map;
pub mod object;
pub mod read;
pub mod table;

use crate::{
    account::{Account, Finding},
    import::{Import, Input, Options},
    placeholders, write,
};

/// Imports all manifests of some files as one application, in the order of the files' names. What belongs to a Helm chart is not read: the chart is named,
/// with the command that renders it.
#[must_use]
pub fn import(inputs: &[Input], options: &Options) -> Import {
    let (mut manifests, mut envelopes, mut findings) = (Vec::new(), Vec::new(), Vec::new());
    let mut sorted = folder::without_charts(inputs);
    sorted.sort_by(|one, other| one.name.cmp(&other.name));
    for input in sorted {
        let reading = read::read(&input.name, &input.bytes);
        manifests.extend(reading.manifests);
        envelopes.extend(reading.envelopes);
        findings.extend(reading.findings.into_iter().map(Finding::of_reader));
    }
    folder::name_commands(&mut findings);
    let mut mapped = map::map(&manifests, options);
    let mut account = Account { objects: mapped.objects, findings };
    account.findings.extend(mapped.findings);
    if !account.objects.is_empty() {
        account.findings.extend(placeholders::fill(&mut mapped.spec, inputs, options, mapped.https));
    }
    account.add_envelopes(&envelopes);
    let text = write::spec(&mapped.spec, &account.findings);
    Import { spec: mapped.spec, text, account, services: mapped.services, secrets: mapped.secrets }
}
