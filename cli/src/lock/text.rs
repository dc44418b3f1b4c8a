//! The text of `skiff.lock`: sorted, so that a change of one entry is a change of one line.

use skiff_wire::Lock;

use crate::failure::Failure;

const HEADER: &str = "# Written by `skiff lock`; commit it beside the spec. Not for editing by hand.\n";

/// A lock as the text of its file.
pub(crate) fn write(lock: &Lock) -> Result<String, Failure> {
    let body = serde_yaml::to_string(lock)
        .map_err(|error| Failure::defect(format!("the lock could not be written as YAML: {error}")))?;
    Ok(format!("{HEADER}{body}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use skiff_wire::EnvironmentLock;

    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let priorities = BTreeMap::from([("web * prefix:/".to_owned(), 100), ("api *.x.io exact:/a b".to_owned(), 90)]);
        let inputs = BTreeMap::from([("zone_id".to_owned(), "no".to_owned())]);
        let lock = Lock {
            images: BTreeMap::from([("nginx:1".to_owned(), format!("sha256:{}", "0".repeat(64)))]),
            environments: BTreeMap::from([("prod".to_owned(), EnvironmentLock { priorities, inputs })]),
            ..Lock::default()
        };
        let text = write(&lock).unwrap();
        assert!(text.starts_with("# Written by `skiff lock`"));
        assert_eq!(serde_yaml::from_str::<Lock>(&text).unwrap(), lock);
    }
}
