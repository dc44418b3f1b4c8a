//! Trouble with gates: `SK28xx`.

use skiff_wire::declare;

declare! {
    /// A gate said no.
    ///
    /// What was measured of the new release while it got its share of the requests is beyond the bound of a gate. Everything
    /// was taken back, and what served before serves on. The message names the gate and the numbers; `skiff saga show` has
    /// what was seen, and `skiff logs` what the members wrote.
    FAILED = "SK2801" "gate-failed" ERROR "a gate said no";

    /// A gate could not say.
    ///
    /// There was too little to measure, or it could not be measured, for longer than the gate's own limits allow. No data is
    /// never a pass, so the operation waits. Try again with `skiff saga retry`, go on without the verdict with
    /// `skiff saga skip`, which needs an approval, or take it back with `skiff saga abort`.
    INCONCLUSIVE = "SK2802" "gate-inconclusive" WARNING "a gate could not say";
}
