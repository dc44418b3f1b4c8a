//! Trouble of a provider: `SK24xx`.

use skiff_wire::declare;

declare! {
    /// The provider did not answer, or could not do it now.
    ///
    /// Nothing is known to be wrong with what was asked. Run the same command again, or `skiff resume` for an operation.
    UNAVAILABLE = "SK2401" "provider-unavailable" ERROR "the provider is not available";

    /// An effect was refused because a newer operation has taken over.
    ///
    /// Each operation that takes a service up has a higher epoch, and the provider refuses the effects of a lower one. The
    /// operation that was refused can do no harm any more; look at the newer one with `skiff status`.
    FENCED = "SK2402" "fenced" ERROR "an effect of an older epoch was refused";

    /// The provider has no such thing.
    ///
    /// A slot, a member or a rule that was named is not there. Apply the shape first: `skiff local up` on this machine.
    MISSING = "SK2403" "provider-missing" ERROR "the provider has no such thing";
}
