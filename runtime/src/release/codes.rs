//! Trouble with making a release: `SK216x`.

use skiff_wire::declare;

declare! {
    /// The folder that is to be packed is missing.
    ///
    /// `bundle:` of a workload names a folder relative to the spec. Check the path, or build the folder first.
    NO_BUNDLE = "SK2160" "missing-bundle" ERROR "the folder to be packed is missing";
}
