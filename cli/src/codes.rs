//! Trouble that only the commands see: `SK270x` to `SK273x`.

use skiff_wire::declare;

declare! {
    /// A member refuses to run what it was assigned.
    ///
    /// Its runner has verified the release and found something that must not be: a signature that does not count, a digest
    /// that differs, a release for another service. The code beside it says what; `skiff explain` has its page. What ran
    /// before goes on running. Trying again changes nothing: make a release that verifies, or find out who changed the bytes.
    MEMBER_REFUSED = "SK2701" "member-refused-release" ERROR "a member refuses to run its release";

    /// A member's workload fails again and again.
    ///
    /// It ends, or its liveness probe fails, and it is started again with growing pauses. `skiff logs SERVICE --member
    /// INSTANCE` shows what it says. `skiff rollback SERVICE` brings back the release before it.
    MEMBER_FAILING = "SK2702" "member-failing" ERROR "a member's workload fails again and again";

    /// An operation is not finished, and nobody works on it.
    ///
    /// The process that drove it was ended, or its machine was. Nothing is lost: each step is on record, and `skiff resume`
    /// goes on with the first one that is not done. Until then no other operation can move the service.
    NO_DRIVER = "SK2703" "operation-without-driver" WARNING "an operation is not finished, and nobody works on it";

    /// The provider does not answer.
    ///
    /// The ledger says that something is live, and the local provider's supervisor is not there. Members that it started may
    /// still run. `skiff local up` starts the supervisor again; it takes over what runs.
    PROVIDER_DOWN = "SK2704" "provider-down" ERROR "the provider does not answer";

    /// The trust root expires soon, or has expired.
    ///
    /// After that moment no release is accepted and no key can be enrolled; what runs goes on. Make the next version of the
    /// root while this one still counts: `skiff keys rotate` and `skiff keys enroll` both do.
    ROOT_EXPIRES = "SK2705" "root-expires-soon" WARNING "the trust root expires soon";

    /// Fewer members serve than are wanted.
    ///
    /// The live slot is to have a number of members, and not all of them say that they are ready. Members that have just been
    /// started need a moment. `skiff logs SERVICE` says why one does not become ready.
    TOO_FEW = "SK2706" "too-few-members" WARNING "fewer members serve than are wanted";

    /// A member runs another release than its slot is assigned.
    ///
    /// A slot's assignment is only changed while the slot is empty, so this should not be. `skiff restart SERVICE` replaces
    /// its members one after the other.
    OTHER_RELEASE = "SK2707" "member-runs-another-release" WARNING "a member runs another release than its slot";

    /// Traffic does not go where the ledger says.
    ///
    /// The load balancer was asked, and its weights are not those that were last read back. While an operation moves the
    /// service that is how it should be. Otherwise somebody has changed them by hand: `skiff deploy` sets them again.
    WEIGHTS_DIFFER = "SK2708" "weights-differ" WARNING "traffic does not go where the ledger says";

    /// A service runs that the spec does not name any more.
    ///
    /// Taking a service out of `skiff.yaml` ends nothing. Put it back and run `skiff destroy SERVICE`, then take it out.
    NOT_IN_SPEC = "SK2709" "service-not-in-spec" WARNING "a service runs that the spec does not name";

    /// A service needs a value that only AWS has.
    ///
    /// The address of a database, the URL of a queue or the name of a bucket comes from a resource, and the local provider
    /// has no such resource. Say under `local:` in the spec what stands in for it on this machine, or deploy without the
    /// part that uses it. An image needs a digest as well: `skiff lock` asks its registry.
    NO_STAND_IN = "SK2710" "no-stand-in" ERROR "a service needs a value that only AWS has";
}
