//! Real Terraform, run over the provider of `skiff-terraform-provider`, without a network.
//!
//! ```no_run
//! # use std::collections::BTreeMap;
//! # use skiff_tests::terraform::{Server, Terraform, Workspace};
//! # fn prove(files: &BTreeMap<String, String>) -> Result<(), String> {
//! let Some(terraform) = Terraform::find()? else { return Ok(()) };
//! let server = Server::start().map_err(|error| error.to_string())?;
//! let environment = Workspace::new(&terraform, &server, files, "environment")?;
//! environment.validate()?;
//! environment.plan(&BTreeMap::new())?;
//! environment.apply_plan()?;
//! assert!(environment.plan(&BTreeMap::new())?.is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! One [`Server`] is one pretended AWS account: root modules that are applied through the same server see each other's
//! resources by data sources. Servers are independent and may run at once.
//!
//! | module | is |
//! |---|---|
//! | `program` | [`Terraform`]: where it is, how it is run; [`Failure`]: what it said |
//! | `workspace` | [`Workspace`]: one root module in a folder of its own, and what can be done with it |
//! | `planned` | [`PlannedChanges`]: what a plan would do |

mod planned;
mod program;
mod workspace;

pub use planned::{Change, PlannedChanges};
pub use program::{Failure, TERRAFORM, Terraform};
pub use skiff_terraform_provider::{Server, SharedAccount};
pub use workspace::Workspace;
