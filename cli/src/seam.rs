//! Where the commands meet the compiler and the emitters: every function of theirs that the command line calls.

pub(crate) use skiff_compiler::{
    Compilation, MAY_BE_SECRETS, codes, compile,
    ir::{Ir, RouteKey},
    read::decode_utf8,
    spec::{environments, schema as spec_schema},
};
pub(crate) use skiff_emitters::{
    change, cloudformation, cloudformation_text, plan,
    render::{change_markdown, change_text, plan_markdown, plan_text},
    terraform::{Options as TerraformOptions, terraform},
    text_diff,
};

/// The images that have no digest of their own.
pub(crate) fn images(ir: &Ir) -> Vec<String> {
    ir.images.clone()
}

/// The routes that need a priority, in the order they are matched.
pub(crate) fn routes(ir: &Ir) -> Vec<RouteKey> {
    ir.routes.clone()
}
