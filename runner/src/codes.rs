//! Why a member does not run what it was given, or not as it was asked: `SK26xx`.

use skiff_wire::declare;

declare! {
    /// The runner's configuration cannot be read.
    ///
    /// On a VM it is `/etc/skiff/runner.json`, written at the first boot from the launch template's user data. The message
    /// names the file and what is wrong with it; nothing was started.
    BAD_CONFIGURATION = "SK2601" "bad-runner-configuration" ERROR "the runner's configuration cannot be read";

    /// The runner cannot reach a ledger of this sort.
    ///
    /// This build of the runner reads a ledger in a folder. A ledger in a bucket needs the store of AWS, which this build does
    /// not have; nothing was started. Use a runner that has it, or a folder as `state_root`.
    NO_SUCH_STORE = "SK2602" "ledger-not-reachable" ERROR "the runner cannot reach a ledger of this sort";

    /// Another runner holds the member's folder.
    ///
    /// One runner at a time works for a member: two of them would start its workloads twice. The lock is held by the runner
    /// and by its guard, and is free when both are gone. Wait for the other one to end, or end it.
    FOLDER_IN_USE = "SK2603" "member-folder-in-use" ERROR "another runner holds the member's folder";

    /// The member's folder cannot be used.
    ///
    /// The runner keeps unpacked bundles, files, volumes, logs and the last verified assignment there. The message names the
    /// path and what the operating system says: a full disk, a missing permission, a file in the place of a folder. That says nothing
    /// against the release: another member may start it.
    FOLDER_TROUBLE = "SK2604" "member-folder-trouble" ERROR "the member's folder cannot be used";

    /// The runner cannot listen where it answers for the member's health.
    ///
    /// Another process has the port of `health_port`, or the port may not be opened by this user. Find the other process with
    /// `ss -ltnp`, or choose another port; nothing was started.
    HEALTH_PORT = "SK2605" "health-port-not-free" ERROR "the runner cannot listen on its health port";

    /// The assignment changed while the member booted, or while it could not read the ledger.
    ///
    /// A slot is assigned only while it is empty, so a member that finds another generation than the one it booted with belongs
    /// to the past. It leaves with exit code 6 and serves nothing more; whoever launched it launches another.
    ASSIGNMENT_CHANGED = "SK2606" "assignment-changed" ERROR "the assignment changed while the member booted";

    /// The ledger cannot be read, and the member started from what it had kept.
    ///
    /// The runner keeps the last assignment that it verified: the roots, the signed release, the artifacts. It verified all of it
    /// again before this start. What it cannot know is whether the release was revoked meanwhile; it looks again until the
    /// ledger answers, and leaves when it must.
    STARTED_OFFLINE = "SK2607" "started-offline" WARNING "the member started without the ledger";

    /// The ledger cannot be read, and nothing is kept to start from.
    ///
    /// The member waits and looks again. Check that the folder of `state_root` is there and may be read by the runner's user.
    LEDGER_UNREADABLE = "SK2608" "ledger-unreadable" WARNING "the ledger cannot be read";

    /// The slot has no assignment yet.
    ///
    /// A member that is launched before its slot has a release waits for one. `skiff deploy` assigns it.
    NO_ASSIGNMENT = "SK2609" "no-assignment" NOTE "the slot has no assignment yet";

    /// The files of an unpacked bundle are not the ones that were verified.
    ///
    /// Before each start the runner compares every file of the unpacked bundle with the verified archive. It threw the folder
    /// away and unpacked the verified bytes again. Find out who wrote there: the workload itself may only write to its volumes,
    /// `$HOME` and `$TMPDIR`.
    BUNDLE_CHANGED = "SK2611" "bundle-changed" WARNING "the files of an unpacked bundle were changed";

    /// A variable refers to a resource, and its value is not in the release.
    ///
    /// Values that resources give are put into the release when it is made, and signed. A release that still refers to one was
    /// made without the applied shape; nothing was started. Release again.
    VALUE_UNRESOLVED = "SK2612" "value-unresolved" ERROR "a variable refers to a resource that was not resolved";

    /// A secret that a workload needs cannot be had.
    ///
    /// The workload is not started without it. The message names the secret and the workload, never the value. Locally,
    /// `skiff secret set NAME` gives it a value. The runner tries again, as after a crash.
    SECRET_UNAVAILABLE = "SK2613" "secret-unavailable" ERROR "a secret cannot be had";

    /// A file of a workload cannot be written.
    ///
    /// Files are written before each start. The message names the path: a full disk, a missing permission, or a path that leads
    /// out of the folder that the workload was given.
    FILE_TROUBLE = "SK2614" "workload-file-trouble" ERROR "a file of a workload cannot be written";

    /// The machine has nothing that runs containers.
    ///
    /// A workload with an `image` is run by podman or docker, by digest. Neither of them answers here; nothing was started.
    /// Install podman, start docker's service, or run the service as a `bundle`.
    NO_CONTAINER_ENGINE = "SK2615" "no-container-engine" ERROR "the machine has nothing that runs containers";

    /// A protection that the release asks for cannot be given here.
    ///
    /// `non_root`, `drop_capabilities`, `privilege_escalation: false`, `read_only`, `user` and `group` protect the machine from
    /// the workload. Where the runner cannot give one of them it starts nothing, rather than something less protected.
    PROTECTION_REFUSED = "SK2616" "protection-not-possible" ERROR "a protection cannot be given here";

    /// Something that the release asks for is not done here.
    ///
    /// It limits or eases the workload and protects nobody: limits without cgroups v2, host names, resolvers, kernel parameters
    /// on a machine that is not the member's own. The workload runs without it, and the message says which one.
    NOT_HONOURED = "SK2617" "not-honoured" WARNING "something that the release asks for is not done here";

    /// A workload ends again and again.
    ///
    /// It is started again after a pause that doubles from one second to five minutes, and begins anew after ten minutes without
    /// trouble. The message has its last exit; `skiff logs SERVICE` has what it said.
    WORKLOAD_FAILS = "SK2620" "workload-fails" ERROR "a workload ends again and again";

    /// A workload did not answer its liveness or startup probe and was started again.
    ///
    /// The probe failed as often in a row as its `failures` says. The workload got SIGTERM, then SIGKILL after its grace, and is
    /// started again after a pause. The message names the probe and what it saw.
    PROBE_FAILED = "SK2621" "probe-failed" WARNING "a workload did not answer its probe and was started again";

    /// A workload cannot be started.
    ///
    /// The program is not in the bundle or may not be executed, or the operating system refuses. The message names the program
    /// and what the operating system says. Programs of a bundle are named relative to its folder, such as `bin/server`.
    START_FAILED = "SK2622" "workload-not-started" ERROR "a workload cannot be started";

    /// An init workload fails, so that the main one is not started.
    ///
    /// Init workloads run in order, each to success, before the main workload starts; one that fails runs again after a pause.
    /// `skiff logs SERVICE` has what it said.
    INIT_FAILS = "SK2623" "init-fails" ERROR "an init workload fails";

    /// A job did not succeed.
    ///
    /// Its main workload ended with an error, or took longer than `timeout`, as often as `retries` allows and once more.
    /// `skiff logs SERVICE` has what it said.
    JOB_FAILED = "SK2624" "job-failed" ERROR "a job did not succeed";

    /// A hook failed.
    ///
    /// After `after_start` failed, the workload is started again; after `before_stop` failed, the stop goes on. The message says
    /// what the command or the request gave.
    HOOK_FAILED = "SK2625" "hook-failed" WARNING "a hook failed";

    /// The main workload is not ready.
    ///
    /// Its readiness probe fails, or nothing answers on its port. It gets no requests until it is ready; the message has what
    /// the probe saw last.
    NOT_READY = "SK2626" "not-ready" WARNING "the member is not ready";

    /// The member's document in the ledger cannot be written.
    ///
    /// The member serves on; what the ledger says of it is out of date until a write succeeds. The runner tries again.
    DOCUMENT_NOT_WRITTEN = "SK2627" "member-document-not-written" WARNING "the member's document cannot be written";

    /// A port of the member was taken before its workload could have it.
    ///
    /// Members on one machine share its ports. The supervisor chooses free ones, and somebody else was quicker. The member
    /// leaves with exit code 6, before anything is started or when its workload ends because of it, and one with other ports is
    /// launched.
    PORT_TAKEN = "SK2628" "member-port-taken" ERROR "a port of the member was taken";

    /// The command before the rollout did not succeed.
    ///
    /// The `before` command of a release runs once, before any of its members serves. It ended with an error, took longer than
    /// the rollout may, or the release has none. What it did is not taken back, and it is not tried again by itself:
    /// `skiff logs SERVICE` has what it said, and another deploy runs it anew.
    BEFORE_FAILED = "SK2629" "before-failed" ERROR "the command before the rollout did not succeed";

    /// The command before the rollout was begun already.
    ///
    /// A runner that was killed is not allowed to begin it a second time: half a migration and a whole one are not the same.
    /// Look at what it did (`skiff logs SERVICE`), then deploy again, which runs it anew.
    BEFORE_BEGUN = "SK2630" "before-begun" ERROR "the command before the rollout was begun already";
}
