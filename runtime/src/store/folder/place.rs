//! Which file an object is: the key is the path, as people expect it, with three exceptions.
//!
//! A `+` is in no key, so a name that ends in one is free to mean something else:
//!
//! | name | is |
//! |---|---|
//! | `+store` at the top | the store's own lock files and the files that are being written |
//! | `local+` at the top | the application `local`, since `local` belongs to the provider on this machine |
//! | `x+` beside a folder `x` | the object `x`, when there are objects `x/…` as well |

use std::path::{Path, PathBuf};

use crate::store::Key;

/// What the provider on this machine keeps beside the ledger, and no key is.
const NOT_THE_LEDGERS: &str = "local";

/// How many lock files there are, and so how many objects can be written at once.
const SHARDS: u32 = 64;

/// The folder in which an object's file is, as names from the root on.
pub(super) fn folders(key: &Key) -> Vec<String> {
    let names: Vec<&str> = key.as_str().split('/').collect();
    let folders = names.split_last().map(|(_, folders)| folders).unwrap_or_default();
    folders.iter().enumerate().map(|(depth, name)| stored(name, depth)).collect()
}

/// The name of an object's file in its folder.
pub(super) fn file(key: &Key) -> String {
    let (depth, name) = key.as_str().rsplit_once('/').map_or((0, key.as_str()), |(_, name)| (1, name));
    stored(name, depth)
}

/// The name of an object's file where a folder has its own.
pub(super) fn beside_folder(file: &str) -> String {
    format!("{file}+")
}

/// The path of a folder from which the keys of a listing go out; `None` when no key can begin so.
pub(super) fn start(root: &Path, prefix: &str) -> Option<(PathBuf, String)> {
    let Some((folders, _)) = prefix.rsplit_once('/') else { return Some((root.to_owned(), String::new())) };
    Key::parse(folders)?;
    let path =
        folders.split('/').enumerate().fold(root.to_owned(), |path, (depth, name)| path.join(stored(name, depth)));
    Some((path, format!("{folders}/")))
}

/// The segment of a key that a name in a folder stands for; `None` for what is not the ledger's.
pub(super) fn segment(name: &str, at_the_top: bool) -> Option<&str> {
    if at_the_top && name == NOT_THE_LEDGERS {
        return None;
    }
    let segment = name.trim_end_matches('+');
    Key::parse(segment).filter(|key| !key.as_str().contains('/')).map(|_| segment)
}

/// The folder of the store's own files.
pub(super) fn own(root: &Path) -> PathBuf {
    root.join("+store")
}

/// The lock file of a key.
pub(super) fn lock(root: &Path, key: &Key) -> PathBuf {
    own(root).join(format!("{:02}.lock", shard(key)))
}

/// Where a key's object is written before it takes its place; only who has the key's lock alone writes there.
pub(super) fn unfinished(root: &Path, key: &Key) -> PathBuf {
    own(root).join(format!("{:02}.new", shard(key)))
}

fn stored(name: &str, depth: usize) -> String {
    if depth == 0 && name == NOT_THE_LEDGERS { format!("{name}+") } else { name.to_owned() }
}

/// FNV-1a, which every process computes alike.
fn shard(key: &Key) -> u32 {
    key.as_str().bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)) % SHARDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_path() {
        let key = |text: &str| Key::parse(text).expect("a key");
        assert_eq!(
            (folders(&key("shop/prod/x.json")), file(&key("shop/prod/x.json"))),
            (vec!["shop".into(), "prod".into()], "x.json".into())
        );
        assert_eq!(
            (folders(&key("local/prod/x")), file(&key("local"))),
            (vec!["local+".into(), "prod".into()], "local+".into())
        );
        assert_eq!(folders(&key("shop/local/x")), ["shop", "local"]);
    }

    #[test]
    fn what_is_not_the_ledgers_is_no_key() {
        assert_eq!((segment("local", true), segment("local", false)), (None, Some("local")));
        assert_eq!((segment("local+", true), segment("+store", true)), (Some("local"), None));
        assert_eq!(
            (segment("x.json", false), segment("x.json~", false), segment("x+", false)),
            (Some("x.json"), None, Some("x"))
        );
    }
}
