//! Why a saga does not go on: `SK23xx`.

use skiff_wire::declare;

declare! {
    /// Another operation works on the service.
    ///
    /// One operation at a time moves a service. Wait for it, or look at it with `skiff status`; when the process that drove it
    /// has died, `skiff resume` goes on with it.
    BUSY = "SK2301" "service-busy" ERROR "another operation works on the service";
}
