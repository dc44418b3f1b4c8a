//! Why a saga does not go on: `SK23xx`.

use skiff_wire::declare;

declare! {
    /// Another operation works on the service.
    ///
    /// One operation at a time moves a service. Wait for it, or look at it with `skiff status`; when the process that drove it
    /// has died, `skiff resume` goes on with it.
    BUSY = "SK2301" "service-busy" ERROR "another operation works on the service";

    /// The operation was written by another Skiff.
    ///
    /// An operation names its saga and carries the saga's parameters. This Skiff knows no such saga, or the parameters are
    /// not what it expects. Nothing was done. Resume the operation with the version of Skiff that started it.
    UNKNOWN_SAGA = "SK2302" "unknown-saga" ERROR "an operation that this Skiff cannot read";

    /// A service cannot be moved as the plan describes it.
    ///
    /// A service has a kind (`web`, `worker`, `stateful` or `job`) and at least one slot. The plan says something else, so
    /// it was written by another version of Skiff. Compile the spec again.
    UNFIT_SERVICE = "SK2303" "unfit-service" ERROR "a service that no saga can move";
}
