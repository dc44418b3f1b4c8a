//! Trouble with operations: `SK22xx`.

use skiff_wire::declare;

declare! {
    /// There is no such operation.
    ///
    /// Operations are named by the id that the command which started them printed. `skiff status` lists those that are not
    /// finished.
    NO_OPERATION = "SK2201" "no-operation" ERROR "there is no such operation";

    /// An idempotency key was used before, for something else.
    ///
    /// The same key with the same arguments is the same operation, which is then driven on. With other arguments it would be
    /// unclear which of the two was meant, so nothing was done. Choose another key, or repeat the first arguments.
    KEY_REUSED = "SK2202" "idempotency-key-reused" ERROR "an idempotency key was used before with other arguments";

    /// The operation was started by a Skiff whose steps are others.
    ///
    /// An operation keeps a digest of its steps' kinds and versions. This Skiff would do other steps under the same name, and
    /// could do the wrong thing halfway through. Nothing was done. Resume it with the version of Skiff that started it.
    OTHER_DEFINITION = "SK2203" "other-definition" ERROR "an operation of another version of its saga";

    /// Somebody else has taken the operation up.
    ///
    /// Each driver of an operation has a higher epoch than the one before, and a driver that finds a higher one stops. What
    /// was done is in the log; the other driver goes on from there. Look with `skiff status`.
    TAKEN_OVER = "SK2204" "operation-taken-over" ERROR "the operation was taken over by somebody else";

    /// An operation's log does not add up.
    ///
    /// An entry is missing, belongs to another epoch, or says something that cannot have happened where it stands. Logs are
    /// written once and never changed, so this one was edited or damaged. Nothing was done. `skiff state verify` says more.
    BROKEN_LOG = "SK2205" "broken-operation-log" ERROR "an operation's log does not add up";

    /// The operation cannot do that as it stands.
    ///
    /// A finished operation takes no requests, an approval needs a step that waits for one, and what has come to its last step
    /// is not taken back any more. `skiff status` says where the operation stands.
    NOT_NOW = "SK2206" "not-as-it-stands" ERROR "the operation cannot do that as it stands";

    /// The service was given to another operation in the meantime.
    ///
    /// An operation holds its service while it works. When it looked again, another one held it. It stops, and has changed
    /// nothing since it held the service last. Look at both with `skiff status`.
    SERVICE_LOST = "SK2207" "service-lost" ERROR "the operation does not hold its service any more";

    /// A step did not see what it waits for in its time.
    ///
    /// A deploy gives each step the seconds of `rollout.deadline`. What was done is taken back, and what served before serves
    /// on. The message says what was missing; `skiff logs` has what the members wrote.
    TIMED_OUT = "SK2208" "deadline-passed" ERROR "a step did not see what it waits for in its time";

    /// Somebody asked for something while the step waited.
    ///
    /// The step stops where it is, and the operation does what was asked: it pauses behind the step, or takes it back. This is
    /// no failure of the step and is not recorded as one.
    ASKED = "SK2209" "asked-while-waiting" NOTE "somebody asked for something while a step waited";

    /// The approval was refused.
    ///
    /// Somebody said no to a step that waited for an approval; for that, unlike for an approval, no signature is asked. What was
    /// done before is taken back. Talk to whom the message names; then start the operation again.
    REJECTED = "SK2210" "approval-refused" ERROR "a person refused the approval";

    /// The approval does not count.
    ///
    /// An approval is a statement over the digest of the operation's intent, signed by an enrolled person with the role
    /// `approval` who did not ask for the operation themselves. Agents and builds may ask, and never approve. The message says
    /// which of this does not hold.
    ///
    /// An approval is verified when it is put on record, and again by whoever does something because of it. One that counts no
    /// more by then, or that somebody has written into the ledger by other means, ends with exit code 10; nothing was done
    /// because of it, and the operation waits to be taken back with `skiff saga abort`.
    BAD_APPROVAL = "SK2211" "approval-does-not-count" ERROR "an approval that does not count";

    /// A step's output cannot be read or written.
    ///
    /// Steps hand typed values to later steps through the log. This one is not of its type: the log was edited, or this is a
    /// defect. Nothing was done with it.
    BAD_OUTPUT = "SK2212" "unreadable-output" ERROR "a step's output cannot be read";

    /// There is no such release.
    ///
    /// A release is named by the SHA-256 of its signed payload. The service has none of this name in the ledger. List those
    /// that it has with `skiff release list`.
    NO_RELEASE = "SK2213" "no-such-release" ERROR "the service has no such release";

    /// A release lies under another one's name.
    ///
    /// Releases are kept under the digest of their signed payload. The one found there has another digest, so somebody has
    /// exchanged it. It was not assigned. Find out who can write the ledger, and make the release again.
    OTHER_RELEASE = "SK2214" "release-under-another-name" ERROR "a release lies under another one's name";

    /// A text cannot be an idempotency key.
    ///
    /// An idempotency key becomes the name of a document in the ledger: letters, digits, `.`, `_` and `-`, and no more.
    /// Choose one that says what is done, such as `deploy-2026-11-21`.
    BAD_KEY = "SK2215" "bad-idempotency-key" ERROR "a text that cannot be an idempotency key";
}
