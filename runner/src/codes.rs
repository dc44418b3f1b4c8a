//! Why a member does not run what it was given: `SK26xx`.

use skiff_wire::declare;

declare! {
    /// The runner's configuration cannot be read.
    ///
    /// On a VM it is `/etc/skiff/runner.json`, written at the first boot from the launch template's user data. The message
    /// names the file and what is wrong with it; nothing was started.
    BAD_CONFIGURATION = "SK2601" "bad-runner-configuration" ERROR "the runner's configuration cannot be read";
}
