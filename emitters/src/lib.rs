//! Prints the intermediate representation as an AWS plan, and everything that is made from a plan.
//!
//! | function | from | to |
//! |---|---|---|
//! | [`plan`] | `Ir` | [`Plan`] |
//! | [`change()`] | two plans | [`Change`]: what differs, how risky it is, and why |
//! | [`terraform::terraform`] | `Ir` | root modules of Terraform, with a README, tests and the origin of each block |
//! | [`cloudformation`] | `Plan` | a CloudFormation template, for review and for scanners, not for deploying |
//! | [`render::plan_text`], [`render::plan_markdown`] | `Plan` | text for people, Markdown for a pull request |
//! | [`render::change_text`], [`render::change_markdown`] | `Change` | the same for a difference |
//! | [`to_json`], [`text_diff`] | any document | its one spelling, and the difference of two |
//!
//! Each first decides, in the format's own terms, and then prints. **Absent on purpose:** files, clocks, colours and
//! hash order; the same plan gives the same bytes.
//!
//! - To judge a change differently: a row in `change/risk/properties.rs`, `change/risk/existence.rs` or `change/release.rs`.
//! - To show another property of a resource to readers: a row in `render/highlights.rs`.
//! - To print a type in CloudFormation: a row in `cloudformation/reference.rs`, when its `Ref` is not its attribute.

mod canonical;
mod change;
mod cloudformation;
mod plan;
pub mod render;
#[cfg(test)]
mod sample;
pub mod terraform;

pub use canonical::{text_diff, to_json};
pub use change::{CreateOnly, change_with};
pub use cloudformation::{cloudformation, cloudformation_text};
pub use plan::{PlanError, plan};

use skiff_compiler::facts::schemas;
use skiff_wire::{Change, Plan};

/// What would change if `after` took the place of `before`, by AWS's create-only facts.
#[must_use]
pub fn change(before: &Plan, after: &Plan) -> Change {
    change_with(before, after, &schemas::is_create_only)
}
