//! Trouble with the secrets of the local provider: `SK253x`.

use skiff_wire::declare;

declare! {
    /// A secret has no value on this machine.
    ///
    /// A service refers to a secret by its name, and nobody has set its value for this application and environment yet. A
    /// member that needs it does not start. Set it with `skiff secret set NAME`, from standard input or from a file.
    SECRET_MISSING = "SK2530" "secret-missing" ERROR "a secret has no value";

    /// The key of the local secrets is not there.
    ///
    /// Secrets in a state folder are encrypted with a key that lies outside of it, in your configuration folder, so that a
    /// copied state folder gives nothing away. The file is missing or another configuration folder is in use
    /// (`XDG_CONFIG_HOME`, `HOME`). Put the file back, or set each secret again: `skiff secret list` names them.
    SECRET_KEY_MISSING = "SK2531" "secret-key-missing" ERROR "the key of the local secrets is not there";

    /// The key of the local secrets cannot be trusted.
    ///
    /// Others on this machine may read the file, or its content is not a key. Make it private with `chmod 600 FILE`. When
    /// somebody may have copied it, remove it and the secrets, and set new values.
    SECRET_KEY_UNSAFE = "SK2532" "secret-key-unsafe" ERROR "the key of the local secrets cannot be used";

    /// A secret was encrypted with another key.
    ///
    /// The state folder comes from another machine or another user, or the key file was made anew. Nothing can be read
    /// without the old key. Put it back, or set the secret again with `skiff secret set NAME`.
    SECRET_WRONG_KEY = "SK2533" "secret-wrong-key" ERROR "a secret was encrypted with another key";

    /// A secret was changed outside of Skiff.
    ///
    /// Each secret is authenticated together with its application, environment, name, version and time. What is stored does
    /// not pass: a byte, a version or a time differs from what was written. Nobody is given the value. Find out who wrote
    /// to the state folder, then set the secret again.
    SECRET_TAMPERED = "SK2534" "secret-tampered" ERROR "a secret was changed outside of Skiff";

    /// A secret lies where another one belongs.
    ///
    /// The file names another application, environment or secret than its place does: it was copied or renamed. Nobody is
    /// given the value, since a service would get one that is meant for another. Set the secret again under its own name.
    SECRET_SWAPPED = "SK2535" "secret-swapped" ERROR "a secret lies where another one belongs";

    /// A file of a secret cannot be read as one.
    ///
    /// It is cut off, edited by hand, or written by a newer Skiff. Use the newer Skiff, or set the secret again.
    SECRET_UNREADABLE = "SK2536" "secret-unreadable" ERROR "a file of a secret cannot be read";

    /// A name or a value cannot be one of a secret.
    ///
    /// Names have 1 to 80 of `A–Z a–z 0–9 / _ + = . @ -`, as in AWS Secrets Manager, without an empty part, `.` or `..`
    /// between slashes. Values have 1 to 65,536 bytes, which is what Secrets Manager takes: what works on your machine
    /// then works there.
    SECRET_UNFIT = "SK2537" "secret-unfit" ERROR "a name or a value cannot be one of a secret";

    /// The folder of the secrets cannot be used.
    ///
    /// The operating system refuses to read or write there: a permission, a full disk, a read-only file system. The
    /// message has its words. A value that was there before is still there.
    SECRET_FOLDER = "SK2538" "secret-folder" ERROR "the folder of the secrets cannot be used";
}
