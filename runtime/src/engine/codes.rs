//! Trouble with operations: `SK22xx`.

use skiff_wire::declare;

declare! {
    /// There is no such operation.
    ///
    /// Operations are named by the id that the command which started them printed. `skiff status` lists those that are not
    /// finished.
    NO_OPERATION = "SK2201" "no-operation" ERROR "there is no such operation";
}
