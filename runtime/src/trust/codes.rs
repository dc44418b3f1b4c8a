//! What verification refuses: `SK21xx`.

use skiff_wire::declare;

declare! {
    /// No trust root is in the ledger.
    ///
    /// Nothing can be verified before it is known whose signatures count. Make a key with `skiff keys new` and enroll it
    /// with `skiff keys enroll`; the first enrolment makes the root.
    NO_ROOT = "SK2101" "no-trust-root" ERROR "no trust root is in the ledger";
}
