//! In which order root modules are applied for the first time: a look-up finds only what exists.

use std::collections::{BTreeMap, BTreeSet};

/// Folders in an order in which each stands behind those it looks things up in, otherwise by name. The compiler refuses
/// services in a circle (`SK0202`); were there one, its members would come last.
pub(super) fn of<'folder>(needs: &BTreeMap<&'folder str, BTreeSet<&'folder str>>) -> Vec<&'folder str> {
    let mut folders: Vec<&str> = Vec::new();
    let mut waiting: Vec<&str> = needs.keys().copied().collect();
    loop {
        let ready =
            |folder: &&str| needs[*folder].iter().all(|need| folders.contains(need) || !needs.contains_key(need));
        let Some(place) = waiting.iter().position(ready) else { break };
        folders.push(waiting.remove(place));
    }
    folders.extend(waiting);
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(all: &[(&'static str, &[&'static str])]) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
        all.iter().map(|(folder, needs)| (*folder, needs.iter().copied().collect())).collect()
    }

    #[test]
    fn what_is_looked_up_comes_first() {
        let order = of(&needs(&[("api", &["search"]), ("environment", &[]), ("search", &["environment"])]));
        assert_eq!(order, ["environment", "search", "api"]);
    }

    #[test]
    fn a_circle_comes_last() {
        let order = of(&needs(&[("left", &["right"]), ("right", &["left"]), ("web", &[])]));
        assert_eq!(order, ["web", "left", "right"]);
    }
}
