//! Imports as the tests make them, and what must hold of each, whatever was imported.

use std::{
    any::Any,
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use skiff_compiler::{diagnostic::Diagnostics, read::decode_utf8, spec::Spec, spec::decode::Decode};
use skiff_importers::{
    account::{Fate, Finding, Leaf, Object},
    import::{Import, Input, Options},
    kube::{self, read},
};
use skiff_wire::Severity;

use crate::{Problems, finding_lines};

/// Imports some files as one application, with everything given that no manifest says.
///
/// # Errors
/// What the importer said when it panicked: always a defect.
pub fn import(inputs: &[Input]) -> Result<Import, String> {
    let options = Options {
        app: "shop".into(),
        account: Some("111122223333".into()),
        region: Some("eu-west-1".into()),
        certificates: Vec::new(),
    };
    let panicked = |panic: Box<dyn Any + Send>| {
        let said = panic.downcast_ref::<String>().cloned();
        let said = said.or_else(|| panic.downcast_ref::<&str>().map(|said| (*said).to_owned()));
        format!("the importer panicked: {}", said.unwrap_or_default())
    };
    catch_unwind(AssertUnwindSafe(|| kube::import(inputs, &options))).map_err(panicked)
}

/// Everything that is wrong with an import: its account is not complete, or its text is not its spec.
#[must_use]
pub fn problems(inputs: &[Input], import: &Import) -> Problems {
    let leaves: usize = import.account.objects.iter().map(|object| object.leaves.len()).sum();
    let sum = (import.account.totals().leaves() != leaves).then(|| "the totals do not add up".to_owned());
    let objects = import.account.objects.iter();
    let mut problems = unaccounted(inputs, import);
    problems.extend(sum);
    problems.extend(objects.flat_map(|object| silent(object, import)));
    problems.extend(objects_without_service(import));
    problems.extend(
        import
            .account
            .findings
            .iter()
            .filter(|found| found.reason.is_empty())
            .map(|found| format!("{} at {} of {} says no reason", found.code.id, found.path, found.file)),
    );
    problems.extend(reads_back(import).err());
    problems
}

/// Where a manifest begins, its kind, and all its leaves.
type Accounted = (String, read::Place, String, Vec<String>);

/// Objects whose leaves are not exactly those that the reader finds, each once.
fn unaccounted(inputs: &[Input], import: &Import) -> Problems {
    let mut balance: BTreeMap<Accounted, i64> = BTreeMap::new();
    for input in inputs {
        let reading = read::read(&input.name, &input.bytes);
        for manifest in reading.manifests.iter().chain(&reading.envelopes) {
            let mut leaves: Vec<_> = manifest.leaves().map(|leaf| leaf.path.to_string()).collect();
            leaves.sort();
            *balance.entry((input.name.clone(), manifest.place, manifest.kind.to_string(), leaves)).or_default() += 1;
        }
    }
    for object in &import.account.objects {
        let mut leaves: Vec<_> = object.leaves.iter().map(|leaf| leaf.path.clone()).collect();
        leaves.sort();
        *balance.entry((object.file.to_string(), object.place, object.kind.to_string(), leaves)).or_default() -= 1;
    }
    let off = balance.into_iter().filter(|(_, count)| *count != 0);
    off.map(|((file, place, kind, leaves), count)| {
        let what = if count > 0 { "has no account" } else { "is accounted for and was not read" };
        format!("{file}:{}: {kind} with {} leaves {what}", place.line, leaves.len())
    })
    .collect()
}

/// Leaves whose fate should be known to the user, and no finding tells; and leaves without a reason.
fn silent(object: &Object, import: &Import) -> Problems {
    let same = |found: &&Finding| {
        found.file == object.file && found.kind.as_ref() == Some(&object.kind) && found.name == object.name
    };
    let findings: Vec<_> = import.account.findings.iter().filter(same).collect();
    // One finding may speak for several leaves, also of another object: of the same fate, since a loss is said once.
    let shared = |leaf: &Leaf| import.account.findings.iter().any(|found| found.severity == leaf.fate.severity());
    let told = |leaf: &Leaf| findings.iter().any(|found| covers(&found.path, &leaf.path)) || shared(leaf);
    let quiet = |leaf: &&Leaf| match leaf.fate {
        Fate::Mapped => false,
        Fate::Ignored => leaf.reason.is_empty(),
        Fate::Changed | Fate::Assumed | Fate::Unsupported | Fate::Unknown => leaf.reason.is_empty() || !told(leaf),
    };
    let at = format!("{}: {} {}", object.file, object.kind, object.name.as_deref().unwrap_or_default());
    let quiet = object.leaves.iter().filter(quiet);
    quiet.map(|leaf| format!("{at}: {} is {} and nothing says why", leaf.path, leaf.fate.word())).collect()
}

/// Whether a finding at one path speaks for a leaf at another.
fn covers(finding: &str, leaf: &str) -> bool {
    let rest = leaf.strip_prefix(finding);
    rest.is_some_and(|rest| finding.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Leaves that went to a service that the spec does not have.
fn objects_without_service(import: &Import) -> Problems {
    let leaves = import.account.objects.iter().flat_map(|object| object.leaves.iter().map(move |leaf| (object, leaf)));
    let homeless = leaves.filter_map(|(object, leaf)| {
        let service = leaf.home.strip_prefix("services.")?.split('.').next()?;
        let carried = matches!(leaf.fate, Fate::Mapped | Fate::Changed | Fate::Assumed);
        let missing = carried && !import.spec.services.keys().any(|name| name.as_str() == service);
        missing.then(|| format!("{}: {} went to `{}`, and there is no such service", object.file, leaf.path, leaf.home))
    });
    homeless.collect()
}

/// The text is YAML, and Skiff reads the spec in it that the import gave.
///
/// # Errors
/// A sentence with what is read instead.
pub fn reads_back(import: &Import) -> Result<(), String> {
    let file = decode_utf8("skiff.yaml", import.text.clone().into_bytes())
        .map_err(|refused| finding_lines::write(&refused.1.findings(&refused.0)))?;
    let mut diagnostics = Diagnostics::default();
    let document = skiff_compiler::read::read(&file, &mut diagnostics);
    let found = |diagnostics: &Diagnostics| finding_lines::write(&diagnostics.findings(&file));
    let root = document.ok_or_else(|| format!("the text is no YAML: {}", found(&diagnostics)))?.root;
    let spec = Spec::decode(&root, &mut diagnostics);
    if spec != import.spec || diagnostics.has_errors() {
        return Err(format!("the text does not read back as its spec: {}\n{}", found(&diagnostics), import.text));
    }
    Ok(())
}

/// Whether nothing is worse than a changed meaning, so that `skiff.yaml` must compile.
#[must_use]
pub fn is_clean(import: &Import) -> bool {
    let bad = |severity| matches!(severity, Severity::Unsupported | Severity::Unknown | Severity::Error);
    let totals = import.account.totals();
    !import.account.findings.iter().any(|found| bad(found.severity))
        && totals.of(Fate::Unsupported) + totals.of(Fate::Unknown) == 0
}
