//! What verification refuses, and trouble with keys: `SK21xx`.

use skiff_wire::declare;

declare! {
    /// No trust root is in the ledger.
    ///
    /// Nothing can be verified before it is known whose signatures count. Make a key with `skiff keys new` and enroll it
    /// with `skiff keys enroll`; the first enrolment makes the root.
    NO_ROOT = "SK2101" "no-trust-root" ERROR "no trust root is in the ledger";

    /// A signed document is no DSSE envelope.
    ///
    /// Releases, roots and attestations are kept as DSSE v1 envelopes: a JSON object with `payload`, `payloadType` and
    /// `signatures`, the payload and each signature as base64. These bytes are not one, so nothing in them was looked at.
    /// Somebody edited or cut the file: bring it back from a backup, or make a new release.
    BAD_ENVELOPE = "SK2102" "not-an-envelope" ERROR "a signed document is no DSSE envelope";

    /// JSON that two readers could understand differently.
    ///
    /// What is signed must mean one thing only. Refused are: duplicate keys at any depth, numbers with a fraction or an
    /// exponent, integers of 2^53 and more, a byte order mark, lone surrogates, text after the end, and more than 64 levels.
    /// A signer that makes such documents has to be corrected; none of Skiff's own does.
    AMBIGUOUS_JSON = "SK2103" "ambiguous-json" ERROR "the JSON of a signed document is ambiguous";

    /// A signed document has no signature at all.
    ///
    /// An envelope with an empty list of signatures says nothing about who vouches for it. Sign the document: make the
    /// release again with `skiff release create`, or add a signature to a proposed root with `skiff keys sign-root`.
    UNSIGNED = "SK2104" "unsigned" ERROR "a signed document has no signature";

    /// A signature is by a key that the trust root does not name for this.
    ///
    /// The key was never enrolled, has not the role that is needed, or was taken out of the root, which revokes it. Enroll
    /// it with `skiff keys enroll NAME --role release`, or sign with a key that is: `skiff keys list` shows them.
    UNTRUSTED_SIGNER = "SK2105" "untrusted-signer" ERROR "a signature is by a key that does not count here";

    /// A signature does not fit the bytes.
    ///
    /// It claims to be by a trusted key, and that key did not sign these bytes. The document was changed after it was
    /// signed, or the signature was taken from another one. Do not run it; find out who could write to the ledger.
    BAD_SIGNATURE = "SK2106" "bad-signature" ERROR "a signature does not fit the bytes";

    /// Fewer trusted keys have signed than the root asks for.
    ///
    /// Each role has a threshold: so many *different* keys must sign. A key that signs twice counts once. Have others sign
    /// too, or lower the threshold by a new root with `skiff keys enroll … --threshold ROLE=N`.
    TOO_FEW_SIGNATURES = "SK2107" "too-few-signatures" ERROR "fewer keys have signed than the root asks for";

    /// A signed document is of another kind than the one that is wanted here.
    ///
    /// The payload type is signed with the payload, so that a signature for one purpose is worth nothing for another. A
    /// root was offered as a release, or the other way round. Put the right document in its place.
    WRONG_PAYLOAD_TYPE = "SK2108" "wrong-payload-type" ERROR "a signed document is of another kind";

    /// A signed statement cannot be read.
    ///
    /// Its signatures are right, and its content is not what this version of Skiff knows: a field is missing, unknown or
    /// of another type. It may be of a newer Skiff. Update Skiff on the machine that refused it.
    BAD_STATEMENT = "SK2109" "unreadable-statement" ERROR "a signed statement cannot be read";

    /// A signed document is no in-toto Statement v1.
    ///
    /// `_type` names what a statement is. Another one follows other rules, and is not guessed at.
    /// Make the release with `skiff release create`.
    WRONG_STATEMENT = "SK2110" "wrong-statement-type" ERROR "a signed document is no in-toto Statement v1";

    /// A signed statement says something else than a release does.
    ///
    /// A bill of materials or a provenance is signed by the same keys and is about the same artifacts, and still is no
    /// permission to run them. Only a statement with the predicate type `https://skiff.dev/release/v1` is.
    WRONG_PREDICATE = "SK2111" "wrong-predicate-type" ERROR "a signed statement is no release";

    /// A release is for another application.
    ///
    /// Each release is bound to an application, an environment and a service, and runs nowhere else, however well it is
    /// signed. Make a release for this one with `skiff release create`.
    WRONG_APP = "SK2112" "wrong-application" ERROR "a release is for another application";

    /// A release is for another environment.
    ///
    /// What was released for one environment (say `staging`) is not thereby released for another: its configuration is part
    /// of it. Make a release there with `skiff release create --env`.
    WRONG_ENVIRONMENT = "SK2113" "wrong-environment" ERROR "a release is for another environment";

    /// A release is for another service.
    ///
    /// Each release is bound to one service. Make one for this service with `skiff release create SERVICE`.
    /// A document that lies under another service's name was moved there by hand.
    WRONG_SERVICE = "SK2114" "wrong-service" ERROR "a release is for another service";

    /// The artifacts that a statement is about are not those that it would run.
    ///
    /// The subject of the statement must be exactly the artifacts of its release: none more, none fewer, with the same
    /// digests. Other tools read the subject, Skiff runs the artifacts, and both must mean the same. Make the release again.
    SUBJECT_MISMATCH = "SK2115" "subject-mismatch" ERROR "the subject of a statement is not what it would run";

    /// A release is too old to be assigned.
    ///
    /// After the time that it names it may not be given to a slot any more; members that run it go on, and boot. Make a new
    /// release of the same content, or bring an old one back with `skiff rollback --to`, which makes a new one too.
    EXPIRED = "SK2116" "release-expired" ERROR "a release is too old to be assigned";

    /// A release was overtaken by a newer one.
    ///
    /// Sequences only rise: whoever gets hold of an old release, with its flaws, must not be able to bring it back. To go
    /// back on purpose use `skiff rollback --to RELEASE`: it makes a new release with the old content.
    REPLAYED = "SK2117" "release-replayed" ERROR "a release was overtaken by a newer one";

    /// A sequence is far ahead of the last one.
    ///
    /// A release with the highest possible sequence would shut out all that come after it. So a sequence may be at most
    /// 1,000,000 above the last one that was assigned. Look who made it (`skiff release show`), and make another one.
    FAST_FORWARD = "SK2118" "sequence-far-ahead" ERROR "a sequence is far ahead of the last one";

    /// A release was revoked.
    ///
    /// The trust root lists it among the releases that may not be assigned and not be booted any more. Deploy another one.
    /// A revocation stands in a signed root and is not taken back; if it was a mistake, make a new release.
    REVOKED = "SK2119" "release-revoked" ERROR "a release was revoked";

    /// An artifact is not the one that was released.
    ///
    /// The SHA-256 of its bytes is not the one that the signed release names. They are not run. Somebody changed them, or
    /// the disk did: delete the object from the ledger's `artifacts/`, and make the release again from its source.
    WRONG_ARTIFACT = "SK2120" "wrong-artifact" ERROR "an artifact is not the one that was released";

    /// Under the name of a release lies another one.
    ///
    /// A release is named by the digest of what was signed. What lies under this name is signed as it must be, and is another
    /// release: somebody moved or exchanged it in the ledger. Bring the right one back from a backup.
    WRONG_RELEASE = "SK2121" "wrong-release" ERROR "under the name of a release lies another one";

    /// A trust root contradicts itself.
    ///
    /// It has a role that Skiff does not know, a role of a principal that it does not have, no role `root`, or a schema of
    /// another version. A root is only written by `skiff keys`, which makes none like it. Make a new one from the last good.
    BAD_ROOT = "SK2130" "bad-root" ERROR "a trust root contradicts itself";

    /// A threshold is zero, or more than there are keys.
    ///
    /// With zero nobody would have to sign. With more than there are different keys nobody ever could. Name a number from
    /// one to the number of principals of the role: `--threshold release=2`.
    BAD_THRESHOLD = "SK2131" "bad-threshold" ERROR "a threshold cannot be met, or asks for nothing";

    /// A public key cannot be used.
    ///
    /// It is no point of the curve, is written in more than one possible way, or is weak: of small order, so that one
    /// signature fits many messages. Make a key with `skiff keys new`.
    BAD_PUBLIC_KEY = "SK2132" "bad-public-key" ERROR "a public key cannot be used";

    /// Two principals have one key.
    ///
    /// A threshold counts keys. If one key had two names, one person would count as two. Give each principal a key of its
    /// own with `skiff keys new`.
    SHARED_KEY = "SK2133" "shared-key" ERROR "two principals have one key";

    /// A root does not follow from the one before.
    ///
    /// Each version is one more than the one before, and lies under that number. One was left out, moved or swapped.
    /// Bring back the missing `trust/root.<n>.json` from a backup.
    ROOT_GAP = "SK2134" "root-out-of-order" ERROR "a root does not follow from the one before";

    /// A root is not signed by enough keys of the root before it.
    ///
    /// A new root needs the threshold of role `root` of the *old* root and of the new one, so that nobody who holds only
    /// new keys can take over. Have the other holders add theirs with `skiff keys sign-root FILE`.
    ROOT_NOT_APPROVED = "SK2135" "root-not-approved" ERROR "a root is not signed by enough keys";

    /// The pinned trust root is not in the ledger.
    ///
    /// A member, or a spec, names by its digest the root that it starts from, and no version in the ledger has that digest.
    /// It is another ledger, or somebody exchanged its roots. Compare `trust_root` with what `skiff keys list` shows.
    NOT_PINNED = "SK2136" "root-not-pinned" ERROR "the pinned trust root is not in the ledger";

    /// The ledger's newest root is older than one that was seen before.
    ///
    /// Keys may have been revoked since, and somebody who removes the newest roots would bring them back. Nothing is run
    /// by an older root. Bring back the missing versions of `trust/root.<n>.json` from a backup.
    ROOT_ROLLED_BACK = "SK2137" "root-rolled-back" ERROR "the newest root is older than one that was seen before";

    /// The trust root has expired.
    ///
    /// Nothing new is accepted by it, no release and no approval: it is not known any more whether its keys are in good hands.
    /// What runs goes on, and boots. Renew it with `skiff keys renew`, signed by the keys of role `root`.
    ROOT_EXPIRED = "SK2138" "root-expired" ERROR "the trust root has expired";

    /// An agent may not approve.
    ///
    /// An agent may ask for an approval and never counts as the second party. Give the role `approval` to a person or to a
    /// build that has rules of its own.
    AGENT_APPROVES = "SK2139" "agent-approves" ERROR "an agent may not approve";

    /// No such principal is in the trust root.
    ///
    /// A command named someone whom the root does not know. `skiff keys list` shows who is in it.
    /// Names are written as they were at the enrolment.
    NO_PRINCIPAL = "SK2140" "no-such-principal" ERROR "no such principal is in the trust root";

    /// A principal is in the trust root already.
    ///
    /// A name stands for one key. To give it another key use `skiff keys rotate`; to give it more roles, name it in
    /// `skiff keys enroll` again with the same key.
    ENROLLED_ALREADY = "SK2141" "enrolled-already" ERROR "a principal has another key already";

    /// A key cannot be read.
    ///
    /// Private keys are kept as encrypted PKCS#8 (`-----BEGIN ENCRYPTED PRIVATE KEY-----`) beside a small JSON file that has
    /// the public one. The file is missing, damaged, or may not be read. Keys are in `$SKIFF_KEYS`, else in
    /// `~/.config/skiff/keys`.
    UNREADABLE_KEY = "SK2150" "unreadable-key" ERROR "a key cannot be read";

    /// The passphrase does not open the key.
    ///
    /// The file is in order as far as one can tell from outside, and decrypts to nothing. Check which passphrase belongs to
    /// this key. A lost passphrase cannot be brought back: rotate the key with others of role `root`.
    WRONG_PASSPHRASE = "SK2151" "wrong-passphrase" ERROR "the passphrase does not open the key";

    /// A key of this name is there already.
    ///
    /// No key is ever overwritten. Choose another name, or put the old files away.
    /// `skiff keys rotate` gives a principal a new key and keeps the old file.
    KEY_EXISTS = "SK2152" "key-exists" ERROR "a key of this name is there already";

    /// A key can be read by others.
    ///
    /// The file of a private key must be readable by its owner alone, as ssh wants it. Correct it with `chmod 600`, and
    /// think of who may have read it.
    OPEN_KEY = "SK2153" "open-key" ERROR "the file of a private key can be read by others";

    /// A command that signs did not give a signature.
    ///
    /// A key may be kept elsewhere: a command gets the bytes on its standard input and prints the signature as base64. It
    /// could not be started, ended with an error, or printed something that is no signature by the public key it stands for.
    SIGNER_FAILED = "SK2154" "signer-failed" ERROR "a command that signs did not give a signature";

    /// A name cannot be the name of a key.
    ///
    /// Names become names of files and stand in the root: small letters, digits, `.`, `_` and `-`, at most 63, beginning
    /// with a letter or a digit.
    BAD_NAME = "SK2155" "bad-key-name" ERROR "a name cannot be the name of a key";
}
