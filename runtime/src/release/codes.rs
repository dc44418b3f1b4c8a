//! Trouble with making a release: `SK216x` and `SK217x`.

use skiff_wire::declare;

declare! {
    /// The folder that is to be packed is missing.
    ///
    /// `bundle:` of a workload names a folder relative to the spec. Check the path, or build the folder first.
    /// A path that leads to a file, or that may not be read, is reported with this code too.
    NO_BUNDLE = "SK2160" "missing-bundle" ERROR "the folder to be packed is missing";

    /// A bundle has something that cannot be packed.
    ///
    /// A bundle is made of folders, files and symbolic links that stay within it; names are UTF-8. Devices, sockets, pipes,
    /// links that lead out of the folder and absolute links have no meaning on another machine. Take the named one out.
    UNPACKABLE = "SK2161" "unpackable-file" ERROR "a bundle has something that cannot be packed";

    /// A bundle is too large.
    ///
    /// A bundle may have 1 GiB and 200,000 entries. Leave out what the service does not need when it runs, or ship it as an
    /// OCI image.
    TOO_LARGE = "SK2162" "bundle-too-large" ERROR "a bundle is too large";

    /// An image has no digest.
    ///
    /// A tag can mean another image tomorrow, so a release names images by digest. Pin it with `skiff lock`, or write
    /// `name@sha256:…` in the spec.
    UNLOCKED_IMAGE = "SK2163" "image-without-digest" ERROR "an image has no digest";

    /// A value of the release is not known yet.
    ///
    /// The manifest refers to a resource of the plan, such as the address of a database, and a release must have the value
    /// itself. Apply the shape first; on this machine give the stand-in under `local:` in the spec.
    UNRESOLVED = "SK2164" "unresolved-value" ERROR "a value of the release is not known yet";

    /// There is no such release.
    ///
    /// Releases are named by their id (64 hexadecimal digits, or the first of them as long as they fit one release only), or
    /// by their label. `skiff release list` shows those that there are.
    NO_RELEASE = "SK2165" "no-such-release" ERROR "there is no such release";

    /// An archive is not one that Skiff packs.
    ///
    /// Its digest is the released one, and it has a path or a link that leads out of its folder, an entry twice, or an entry
    /// of a sort that is never packed. It is not unpacked. Whoever signed the release did not pack it with Skiff.
    UNSAFE_BUNDLE = "SK2166" "unsafe-bundle" ERROR "an archive is not one that Skiff packs";

    /// An artifact is not in the ledger.
    ///
    /// A release names a bundle by its digest, and the ledger's `artifacts/` has none of that digest. It was deleted, or the
    /// copy of the ledger is incomplete. Make the release again from its source.
    NO_ARTIFACT = "SK2167" "missing-artifact" ERROR "an artifact is not in the ledger";

    /// A bill of materials is of no known form.
    ///
    /// `--sbom` takes CycloneDX 1.2 to 1.7 as JSON, or SPDX 2.2, 2.3 and 3.0 as JSON. Make it with the tool of your
    /// language, or leave the flag out: Skiff then lists the files of the bundle and the packages it can recognise.
    BAD_SBOM = "SK2168" "unknown-sbom" ERROR "a bill of materials is of no known form";

    /// Nobody signs.
    ///
    /// A release without a signature is refused by every member. Name a key with `--key NAME`; `skiff keys list` shows the
    /// keys of this machine, `skiff keys new` makes one.
    NO_SIGNER = "SK2169" "no-signer" ERROR "nobody signs";

    /// Two workloads of a service have one name.
    ///
    /// Artifacts are named by their workload, so each needs a name of its own. Rename one of them in the spec.
    /// The main workload, those under `init` and the sidecars share their names.
    SHARED_NAME = "SK2170" "shared-workload-name" ERROR "two workloads have one name";

    /// A bundle could not be unpacked.
    ///
    /// The archive is in order, and the folder it goes to could not be written: no space is left, or it is not allowed.
    /// Make room, and start the member again.
    UNPACK_FAILED = "SK2171" "unpack-failed" ERROR "a bundle could not be unpacked";
}
