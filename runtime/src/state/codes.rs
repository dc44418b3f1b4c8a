//! Trouble with the ledger's documents: `SK202x`; what an examination of all of them finds: `SK203x`.

use skiff_wire::declare;

declare! {
    /// A document of the ledger cannot be read.
    ///
    /// Its bytes are not the document that its key promises: they are cut off, edited by hand, say a thing twice, or are
    /// damaged. Nothing was changed. `skiff state verify` names every such document, `skiff state repair` mends what can be
    /// mended from the rest.
    MALFORMED = "SK2020" "malformed-document" ERROR "a document of the ledger cannot be read";
    /// A document was written by a newer Skiff.
    ///
    /// Its schema has a higher major version than this Skiff knows, so its meaning may have changed. Nothing is guessed, and
    /// nothing was changed. Use the version of Skiff that the rest of the team uses; `skiff --version` says which this is.
    NEWER = "SK2021" "written-by-a-newer-skiff" ERROR "a document was written by a newer Skiff";
    /// A document of another sort is under a key.
    ///
    /// The document says of itself, in its field `schema`, that it is something else than what belongs under its key. It was
    /// copied or edited by hand. Nothing was changed. `skiff state verify` shows whether there are more of them.
    OTHER_SCHEMA = "SK2022" "other-schema" ERROR "a document of another sort is under a key of the ledger";
    /// A document is larger than any that Skiff writes.
    ///
    /// Documents of the ledger have at most 4 MiB; they are read whole. A larger one was not written by Skiff, or holds data
    /// that belong into an artifact or a secret. Nothing was changed. Look at the key that the message names.
    TOO_LARGE = "SK2023" "document-too-large" ERROR "a document is larger than any that Skiff writes";
    /// Others were first, again and again.
    ///
    /// A change was tried many times, each time from what was there, and somebody else wrote in between every time. Nothing
    /// was written. Find out which other command or machine works on the same document so often; then run it again.
    CONTENDED = "SK2024" "contended" ERROR "others changed the same document again and again";
    /// Another document is under a key that is written once.
    ///
    /// Releases, log entries and events are never replaced. Under the key of this one is another one already, so nothing was
    /// written. Two commands did the same thing at the same moment: look with `skiff status`, then run it again.
    WRITTEN_ALREADY = "SK2027" "written-already" ERROR "another document is under a key that is written once";
    /// Something in the ledger's folder is no document of the ledger.
    ///
    /// Its key is none that Skiff writes. It may be a file that a person or a program put there, or the rest of a newer
    /// Skiff's work. It does no harm and is left alone. Move it elsewhere if it is yours.
    UNKNOWN_KEY = "SK2030" "unknown-key-in-ledger" WARNING "something in the ledger is no document of it";
    /// An operation's log has a gap.
    ///
    /// Entries are numbered without gaps, and one is missing before the last: it was deleted, or copied badly. What the
    /// operation did cannot be known from the log alone. It is not resumed; compare the provider's state with `skiff status`.
    LOG_GAP = "SK2031" "log-gap" ERROR "an entry is missing in an operation's log";
    /// An operation has no intent.
    ///
    /// Every operation begins with a document that says what it is to do. This one has a log or a control document, and no
    /// intent that can be read, so it can be neither resumed nor taken back. Restore `intent.json` from a copy of the ledger.
    NO_INTENT = "SK2032" "no-intent" ERROR "an operation has no intent";
    /// A service names a release that is not there.
    ///
    /// A slot's assignment or the history of a service names a release, and the ledger has none under that id. Members of
    /// that slot that start anew will refuse to run. Restore the release from a copy, or deploy another one.
    NO_SUCH_RELEASE = "SK2033" "release-missing" ERROR "a service names a release that is not in the ledger";
    /// An artifact's bytes are not what its name says.
    ///
    /// Artifacts are kept under their SHA-256, and these bytes have another one: they were changed or damaged. No runner will
    /// run them. Restore the artifact from a copy, or make and deploy the release again; deleting it by hand loses evidence.
    ARTIFACT_DIFFERS = "SK2034" "artifact-differs" ERROR "an artifact's bytes are not what its name says";
    /// A release names an artifact that is not there.
    ///
    /// The release is in the ledger and the bytes of one of its bundles are not. It cannot be deployed or started anew, nor be
    /// the target of a rollback. Restore the artifact from a copy, or make the release again from the same sources.
    NO_SUCH_ARTIFACT = "SK2035" "artifact-missing" ERROR "a release names an artifact that is not in the ledger";
    /// An idempotency key stands for an operation that was never begun.
    ///
    /// The record was written and the command ended before the operation's intent was. Running the same command with the same
    /// key carries on with it; nothing else is needed, and nothing was done yet.
    NO_SUCH_OPERATION = "SK2036" "operation-missing" WARNING "an idempotency key stands for an operation that is not there";
    /// A document says that it belongs under another key.
    ///
    /// A name inside of it (an operation, an index, a service, a release's digest) is not the one in its key: it was copied or
    /// renamed by hand. It is not used. Move it back, or restore the folder from a copy.
    OTHER_PLACE = "SK2037" "other-place" ERROR "a document belongs under another key";
    /// An operation's control document does not agree with its log.
    ///
    /// It is missing, cannot be read, or counts entries that are not in the log. The log is what happened; the control document
    /// only says what it adds up to. `skiff state repair` makes it again from the log.
    CONTROL_DIFFERS = "SK2038" "control-differs" WARNING "an operation's control document does not agree with its log";
    /// A version of the trust root is missing.
    ///
    /// Every version is verified by the one before, so the chain may have no gap. Until it is closed nothing can be verified
    /// from an older pinned root on. Restore the missing `trust/root.<n>.json` from a copy; every member may have one.
    ROOT_GAP = "SK2039" "root-gap" ERROR "a version of the trust root is missing";
    /// Nothing is removed from a ledger that is not in order.
    ///
    /// `skiff state gc` decides from all documents which releases and artifacts nothing needs any more. One that cannot be read
    /// may need any of them, so nothing was removed. `skiff state verify` lists what is wrong, `skiff state repair` mends what
    /// can be mended; run it again afterwards.
    NOT_IN_ORDER = "SK2040" "ledger-not-in-order" ERROR "nothing is removed from a ledger that is not in order";
}
