//! The sidecar: for every address, the resource of the plan and its place in the spec.

use std::collections::HashMap;

use skiff_compiler::{
    ir::{Ir, Resource},
    source::{Lines, SourceFile, Span},
};
use skiff_wire::{AddressOrigin, Origins, Place};

use super::{TerraformError, module::Module, piece::Piece};
use crate::cloudformation::names::Names;

/// What the sidecar says.
pub(super) fn of(ir: &Ir, modules: &[Module<'_>], spec: &SourceFile) -> Origins {
    let resources: HashMap<&str, &Resource> = ir.resources.iter().map(|resource| (&*resource.id, resource)).collect();
    let names = Names::of(ir.resources.iter().map(|resource| &*resource.id), ir.inputs.keys().map(String::as_str));
    let lines = Lines::of(&spec.text);
    let mut addresses = Vec::new();
    for module in modules {
        let mut groups: Vec<_> = module.groups.iter().collect();
        groups.sort_by_key(|group| group.piece.file);
        for piece in groups.iter().flat_map(|group| &group.members) {
            let Some(resource) = resources.get(&*piece.from) else { continue };
            addresses.push(AddressOrigin {
                module: module.folder.clone(),
                address: address(piece),
                file: piece.file.name().to_owned(),
                resource: resource.id.to_string(),
                resource_type: resource.body.type_name().to_owned(),
                cloudformation_id: names.resource(&resource.id),
                origin: resource.origin.path.to_string(),
                place: place(&lines, spec, resource.origin.span),
                runtime_owned: runtime_owned(piece, resource),
            });
        }
    }
    Origins {
        schema: Origins::SCHEMA.into(),
        app: ir.context.app.clone(),
        environment: ir.context.environment.clone(),
        addresses,
    }
}

/// The sidecar's text: one address a line, so that a difference shows what moved.
///
/// # Errors
/// A defect: an entry that cannot be written.
pub(super) fn text(origins: &Origins) -> Result<String, TerraformError> {
    let failed = |error: serde_json::Error| TerraformError { resource: "origins".to_owned(), cause: error.to_string() };
    let line = |origin: &AddressOrigin| Ok(format!("    {}", serde_json::to_string(origin).map_err(failed)?));
    let lines = origins.addresses.iter().map(line).collect::<Result<Vec<_>, TerraformError>>()?;
    let quoted = |text: &str| serde_json::to_string(text).map_err(failed);
    Ok(format!(
        "{{\n  \"schema\": {},\n  \"app\": {},\n  \"environment\": {},\n  \"addresses\": [\n{}\n  ]\n}}\n",
        quoted(&origins.schema)?,
        quoted(&origins.app)?,
        quoted(&origins.environment)?,
        lines.join(",\n")
    ))
}

fn address(piece: &Piece) -> String {
    if piece.data { format!("data.{}", piece.address.text()) } else { piece.address.text() }
}

fn runtime_owned(piece: &Piece, resource: &Resource) -> Vec<String> {
    if piece.ignored.is_empty() {
        return Vec::new();
    }
    resource.body.runtime_owned().iter().map(|pointer| (*pointer).to_owned()).collect()
}

fn place(lines: &Lines<'_>, spec: &SourceFile, span: Span) -> Option<Place> {
    if span == Span::NOWHERE {
        return None;
    }
    let (line, column) = lines.line_and_column(span.start);
    Some(Place { file: spec.name.clone(), line, column })
}
