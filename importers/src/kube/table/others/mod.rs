//! Kinds of objects that become nothing, as a whole: each with what takes its place.

mod cluster;
mod extensions;

use skiff_compiler::diagnostic::Code;

use crate::kube::codes::general::KIND_WITHOUT_HOME;

/// A kind of object that becomes nothing, as a whole.
#[derive(Debug, Clone, Copy)]
pub struct Other {
    /// The API group, or where it ends: `monitoring.coreos.com`.
    pub group: &'static str,
    /// The kind; `*` for every kind of the group.
    pub kind: &'static str,
    /// What is said; `None` where nothing is lost.
    pub code: Option<&'static Code>,
    /// Why.
    pub reason: &'static str,
    /// What to do.
    pub action: &'static str,
}

/// Declares kinds: `"group": "Kind" | "Kind" => lost("why", "what to do");`.
macro_rules! others {
    ($($group:literal: $($kind:literal)|+ => $said:expr;)+) => {
        &[$($($crate::kube::table::others::Other { group: $group, kind: $kind, ..$said },)+)+]
    };
}

use others;

/// A kind that something is lost with.
const fn lost(reason: &'static str, action: &'static str) -> Other {
    Other { group: "", kind: "", code: Some(&KIND_WITHOUT_HOME), reason, action }
}

/// A kind that nothing is lost with.
const fn needless(reason: &'static str) -> Other {
    Other { group: "", kind: "", code: None, reason, action: "" }
}

/// All of them; of two that fit, the first counts.
pub static OTHERS: &[Other] = &ALL;

static ALL: [Other; cluster::OTHERS.len() + extensions::OTHERS.len()] = {
    let mut all = [cluster::OTHERS[0]; cluster::OTHERS.len() + extensions::OTHERS.len()];
    let mut next = 0;
    while next < all.len() {
        all[next] = match next.checked_sub(cluster::OTHERS.len()) {
            Some(beyond) => extensions::OTHERS[beyond],
            None => cluster::OTHERS[next],
        };
        next += 1;
    }
    all
};

#[cfg(test)]
mod tests {
    use super::OTHERS;
    use crate::kube::table::other;

    #[test]
    fn no_row_hides_another_one() {
        let hidden = |row: &&super::Other| {
            let version = if row.group.is_empty() { "v1".to_owned() } else { format!("{}/v1", row.group) };
            let kind = if row.kind == "*" { "SomeKind" } else { row.kind };
            !other(&version, kind).is_some_and(|found| std::ptr::eq(found, *row))
        };
        let hidden: Vec<_> = OTHERS.iter().filter(hidden).map(|row| (row.group, row.kind)).collect();
        assert_eq!(hidden, []);
    }
}
