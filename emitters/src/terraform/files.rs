//! The Terraform files of a root module: which there are, what stands in each, and their text.

use std::collections::BTreeMap;

use super::{TerraformError, checks, module::Module, outputs, piece::File, print};

/// The files that hold blocks, in the order a reader takes them.
const BLOCKS: [File; 6] =
    [File::Network, File::LoadBalancer, File::Compute, File::Iam, File::Observability, File::DataStores];

/// The texts of a root module's files, by name; a file that would be empty is not there.
///
/// # Errors
/// An expression that is none: a defect of the emitter.
pub(super) fn of(module: &Module<'_>) -> Result<BTreeMap<String, String>, TerraformError> {
    let mut files = vec![
        ("terraform.tf", vec![module.settings()]),
        ("providers.tf", vec![module.provider()]),
        ("variables.tf", module.variables()),
        ("locals.tf", vec![module.locals()]),
        ("outputs.tf", outputs::of(module)),
        ("moved.tf", module.moved()),
    ];
    for file in BLOCKS {
        let mut items = module.blocks_of(file);
        if file == File::LoadBalancer {
            items.extend(checks::of(module));
        }
        files.push((file.name(), items));
    }
    let printed = files.into_iter().filter(|(_, items)| !items.is_empty()).map(|(name, items)| {
        let text = print::file(&items).map_err(|cause| TerraformError { resource: name.to_owned(), cause })?;
        Ok((name.to_owned(), text))
    });
    printed.collect()
}
