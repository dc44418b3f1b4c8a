//! Findings of checkov that were decided against: those of the IR, and those that only its Terraform checks raise.

use skiff_compiler::ir::Resource;

use super::piece::Piece;

/// Decisions that hold for every resource of a type: Terraform's type, the check, the reason.
const ALWAYS: &[(&str, &str, &str)] = &[];

/// What the block says to checkov.
pub(super) fn of(piece: &Piece, resource: &Resource) -> Vec<(String, String)> {
    if piece.data {
        return Vec::new();
    }
    let own = resource.accepted.iter().filter(|(check, _)| check.starts_with("CKV"));
    let own = own.map(|(check, reason)| ((*check).to_owned(), (*reason).to_owned()));
    let always = ALWAYS.iter().filter(|(kind, ..)| *kind == piece.address.kind);
    own.chain(always.map(|(_, check, reason)| ((*check).to_owned(), (*reason).to_owned()))).collect()
}
