//! Trouble with the ledger's documents: `SK202x`.

use skiff_wire::declare;

declare! {
    /// A document of the ledger cannot be read.
    ///
    /// Its bytes are not the document that its key promises: they are cut off, edited by hand, or damaged. Nothing was
    /// changed. `skiff state verify` names every such document, `skiff state repair` mends what can be mended from the rest.
    MALFORMED = "SK2020" "malformed-document" ERROR "a document of the ledger cannot be read";
}
