//! The JSON Schemas of what commands put into `data`, made from the types that they print.
//!
//! They are committed below `docs/schema/data`, compared by the test here, and held against what commands really print by the
//! tests of the local provider.

pub(crate) mod provider;

use schemars::{JsonSchema, Schema, generate::SchemaSettings};

use crate::{
    command::release::{Releases, ShownRelease},
    releasing::Deployed,
    standing::Standing,
};

/// The commands whose `data` has a schema, with it; sorted.
pub(crate) fn all() -> [(&'static str, Schema); 5] {
    [
        ("deploy", of::<Deployed>()),
        ("local-status", of::<provider::LocalStatus>()),
        ("release-list", of::<Releases>()),
        ("release-show", of::<ShownRelease>()),
        ("status", of::<Standing>()),
    ]
}

/// The schema of what is written, which is stricter than that of what could be read.
fn of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, env, fs, path::Path};

    use super::*;
    use crate::document;

    #[test]
    fn the_committed_schemas_are_those_of_the_types() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schema/data");
        let mut names = BTreeSet::new();
        for (name, schema) in all() {
            let text = document::to_json(&schema).unwrap();
            let path = folder.join(format!("{name}.v1.json"));
            if env::var_os("SKIFF_BLESS").is_some() {
                fs::write(&path, &text).unwrap();
            }
            let committed = fs::read_to_string(&path).unwrap_or_default();
            assert!(committed == text, "docs/schema/data/{name}.v1.json is not what `SKIFF_BLESS=1` would write");
            names.insert(format!("{name}.v1.json"));
        }
        let there = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        assert_eq!(there.collect::<BTreeSet<_>>(), names, "and no others");
    }
}
