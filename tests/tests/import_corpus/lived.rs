//! One tree of each repository in the hands of real Terraform.

use skiff_importers::import::Import;
use skiff_tests::{
    Problems, kubernetes_compile, kubernetes_corpus::Repository, kubernetes_import, listed, terraform::Terraform,
    terraform_life::live,
};

use super::{Unit, repositories, say};

/// Services that a tree may have: each is a root module, and takes Terraform seconds.
const SERVICES: usize = 4;

/// The import of a folder or a file that lost nothing and has most services, the first of those that have as many.
fn chosen(repository: &Repository) -> Option<(String, Import)> {
    let imports = [Unit::Folder, Unit::File].into_iter().flat_map(|unit| unit.imports(repository));
    let imports = imports.filter_map(|(name, files)| Some((name, kubernetes_import::import(&files).ok()?)));
    let usable = imports.filter(|(_, import)| {
        kubernetes_import::is_clean(import) && (1..=SERVICES).contains(&import.spec.services.len())
    });
    usable.min_by_key(|(_, import)| SERVICES - import.spec.services.len())
}

#[test]
fn one_tree_of_each_repository_lives() {
    let repositories = repositories();
    if repositories.is_empty() {
        return;
    }
    let Some(terraform) = Terraform::find().unwrap_or_else(|problem| panic!("{problem}")) else { return };
    let (mut problems, mut trees, mut modules) = (Problems::new(), 0, 0);
    for (name, import) in repositories.iter().filter_map(chosen) {
        match kubernetes_compile::planned(&name, &import) {
            Ok(planned) => {
                let life = live(&terraform, &planned);
                trees += 1;
                modules += life.modules;
                problems.extend(life.problems);
            }
            Err(problem) => problems.push(problem),
        }
    }
    say(&format!("import: {trees} trees of {} repositories with {modules} root modules live", repositories.len()));
    assert!(problems.is_empty(), "{}", listed(&problems));
}
