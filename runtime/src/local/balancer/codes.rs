//! Trouble of the local load balancer: `SK255x`.

use skiff_wire::declare;

declare! {
    /// A configuration that the load balancer cannot apply.
    ///
    /// A rule names a group that is not there, an expression or a network cannot be read, or a number is out of range. The
    /// message names the place. Nothing was changed: what was in effect still is. `skiff local up` writes a new configuration.
    BAD_CONFIGURATION = "SK2550" "balancer-configuration" ERROR "the load balancer cannot apply a configuration";

    /// A configuration that is older than the one in effect.
    ///
    /// Revisions only rise, so a message that was held up cannot bring old weights back. Ask for the configuration in effect
    /// and build on that one; a supervisor that was restarted does so by itself.
    STALE_CONFIGURATION = "SK2551" "balancer-stale" ERROR "the load balancer already has a newer configuration";

    /// The load balancer does not answer on its control socket.
    ///
    /// It is being started, or has ended, in which case the supervisor starts it again within a second. `skiff local status` says
    /// which; its log is `local/balancer.log` below the state folder.
    UNREACHABLE = "SK2552" "balancer-unreachable" ERROR "the load balancer does not answer";

    /// The load balancer was given no socket that it can accept connections on.
    ///
    /// The supervisor passes the listening socket as standard input. Start the load balancer by `skiff local up` rather than by
    /// hand; if that is what happened, the system's message says what is wrong with the socket.
    NO_LISTENER = "SK2553" "balancer-listener" ERROR "the load balancer has no listening socket";

    /// The load balancer cannot open its control socket.
    ///
    /// The path is too long for a Unix socket (108 bytes), its folder is missing or read-only, or another process listens there.
    /// Choose a shorter state folder, or end the other process with `skiff local down`.
    NO_CONTROL_SOCKET = "SK2554" "balancer-control-socket" ERROR "the load balancer cannot open its control socket";

    /// The load balancer gave an answer that means nothing here.
    ///
    /// The two programs are of different versions, or something else listens on the socket. Run `skiff local down` and
    /// `skiff local up` with the same `skiff`.
    BAD_ANSWER = "SK2555" "balancer-bad-answer" ERROR "the load balancer gave an answer that means nothing here";
}
