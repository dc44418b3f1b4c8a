//! What `skiff doctor` finds: `SK274x` and `SK275x`.

use skiff_wire::declare;

declare! {
    /// The store loses updates.
    ///
    /// Several tasks and processes raced for the same keys, each write on a condition, and the store let more than one win, or
    /// forgot what it had acknowledged. On such a store two deployments can each believe that they hold a service. Nothing of
    /// Skiff is safe there: use a local disk instead of a network folder that does not lock, or a bucket that honours
    /// `If-Match` and `If-None-Match`.
    LOSES_UPDATES = "SK2740" "store-loses-updates" ERROR "the store loses updates";

    /// The store could not be tried.
    ///
    /// A write or a read of the probe failed, so nothing is known about races. The message has the store's own words. Make
    /// the folder writable, free some space, and run `skiff doctor` again.
    NOT_TRIED = "SK2741" "store-not-tried" ERROR "the store could not be tried";

    /// The clock of this machine was set back.
    ///
    /// An event in the ledger is from a time that has not come yet. Nothing that is safe depends on the clock, but leases,
    /// expiries and the order of events do. Let the machine keep its time by NTP (`timedatectl set-ntp true`).
    CLOCK_BACK = "SK2742" "clock-set-back" WARNING "the clock is behind the newest event";

    /// The clock of this machine and that of its store differ.
    ///
    /// A file that was just written has another time than this machine's. The folder is on another machine, and one of the
    /// two clocks is wrong. Let both keep their time by NTP.
    CLOCK_DIFFERS = "SK2743" "clock-differs" WARNING "the clock differs from that of the store";

    /// Others on this machine may read a private key.
    ///
    /// The file is encrypted with a passphrase, which may be guessed by whoever has the file. Make it private with `chmod 600
    /// FILE`. If others use the machine, rotate the key: `skiff keys rotate NAME`.
    KEY_OPEN = "SK2744" "key-file-open" WARNING "others may read the file of a private key";

    /// No key of this machine may sign releases.
    ///
    /// `skiff deploy` needs a key that the trust root lets sign. Enroll one with `skiff keys enroll NAME --role release`, or
    /// deploy where such a key is.
    NO_SIGNER = "SK2745" "no-signing-key" WARNING "no key of this machine may sign releases";

    /// A process runs another Skiff than this one.
    ///
    /// The supervisor, the load balancer or a runner was started from another executable, before an upgrade for instance. They
    /// go on serving. `skiff local down` and `skiff local up` bring all of them to this version; members come back with the
    /// releases they had.
    OTHER_VERSION = "SK2746" "other-version-runs" WARNING "a process runs another Skiff";

    /// The disk is nearly full.
    ///
    /// A write that does not fit is refused, and nothing that was acknowledged is lost, but no deployment succeeds without
    /// room. Free some space; `skiff state gc` removes releases that nothing needs any more.
    DISK_LOW = "SK2747" "disk-nearly-full" WARNING "the disk of the state folder is nearly full";

    /// Another program has the load balancer's port.
    ///
    /// The local provider is not up, and the port that it would listen on is taken. End that program, or take another port:
    /// `skiff local up --port 8081`, or `--port 0` for any that is free.
    PORT_TAKEN = "SK2748" "port-taken-by-another" WARNING "another program has the load balancer's port";

    /// A check could not be made.
    ///
    /// What it reads could not be read, for the reason in the message, so nothing is known. The other checks were made.
    CHECK_FAILED = "SK2749" "check-not-made" ERROR "a check could not be made";
}
