//! What real Terraform would do after a change of the spec: exactly what the change is about, at exactly these addresses.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;
use skiff_emitters::terraform::Tree;
use skiff_tests::{
    listed,
    mutations::{MUTATIONS, Planned},
    plan_case::PlanCase,
    terraform::{Server, Terraform, Workspace},
    terraform_mapping::{inputs, order},
    tree_case,
};

/// The spec that every change starts from.
const CASE: &str = "golden/plan/stack";

/// Applied root modules, and what is needed to plan them again.
struct Applied {
    tree: Tree,
    values: BTreeMap<String, Value>,
    workspaces: BTreeMap<String, Workspace>,
    /// The pretended account lives as long as its server.
    _server: Server,
}

impl Applied {
    fn new(terraform: &Terraform) -> Result<Self, String> {
        let case = PlanCase::read(CASE)?;
        let tree = tree_case::tree(&case)?;
        let plan = case.planned()?.plan;
        let server = Server::start().map_err(|error| error.to_string())?;
        server.account().set_number(&plan.account);
        let values = inputs::good(&plan);
        let mut workspaces = BTreeMap::new();
        for module in order::of(&plan, &tree.origins)? {
            let workspace = Workspace::new(terraform, &server, &tree.files, &module)?;
            workspace.apply(&tree_case::variables(&tree, &module, &values))?;
            workspaces.insert(module, workspace);
        }
        Ok(Self { tree, values, workspaces, _server: server })
    }

    /// What Terraform would do with another tree: root module, address and actions.
    fn changes(&self, after: &Tree) -> Result<BTreeSet<String>, String> {
        let mut changes = BTreeSet::new();
        for (module, workspace) in &self.workspaces {
            let (old, new) = (files(&self.tree, module), files(after, module));
            if old == new {
                continue;
            }
            put(workspace, &old, &new)?;
            let planned = workspace.plan(&tree_case::variables(after, module, &self.values));
            put(workspace, &new, &old)?;
            let planned = planned.map_err(|failure| format!("{module}: {failure}"))?;
            let changed = planned.changed().into_iter().filter(|(_, actions)| actions != "read");
            changes.extend(changed.map(|(address, actions)| format!("{module}:{address} {actions}")));
        }
        Ok(changes)
    }
}

/// The Terraform files of a root module.
fn files(tree: &Tree, module: &str) -> BTreeMap<String, String> {
    let within = |path: &String| path.strip_prefix(module)?.strip_prefix('/').map(str::to_owned);
    let files = tree.files.iter().filter_map(|(path, text)| Some((within(path)?, text.clone())));
    files.filter(|(path, _)| path.ends_with(".tf")).collect()
}

fn put(workspace: &Workspace, old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Result<(), String> {
    for path in old.keys().filter(|path| !new.contains_key(*path)) {
        fs::remove_file(workspace.folder().join(path)).map_err(|error| format!("{path}: {error}"))?;
    }
    new.iter().try_for_each(|(path, text)| workspace.write(path, text).map_err(Into::into))
}

#[test]
fn terraform_changes_what_the_spec_changed() {
    let Some(terraform) = Terraform::find().unwrap_or_else(|problem| panic!("{problem}")) else { return };
    let applied = Applied::new(&terraform).unwrap_or_else(|problem| panic!("{problem}"));
    let mut problems = Vec::new();
    for mutation in MUTATIONS.iter().filter(|mutation| CASE.ends_with(mutation.case)) {
        let (case, file) = mutation.applied().unwrap_or_else(|problem| panic!("{problem}"));
        let after = tree_case::of(&file, None, &case.lock).unwrap_or_else(|problem| panic!("{problem}"));
        match (applied.changes(&after), mutation.planned) {
            (Err(problem), Planned::Refused(words)) if problem.contains(words) => {}
            (Ok(changes), Planned::Exactly(wanted))
                if changes.iter().map(String::as_str).eq(wanted.iter().copied()) => {}
            (Ok(changes), Planned::InPlace) if changes.iter().all(|change| change.ends_with(" update")) => {}
            (result, wanted) => problems.push(format!("{}: {result:#?}, wanted {wanted:#?}", mutation.what)),
        }
    }
    assert!(problems.is_empty(), "{}", listed(&problems));
}
