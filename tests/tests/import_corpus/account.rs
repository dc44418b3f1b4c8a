//! Every leaf has exactly one fate, in every import.

use std::collections::BTreeMap;

use skiff_importers::{
    account::{Fate, Totals},
    import::{Import, Input},
    kube::read::{self, Manifest, Node},
};
use skiff_tests::{Problems, kubernetes_import, listed};

use super::{Unit, repositories, say};

/// Complete Deployments that must have no unsupported leaf, of a hundred.
const GOAL: usize = 75;

/// What was counted over all imports of one unit.
#[derive(Default)]
struct Figures {
    imports: usize,
    leaves: usize,
    fates: BTreeMap<Fate, usize>,
    complete: usize,
    whole: usize,
    clean: usize,
}

impl Figures {
    fn add(&mut self, import: &Import, complete: &BTreeMap<(String, read::Place), bool>) {
        let totals: Totals = import.account.totals();
        self.imports += 1;
        self.leaves += totals.leaves();
        self.clean += usize::from(kubernetes_import::is_clean(import));
        Fate::ALL.iter().for_each(|fate| *self.fates.entry(*fate).or_default() += totals.of(*fate));
        for object in &import.account.objects {
            if complete.get(&(object.file.to_string(), object.place)) == Some(&true) {
                self.complete += 1;
                self.whole += usize::from(object.leaves.iter().all(|leaf| leaf.fate != Fate::Unsupported));
            }
        }
    }

    fn line(&self) -> String {
        let fates: Vec<_> = self.fates.iter().map(|(fate, count)| format!("{count} {}", fate.word())).collect();
        let share = self.whole as f64 * 100.0 / self.complete.max(1) as f64;
        format!(
            "{} imports, {} lost nothing; {} leaves: {}; {} of {} complete Deployments ({share:.1}%) have no unsupported leaf",
            self.imports,
            self.clean,
            self.leaves,
            fates.join(", "),
            self.whole,
            self.complete
        )
    }
}

/// Deployments of some files, and whether all their containers have an image.
fn deployments(files: &[Input]) -> BTreeMap<(String, read::Place), bool> {
    let manifests = files.iter().flat_map(|file| read::read(&file.name, &file.bytes).manifests);
    let deployments = manifests.filter(|manifest| &*manifest.kind == "Deployment");
    deployments.map(|manifest| ((manifest.file.to_string(), manifest.place), is_complete(&manifest))).collect()
}

fn is_complete(manifest: &Manifest) -> bool {
    let below = |node: Option<&'_ Node>, key: &str| node.and_then(|node| node.get(key)).cloned();
    let pod = ["spec", "template", "spec"].iter().try_fold(manifest.node.clone(), |node, key| below(Some(&node), key));
    let containers = pod.and_then(|pod| below(Some(&pod), "containers"));
    let has_image = |container: &Node| container.get("image").and_then(Node::text).is_some_and(|text| !text.is_empty());
    containers.is_some_and(|containers| !containers.items().is_empty() && containers.items().iter().all(has_image))
}

#[test]
fn every_leaf_of_every_import_has_one_fate() {
    let repositories = repositories();
    let mut problems = Problems::new();
    for unit in Unit::ALL {
        let mut figures = Figures::default();
        for repository in &repositories {
            let complete = deployments(&repository.files);
            for (name, files) in unit.imports(repository) {
                match kubernetes_import::import(&files) {
                    Ok(import) => {
                        let found = kubernetes_import::problems(&files, &import);
                        problems.extend(found.into_iter().map(|problem| format!("{name}: {problem}")));
                        figures.add(&import, &complete);
                    }
                    Err(problem) => problems.push(format!("{name}: {problem}")),
                }
            }
        }
        if figures.imports > 0 {
            say(&format!("import by {unit:?}: {}", figures.line()));
            let enough = figures.whole * 100 >= figures.complete * GOAL;
            problems.extend((!enough).then(|| format!("{unit:?}: fewer than {GOAL}% of the Deployments are whole")));
        }
    }
    assert!(problems.is_empty(), "{}", listed(&problems));
}

#[test]
fn the_same_files_give_the_same_text_in_any_order() {
    let mut problems = Problems::new();
    for repository in repositories() {
        for (name, files) in Unit::Folder.imports(&repository).into_iter().chain(Unit::Repository.imports(&repository))
        {
            let import =
                |files: &[Input]| kubernetes_import::import(files).unwrap_or_else(|found| panic!("{name}: {found}"));
            let turned: Vec<_> = files.iter().rev().cloned().collect();
            let (first, second, turned) = (import(&files), import(&files), import(&turned));
            problems.extend((first.text != second.text).then(|| format!("{name}: two texts of the same files")));
            let other = first.text != turned.text;
            problems.extend(other.then(|| format!("{name}: another text of the same files in another order")));
        }
    }
    assert!(problems.is_empty(), "{}", listed(&problems));
}
