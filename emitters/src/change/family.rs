//! The pieces of one long policy, judged together: what moves from one piece to the next changes nothing.

use serde_json::Value;
use skiff_wire::{Resource, Reversibility, Risk};

use super::{pairs::Pairs, policy, risk::Judgement};

/// The judgement of one changed resource, or a milder one when it is a piece of a policy whose pieces together do not
/// allow more. AWS limits a managed policy to 6,144 characters, so that a statement may move when another one grows.
pub(super) fn judged(id: &str, own: Judgement, pairs: &Pairs) -> Judgement {
    let Some(family) = family(id) else { return own };
    let kept = pairs.kept.iter().map(|(id, (before, after))| (*id, Some(*before), Some(*after)));
    let added = pairs.added.iter().map(|(id, after)| (*id, None, Some(*after)));
    let removed = pairs.removed.iter().map(|(id, before)| (*id, Some(*before), None));
    let pieces: Vec<_> = kept.chain(added).chain(removed).filter(|(id, ..)| self::family(id) == Some(family)).collect();
    if pieces.len() < 2 || own.risk == Risk::High {
        return own;
    }
    let before = pairs.in_new_names(&documents(pieces.iter().filter_map(|(_, before, _)| *before)));
    let after = documents(pieces.iter().filter_map(|(.., after)| *after));
    let (widens, narrows) = (policy::widens(&before, &after), policy::widens(&after, &before));
    let (risk, reason) = match (widens, narrows) {
        (true, true) => (Risk::Medium, "the policy's pieces together allow other things than before"),
        (true, false) => (Risk::Medium, "the policy's pieces together allow more than before"),
        (false, true) => {
            (Risk::Medium, "the policy's pieces together allow less than before: what still relies on it is refused")
        }
        (false, false) => (Risk::None, "statements move between the policy's pieces; together they allow the same"),
    };
    Judgement { risk, reversibility: Reversibility::Reversible, reason: reason.to_owned() }
}

/// `environment.policy.deployer` for `environment.policy.deployer-2`.
fn family(id: &str) -> Option<&str> {
    let (family, piece) = id.rsplit_once('-')?;
    let numbered = !piece.is_empty() && piece.bytes().all(|byte| byte.is_ascii_digit());
    (numbered && family.contains(".policy.")).then_some(family)
}

fn documents<'p>(pieces: impl Iterator<Item = &'p Resource>) -> Value {
    pieces.filter_map(|piece| piece.properties.get("PolicyDocument")).cloned().collect()
}
