//! Trouble of the store itself: `SK200x`.

use skiff_wire::declare;

declare! {
    /// A document's name cannot be one.
    ///
    /// Keys of the ledger are made of letters, digits, `.`, `_` and `-`, in segments of at most 200 bytes joined by `/`, at
    /// most 512 bytes in all. A name that was given on the command line, such as an idempotency key, must keep to that.
    /// Choose another one.
    BAD_KEY = "SK2001" "bad-key" ERROR "a name that cannot be a key of the ledger";
    /// A document that was there is gone.
    ///
    /// It was read, and when it was to be changed it was not in the ledger any more: somebody deleted it meanwhile, or the
    /// folder is not the one it was. Nothing was written. Look with `skiff status`, and with `skiff state verify` when that
    /// does not explain it.
    GONE = "SK2002" "document-gone" ERROR "a document that was there is gone";
    /// Somebody else changed a document first.
    ///
    /// Every change of the ledger names the version it was decided from. Another command has written a newer one meanwhile,
    /// so nothing was written. That is what protects both of you. Look at what is there now, then run the command again.
    CHANGED = "SK2003" "changed-meanwhile" ERROR "somebody else changed the same document first";
    /// The ledger may not be read or written.
    ///
    /// The folder or bucket refused: it is read-only, it belongs to another user, or a policy denies the request. Nothing was
    /// written. Check who owns the folder named in the message and how it is mounted, or which role the command ran with.
    DENIED = "SK2004" "ledger-denied" ERROR "the ledger may not be read or written";
    /// No space is left for the ledger.
    ///
    /// The disk or the quota is used up. Nothing was written, and what was acknowledged before is safe. Make room, for
    /// example with `skiff state gc`, which removes what no release needs any more; then run the command again.
    FULL = "SK2005" "ledger-full" ERROR "no space is left for the ledger";
    /// The ledger cannot be reached.
    ///
    /// The folder or bucket did not answer, what is there is no folder, or another process kept a part of it locked for longer
    /// than any write takes. Nothing was written by this command. Check that the place named in the message is there and
    /// mounted, and that no process which uses it stands still; then run the command again.
    UNAVAILABLE = "SK2006" "ledger-unavailable" ERROR "the ledger cannot be reached";
    /// Nobody can tell whether a change was written.
    ///
    /// The answer to a write was lost, and what is there now does not say whether it happened: it may have happened and been
    /// replaced since. It is not repeated blindly. `skiff resume OPERATION` reads what is there and goes on from it.
    UNKNOWN = "SK2007" "outcome-unknown" ERROR "nobody can tell whether a change of the ledger was written";
    /// The store says that its own data are damaged.
    ///
    /// Something below the ledger's folder is no file and no folder of the ledger, such as a symbolic link, or the disk could
    /// not read what was written. Nothing was changed. Remove the link, or restore the folder from a copy;
    /// `skiff state verify` looks at everything else.
    DAMAGED = "SK2008" "ledger-damaged" ERROR "the store found its own data damaged";
}
