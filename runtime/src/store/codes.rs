//! Trouble of the store itself: `SK200x`.

use skiff_wire::declare;

declare! {
    /// A document's name cannot be one.
    ///
    /// Keys of the ledger are made of letters, digits, `.`, `_` and `-`, in segments joined by `/`, at most 512 bytes. A name
    /// that was given on the command line, such as an idempotency key, must keep to that. Choose another one.
    BAD_KEY = "SK2001" "bad-key" ERROR "a name that cannot be a key of the ledger";
}
