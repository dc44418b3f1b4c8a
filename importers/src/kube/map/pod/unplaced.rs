//! Mounts of a single file that the volume does not have: nothing is put there.

use std::collections::BTreeMap;

use skiff_compiler::spec::shorthand::File;

use super::volumes::{Kept, Volumes};
use crate::kube::{codes::pod as codes, object::Field};

/// Says of each `subPath` of a volume with files that none of them is mounted by it.
pub(super) fn say<'c>(container: Field<'c>, volumes: &Volumes<'c>, files: &BTreeMap<String, File>) {
    for mount in container.list("volumeMounts") {
        let Some(part) = mount.get("subPath").filter(|part| part.text().is_some_and(|text| !text.is_empty())) else {
            continue;
        };
        let Some(Kept::Files(contents)) = volumes.get(mount.text_of("name").unwrap_or_default()) else { continue };
        let at = mount.text_of("mountPath").unwrap_or_default().trim_end_matches('/');
        if !contents.unknown.is_empty() || files.keys().any(|path| is_within(path, at)) {
            continue;
        }
        if contents.entries.is_empty() {
            part.ignore("the volume has no files, which is reported where it is declared");
        } else {
            let reason = "the volume has no such file, and a cluster mounts an empty directory then";
            part.say(&codes::MOUNT, reason, "correct `subPath`, or add the key");
        }
    }
}

fn is_within(path: &str, at: &str) -> bool {
    let at = at.trim_start_matches('/');
    let rest = path.trim_start_matches('/').strip_prefix(at);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
