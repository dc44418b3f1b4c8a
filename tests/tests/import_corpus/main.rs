//! The importer over a collection of real manifests: each file alone, each folder, and each repository as one application.
//!
//! | module | asks |
//! |---|---|
//! | `account` | is every leaf accounted for, and does the text say what the import gave? |
//! | `compiled` | does what lost nothing compile, to a plan and to Terraform that their schemas accept? |
//! | `changed` | is it true what an account says of a leaf? |
//! | `hidden` | does a Secret stay one? |
//! | `lived` | does real Terraform take one tree of each repository? |
//!
//! Where the collection is missing, all of them say so and pass.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "what a test stands on is there, or the test says what is missing"
)]

mod account;
mod changed;
mod compiled;
mod hidden;
mod lived;

use skiff_importers::import::Input;
use skiff_tests::kubernetes_corpus::{self, Repository};

/// The repositories; none where the collection is missing.
fn repositories() -> Vec<Repository> {
    kubernetes_corpus::repositories().expect("the collection can be read").unwrap_or_default()
}

/// Past the test harness, which keeps the output of passing tests to itself.
fn say(line: &str) {
    kubernetes_corpus::say(line).expect("standard error is open");
}

/// What is imported at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    File,
    Folder,
    Repository,
}

impl Unit {
    const ALL: [Self; 3] = [Self::File, Self::Folder, Self::Repository];

    /// All imports of this unit, each with a name.
    fn imports(self, repository: &Repository) -> Vec<(String, Vec<Input>)> {
        match self {
            Self::File => repository.files.iter().map(|file| (file.name.clone(), vec![file.clone()])).collect(),
            Self::Folder => repository.folders().into_iter().map(|(name, files)| (name.to_owned(), files)).collect(),
            Self::Repository => vec![(repository.name.clone(), repository.files.clone())],
        }
    }
}
