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

    /// No release of the service is live.
    ///
    /// What serves can be scaled, restarted or destroyed; this service has nothing that serves. Deploy a release first.
    NOTHING_LIVE = "SK2304" "nothing-live" ERROR "no release of the service is live";

    /// A release does not repeat the one that is to come back.
    ///
    /// A rollback is a new signed release with a higher sequence that names the earlier one by its digest. This release names
    /// another one, or none, so it would bring something else into service. It was not assigned.
    NO_ROLLBACK = "SK2305" "not-a-rollback" ERROR "a release that does not repeat the one to come back";

    /// A slot that is to be empty is not.
    ///
    /// What the members of a slot run is only changed while the slot has no weight, no capacity and no member in any state:
    /// otherwise two releases would serve under one name. Something else moves the slot. See `skiff status`, then run the
    /// command again.
    NOT_EMPTY = "SK2306" "slot-not-empty" ERROR "a slot that is to be empty is not";

    /// A slot has weight, so nothing is taken from it.
    ///
    /// Before members are ended, the weights are read back from what serves. Requests still go to this slot, although the
    /// operation had sent them elsewhere: somebody else has moved the weights. Nothing was ended. What a service takes over from
    /// is retired only without weight, too: send all requests to the service first.
    HAS_WEIGHT = "SK2307" "slot-has-weight" ERROR "a slot that is to lose its members has weight";

    /// A member will never serve what it was given.
    ///
    /// It refused the release when it verified it, or its workload fails each time it is started. Waiting would not help, so
    /// what was done is taken back, and what served before serves on. The message has the member's own reason.
    HOPELESS = "SK2308" "member-hopeless" ERROR "a member will not serve what it was given";

    /// The number of members is outside of the service's bounds.
    ///
    /// A service serves with one member at least, and with `scale.max` of each slot at most: the shape has no room for more.
    /// Change `scale` in the spec and apply the shape first.
    OUT_OF_BOUNDS = "SK2309" "members-out-of-bounds" ERROR "a number of members that the service has no room for";

    /// The command that a release runs before it serves has failed.
    ///
    /// `rollout.before` of the spec is run once with the new release, before any of its members serves; a migration for
    /// example. It ended with something else than 0, or could not be run. No member of the release served, and what was done
    /// before was taken back; what the command itself has done is not. Its output is in `skiff logs`.
    BEFORE_FAILED = "SK2310" "before-failed" ERROR "the command before the rollout has failed";

    /// The service has no such member.
    ///
    /// A member that is to be drained must be one of the live slot. It may have left in the meantime, and another one has its
    /// place; then there is nothing to do. `skiff status --direct` lists the members with their ids.
    NO_MEMBER = "SK2311" "no-such-member" ERROR "the service has no such member";

    /// The service takes over from nothing.
    ///
    /// A traffic cutover moves requests from the old way of serving, which the spec names in `cutover.from`, to the service. This
    /// service has none, or the old one was retired already. Add `cutover.from` and apply the shape, or deploy as usual.
    NO_LEGACY = "SK2312" "nothing-to-take-over" ERROR "the service takes over from nothing";

    /// The new release answered the same requests in another way.
    ///
    /// The requests of a rehearsal were sent to the live release and to the new one, which no user sees. It failed where the live
    /// one did not, or answered with another status, more often than the rehearsal allows; or, where that was asked to decide, with
    /// another body, or slower beyond chance. The evidence names the requests; nothing was promoted, and the new members are gone.
    REHEARSAL_FAILED = "SK2314" "rehearsal-failed" ERROR "the new release answered a rehearsal in another way";
}
