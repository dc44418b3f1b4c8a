//! The cross-crate harness: what holds for the project as a whole, and for every golden at once.
//!
//! | test | asks | built from |
//! |---|---|---|
//! | `tests/golden_plan.rs` | does every spec still give the plan that was reviewed? | [`plan_case`], [`expected`], [`shuffle`] |
//! | `tests/golden_reject.rs` | does every mistake still get its code, place and words? | [`reject_case`], [`recipe`], [`expected`] |
//! | `tests/golden_import.rs` | does every input still give its spec and its account? | [`import_case`], [`expected`] |
//! | `tests/mistakes.rs` | is every mistake found, placed and said at once, whatever the text? | [`mutate`], [`shuffle`] |
//! | `tests/conformance.rs` | would AWS accept every property of every plan? | [`conformance`] |
//! | `tests/external.rs` | do `cfn-lint` and `checkov` accept every plan? | [`external`] |
//! | `tests/terraform_provider.rs` | does real Terraform run over our provider as over AWS's? | [`terraform`] |
//! | `tests/terraform_mapping/` | do the plan and Terraform say the same? | [`terraform_mapping`] |
//! | `tests/kubernetes_fields.rs` | does the importer know every field that Kubernetes has? | [`kubernetes_fields`], [`expected`] |
//! | `tests/kubernetes_table.rs` | does the importer's table say what becomes of each? | [`kubernetes_table`] |
//! | `tests/import_corpus/` | is every leaf of real manifests accounted for, and is the account true? | [`kubernetes_corpus`], [`kubernetes_import`], [`kubernetes_compile`], [`kubernetes_changes`], [`kubernetes_secrets`] |
//! | `tests/import_property/` | the same of generated manifests | [`kubernetes_import`], [`kubernetes_words`] |
//! | `tests/examples.rs` | does every example compile, for each of its environments? | [`conformance`] |
//! | `tests/tidy.rs` | is the house in order? | [`tidy`], [`expected`] |
//! | `tests/balancer/` | does the local load balancer lose, misdirect or let through a request? | [`load`] |
//! | `tests/judge.rs` | does the judge of rollouts notice what its page says? | [`power`] |
//! | `benches/compile.rs` | what does a service cost? | [`generate`] |
//! | `benches/balancer.rs` | what does the local load balancer cost, beside nginx? | [`load`] |
//!
//! A check returns its problems as sentences; a test prints all of them at once. What a test expects is a committed
//! file, and `SKIFF_BLESS=1` rewrites it (see [`expected`]).
//!
//! **Absent on purpose:** expectations written in Rust. Cause and effect of a golden stand side by side in `golden/`.
//!
//! To add a golden: a folder under `golden/plan`, `golden/reject` or `golden/import`, then bless and read the diff. To add a tidy rule: a
//! function in [`tidy`] that gives problems, and a test of one line.

pub mod checkout;
pub mod conformance;
pub mod expected;
pub mod external;
pub mod finding_lines;
pub mod generate;
pub mod import_case;
pub mod kubernetes_changes;
pub mod kubernetes_compile;
pub mod kubernetes_corpus;
pub mod kubernetes_documents;
pub mod kubernetes_fields;
pub mod kubernetes_import;
pub mod kubernetes_secrets;
pub mod kubernetes_table;
pub mod kubernetes_words;
pub mod load;
pub mod mutate;
pub mod mutations;
pub mod plan_case;
pub mod power;
pub mod recipe;
pub mod reject_case;
pub mod seam;
pub mod shuffle;
pub mod terraform;
pub mod terraform_life;
pub mod terraform_mapping;
pub mod tidy;
pub mod tree_case;
pub mod tree_schema;

/// One sentence for each thing that is wrong; empty when all is well.
pub type Problems = Vec<String>;

/// All problems as one text for a failing test, each on its own paragraph.
#[must_use]
pub fn listed(problems: &[String]) -> String {
    format!("{} problem(s)\n\n{}\n", problems.len(), problems.join("\n\n"))
}
