//! What is said of a leaf is true: it is changed, and everything is imported again.

use skiff_importers::account::Fate;
use skiff_tests::{
    kubernetes_changes::{Pool, Tried},
    kubernetes_documents::Documents,
    listed,
};

use super::{Unit, repositories, say};

/// Leaves of each field and fate that are tried.
const EACH: usize = 4;

#[test]
fn a_mapped_leaf_matters_and_an_ignored_one_does_not() {
    let mut folders: Vec<_> = repositories().iter().flat_map(|repository| Unit::Folder.imports(repository)).collect();
    let mut pool = Pool::default();
    folders.iter().for_each(|(_, files)| pool.add(&Documents::of(files)));
    // A field that also stands in a small folder is tried there: it is quicker, and easier to read about.
    folders.sort_by_key(|(_, files)| files.iter().map(|file| file.bytes.len()).sum::<usize>());
    let mut tried = Tried::default();
    for (name, files) in &folders {
        tried.add(files, &pool, EACH).unwrap_or_else(|problem| panic!("{name}: {problem}"));
    }
    if folders.is_empty() {
        return;
    }
    let fields = |fate: Fate| tried.leaves.keys().filter(|(_, other)| *other == fate).count();
    let leaves: usize = tried.leaves.values().sum();
    say(&format!(
        "import: {leaves} leaves changed, of {} mapped and {} ignored fields; {} fields are not what is said of them",
        fields(Fate::Mapped),
        fields(Fate::Ignored),
        tried.wrong.len()
    ));
    let wrong: Vec<_> =
        tried.wrong.iter().map(|(((kind, field), _), example)| format!("{kind} {field}: {example}")).collect();
    assert!(wrong.is_empty(), "{}", listed(&wrong));
}
