//! What becomes of an import in the compiler and the emitters, in process.

use skiff_compiler::source::SourceFile;
use skiff_importers::import::Import;
use skiff_wire::Lock;

use crate::{
    Problems, conformance, finding_lines,
    plan_case::{PlanCase, Planned},
    seam, tree_schema,
};

/// Everything against the spec of an import: it does not compile, AWS's schemas refuse its plan, or the schema of the
/// AWS provider refuses its Terraform.
#[must_use]
pub fn problems(import: &Import) -> Problems {
    let (file, lock) = (source(import), Lock::default());
    let outcome = match seam::plan(&file, None, &lock) {
        Ok(outcome) => outcome,
        Err(problem) => return vec![problem],
    };
    let Some(plan) = outcome.plan else {
        return vec![format!("it does not compile\n{}", finding_lines::write(&outcome.findings))];
    };
    let mut problems = conformance::problems(&plan);
    match seam::terraform(&file, None, &lock) {
        Ok(tree) => problems.extend(tree_schema::problems(&tree)),
        Err(problem) => problems.push(problem),
    }
    problems
}

/// The import as a case of a plan, under a name.
///
/// # Errors
/// A sentence when it does not compile.
pub fn planned(name: &str, import: &Import) -> Result<Planned, String> {
    PlanCase { folder: name.to_owned(), file: source(import), lock: Lock::default(), environment: None }.planned()
}

fn source(import: &Import) -> SourceFile {
    SourceFile { name: "skiff.yaml".into(), text: import.text.clone() }
}
