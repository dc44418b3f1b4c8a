//! Trouble of the local provider: `SK25xx`.

use skiff_wire::declare;

declare! {
    /// Nothing runs on this machine.
    ///
    /// The local provider is one supervisor process for each state folder, with a load balancer and the runners as its
    /// children. Start it with `skiff local up`.
    NOT_UP = "SK2501" "local-not-up" ERROR "the local provider is not up";
}
