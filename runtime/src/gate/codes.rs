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

    /// A gate cannot be.
    ///
    /// Its metric is not known, its bound does not fit the metric, it lacks what the metric asks for, or it has what belongs to
    /// another one. Nothing was begun. Gates are written in `rollout.gates` of the service, or as `--gate METRIC<=BOUND`, such as
    /// `--gate 'error-rate<=1%'`; the page on gates has all of them.
    BAD_GATE = "SK2803" "bad-gate-given" ERROR "a gate cannot be";

    /// A source of measurements cannot be asked.
    ///
    /// It is not there, does not answer in time, or refuses. That counts as the verdict *error* of its gate, which is neither a
    /// pass nor a fail; with more of them than the gate tolerates, the stage waits for a person. Make the source reachable from
    /// where the operation is driven, which may be a worker on another machine.
    SOURCE_UNREACHABLE = "SK2804" "gate-source-unreachable" WARNING "a source of measurements cannot be asked";

    /// A source of measurements answers what cannot be understood.
    ///
    /// The answer is not of the documented form, has several series where one is wanted, or is too large. That counts as the
    /// verdict *error* of its gate. Ask the source by hand what the message names; a query is best made to give one number, by
    /// `sum` or `max`.
    SOURCE_UNREADABLE = "SK2805" "gate-source-unreadable" WARNING "a source of measurements answers what cannot be understood";

    /// The token for a source is not there.
    ///
    /// A gate names a variable of the environment or a file that holds the bearer token for its source, and whoever drives the
    /// operation has no such variable, cannot read the file, or finds nothing in it. That counts as the verdict *error* of the
    /// gate. Give it to every machine that drives operations.
    NO_TOKEN = "SK2806" "gate-token-missing" WARNING "the token for a source is not there";
}
