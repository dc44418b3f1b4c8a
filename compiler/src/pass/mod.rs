//! What follows from the resources: a listed sequence of passes from IR to IR.
//!
//! | pass | adds |
//! |---|---|
//! | [`defaults`] | every number that AWS would otherwise choose in silence |
//! | [`exposure`] | security-group rules, from the connections that must be possible |
//! | [`privilege`] | policies, from what each role may do; the principals of the environment |
//! | [`encryption`] | the environment's key wherever data rests |
//! | [`policy`] | nothing: it reports what is not allowed |
//! | [`uniqueness`] | nothing: it reports names that two resources would have |
//! | [`tags`] | tags |
//! | [`cost`] | the monthly estimate |
//!
//! To add a pass: a module here with `pub fn run(Ir, …) -> Ir`, a row above, a line in [`run`].

pub mod codes;
pub mod cost;
pub mod defaults;
mod deployer;
pub mod encryption;
pub mod exposure;
mod handlers;
pub mod policy;
pub mod principals;
pub mod privilege;
mod scope;
pub mod tags;
pub mod uniqueness;

use crate::{diagnostic::Diagnostics, ir::Ir};

/// Runs every pass in its order.
#[must_use]
pub fn run(ir: Ir, diagnostics: &mut Diagnostics) -> Ir {
    let ir = defaults::run(ir);
    let ir = exposure::run(ir);
    let ir = policy::run(ir, diagnostics);
    let ir = privilege::run(ir, diagnostics);
    let ir = encryption::run(ir);
    let ir = uniqueness::run(ir, diagnostics);
    let ir = tags::run(ir);
    cost::run(ir)
}
