//! Where the commands meet the compiler, the emitters and the importers: every function of theirs that the command line calls.

use skiff_compiler::diagnostic::Code;
pub(crate) use skiff_compiler::{
    Compilation, MAY_BE_SECRETS, compile,
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
pub(crate) use skiff_importers::{
    compose::{import as import_compose, name as compose_name},
    import::{Import, Input, Options as ImportOptions},
    kube::{import as import_kube, read::limits::MAX_FILE_BYTES as MAX_IMPORTED_BYTES},
    names::tidy,
    report::{markdown as report_markdown, report, summary},
};

/// Every code that a command can report: of the compiler, the importers, the runtime, the runner, and its own.
pub(crate) fn codes() -> Vec<&'static Code> {
    [
        skiff_compiler::codes(),
        import_codes(),
        skiff_runtime::codes(),
        skiff_runner::codes(),
        crate::codes::CODES.to_vec(),
    ]
    .concat()
}

/// Every code that an import can report.
pub(crate) fn import_codes() -> Vec<&'static Code> {
    skiff_importers::codes()
}

/// The images that have no digest of their own.
pub(crate) fn images(ir: &Ir) -> Vec<String> {
    ir.images.clone()
}

/// The routes that need a priority, in the order they are matched.
pub(crate) fn routes(ir: &Ir) -> Vec<RouteKey> {
    ir.routes.clone()
}
