//! Trouble of the local provider: `SK25xx`.

use skiff_wire::declare;

declare! {
    /// Nothing runs on this machine.
    ///
    /// The local provider is one supervisor process for each state folder, with a load balancer and the runners as its
    /// children. Start it with `skiff local up`.
    NOT_UP = "SK2501" "local-not-up" ERROR "the local provider is not up";

    /// Another supervisor works on this state folder.
    ///
    /// Two would start every member twice, so each holds the lock of its folder for as long as it lives. Use the one that
    /// runs (`skiff local status` names its process), or another folder with `--state`.
    SECOND_SUPERVISOR = "SK2502" "second-supervisor" ERROR "another supervisor works on this state folder";

    /// The port of the load balancer is taken.
    ///
    /// Some other program listens there, or an earlier one of yours still does. The message names the process where the
    /// system tells; end it, or choose another port with `skiff local up --port N` (0 takes any free one).
    PORT_TAKEN = "SK2503" "local-port-taken" ERROR "the port of the load balancer is taken";

    /// A capacity or a weight is out of bounds.
    ///
    /// The most members of a slot are part of the shape (`MaxSize`, from `replicas` in the spec), so that a mistake at night
    /// cannot become a thousand processes; a slot's least number is at most the one that is wanted, and a weight is at most
    /// 100. Raise `replicas`, apply the shape with `skiff local up`, then ask again.
    BAD_CAPACITY = "SK2504" "bad-capacity" ERROR "a capacity or a weight is out of bounds";

    /// A slot that still has members would go.
    ///
    /// The service was taken out of the spec, or its slots are named otherwise, while it runs. Applying the shape never ends
    /// members. End the service with `skiff destroy SERVICE`, then apply the shape again.
    STILL_HAS_MEMBERS = "SK2505" "still-has-members" ERROR "a slot that still has members would go";

    /// The state folder cannot be written.
    ///
    /// The local provider writes down what is wanted before it acts, so without a place to write it does nothing. The
    /// message names the file and what the system says: a folder that is read-only, a disk that is full, a quota.
    CANNOT_WRITE = "SK2506" "local-cannot-write" ERROR "the state folder cannot be written";

    /// A process of the local provider did not start.
    ///
    /// The message says which one and has what it said last. Its log is `local/supervisor.log` in the state folder.
    NOT_STARTED = "SK2507" "local-not-started" ERROR "a process of the local provider did not start";

    /// No free port is left for a member.
    ///
    /// Members listen on free loopback ports between 20000 and 29999. All of them are in use on this machine; end what
    /// holds them, or have fewer members.
    NO_PORT = "SK2508" "no-free-port" ERROR "no free port is left for a member";

    /// A file of the local provider is damaged.
    ///
    /// What is wanted on this machine is in `local/cloud` of the state folder, and one file there cannot be read. Nothing
    /// was changed and nothing was ended. The message names the file: move it aside and apply the shape again with
    /// `skiff local up`; releases and operations are elsewhere and are not concerned.
    DAMAGED = "SK2509" "local-damaged" ERROR "a file of the local provider is damaged";

    /// The supervisor gave an answer that means nothing here.
    ///
    /// It is of another version of Skiff, or another program answers on its socket. Run `skiff local down`, then
    /// `skiff local up`: members end and start again, nothing stored is lost.
    BAD_ANSWER = "SK2510" "local-bad-answer" ERROR "the supervisor gave an answer that means nothing here";

    /// The shape is not what was last applied.
    ///
    /// A deploy moves releases and never changes ports, routes or the most members of a slot. Those changed in the spec
    /// since the shape was applied: look at the resources that are named, then run `skiff local up`.
    SHAPE_DIFFERS = "SK2511" "shape-differs" ERROR "the shape is not what was last applied";

    /// A process did not end.
    ///
    /// It was asked to, and then killed, and is still there: it waits for a device or a debugger, or belongs to another
    /// user. The message names it. Nothing else on the machine was touched; end it yourself, then run the command again.
    NOT_ENDED = "SK2512" "local-not-ended" ERROR "a process of the local provider did not end";

    /// The runner of a member ended although nobody had asked it to.
    ///
    /// The supervisor takes the member out of the load balancer, ends what is left of it and starts another one in its
    /// place: at once the first time, later and later when they keep ending soon. `skiff logs` shows what it said.
    MEMBER_ENDED = "SK2513" "member-ended" WARNING "a member ended although nobody had asked it to";

    /// The local provider runs on Linux only.
    ///
    /// It tells processes apart by what `/proc` says of them, so that it never ends one that is not its own. On another
    /// system run it in a Linux VM or container.
    UNSUPPORTED_SYSTEM = "SK2514" "unsupported-system" ERROR "the local provider runs on Linux only";

    /// A place in a log was given that is none.
    ///
    /// Each page of a log says where the next one begins. Give back that text as it was, or nothing to begin with the last
    /// lines.
    BAD_CURSOR = "SK2515" "bad-log-place" ERROR "a place in a log was given that is none";

    /// The local provider is up on another port.
    ///
    /// The load balancer keeps its port for as long as it is up, so that nobody who uses it is cut off. Run
    /// `skiff local down`, then `skiff local up --port N`; members end and start again.
    OTHER_PORT = "SK2516" "local-other-port" ERROR "the local provider is up on another port";

    /// What a service takes over from is not reached from this machine.
    ///
    /// `cutover.from` of the spec names the old way of serving as AWS reaches it. On this machine the load balancer needs an
    /// address: `local.services.NAME.legacy: 127.0.0.1:9000`, such as a forwarded port of the cluster. Either none is
    /// written there, or the name in it could not be resolved; `skiff local up` takes over what you write.
    NO_LEGACY = "SK2517" "local-no-legacy" ERROR "what a service takes over from is not reached from this machine";
}
