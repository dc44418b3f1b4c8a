//! Whether two releases answer with the same bodies, and which requests cannot say.
//!
//! Bodies are compared by their digests, of answers with the same status. Much differs by nature: a time, an id, who answered. So
//! a difference counts only when the live release, asked once more, gives its first body again; otherwise the request **varies**
//! by itself, and from then on nothing that it had said counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Answer;

/// What was compared, in numbers of requests that were sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compared {
    /// Requests whose bodies were compared.
    pub compared: u64,
    /// Of these, those that the new release answered with another body.
    pub differed: u64,
    /// Different requests that the live release itself answers in more than one way; they are in no other number.
    pub varying: u64,
}

/// What is known of the bodies, by the place of the request in what is sent.
#[derive(Debug, Clone, Default)]
pub struct Bodies {
    seen: BTreeMap<usize, Seen>,
}

#[derive(Debug, Clone, Default)]
struct Seen {
    compared: u64,
    differed: u64,
    varies: bool,
    example: Option<(String, String)>,
}

impl Bodies {
    /// Whether the live release must be asked once more to know what a difference means.
    #[must_use]
    pub fn doubts(&self, request: usize, live: &Answer, new: &Answer) -> bool {
        let varies = self.seen.get(&request).is_some_and(|seen| seen.varies);
        !varies && matches!(pair(live, new), Some((old, other)) if old != other)
    }

    /// Takes in what was answered; `again` is the second answer of the live release, when it was asked for one.
    pub fn take_in(&mut self, request: usize, live: &Answer, new: &Answer, again: Option<&Answer>) {
        let Some((old, other)) = pair(live, new) else { return };
        let seen = self.seen.entry(request).or_default();
        if old == other {
            seen.compared += 1;
            return;
        }
        match again.and_then(|again| pair(live, again)) {
            Some((first, second)) if first == second => {
                seen.compared += 1;
                seen.differed += 1;
                seen.example.get_or_insert_with(|| (old.to_owned(), other.to_owned()));
            }
            // Another status, or none at all, is no sign of what the first answer was worth either.
            _ => seen.varies = true,
        }
    }

    /// What it comes to; absent when no two bodies could be compared.
    #[must_use]
    pub fn compared(&self) -> Option<Compared> {
        let mut sum = Compared::default();
        for seen in self.seen.values() {
            sum.varying += u64::from(seen.varies);
            if !seen.varies {
                sum.compared += seen.compared;
                sum.differed += seen.differed;
            }
        }
        (!self.seen.is_empty()).then_some(sum)
    }

    /// The requests that the new release answers with another body, each with the digests of both.
    pub fn examples(&self) -> impl Iterator<Item = (usize, &str, &str)> {
        self.seen.iter().filter(|(_, seen)| !seen.varies).filter_map(|(request, seen)| {
            let (old, new) = seen.example.as_ref()?;
            Some((*request, old.as_str(), new.as_str()))
        })
    }
}

/// The bodies of two answers that can be compared: with the same status.
fn pair<'a>(one: &'a Answer, other: &'a Answer) -> Option<(&'a str, &'a str)> {
    let same = one.status.is_ok() && one.status == other.status;
    one.body.as_deref().zip(other.body.as_deref()).filter(|_| same)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status: Ok(status), microseconds: 1, body: Some(body.into()) }
    }

    fn seen(bodies: &Bodies) -> (u64, u64, u64) {
        bodies.compared().map_or((0, 0, 0), |seen| (seen.compared, seen.differed, seen.varying))
    }

    #[test]
    fn a_difference_counts_when_the_live_release_repeats_itself() {
        let mut bodies = Bodies::default();
        let (live, new) = (answer(200, "a"), answer(200, "b"));
        assert!(bodies.doubts(0, &live, &new) && !bodies.doubts(0, &live, &live.clone()));
        bodies.take_in(0, &live, &live.clone(), None);
        bodies.take_in(0, &live, &new, Some(&answer(200, "a")));
        assert_eq!(seen(&bodies), (2, 1, 0));
        assert_eq!(bodies.examples().collect::<Vec<_>>(), [(0, "a", "b")]);
    }

    #[test]
    fn what_varies_by_itself_says_nothing_not_even_afterwards() {
        let mut bodies = Bodies::default();
        let (live, new) = (answer(200, "12:00:01"), answer(200, "12:00:02"));
        bodies.take_in(3, &live, &new, Some(&answer(200, "12:00:01")));
        bodies.take_in(3, &live, &new, Some(&answer(200, "12:00:03")));
        assert_eq!(seen(&bodies), (0, 0, 1));
        assert!(!bodies.doubts(3, &live, &new), "nobody asks again for nothing");
        assert_eq!(bodies.examples().count(), 0);
    }

    #[test]
    fn only_bodies_of_the_same_status_are_compared() {
        let mut bodies = Bodies::default();
        let lost = Answer { status: Err("nobody is there".into()), microseconds: 1, body: None };
        for (live, new) in
            [(answer(200, "a"), answer(404, "b")), (answer(200, "a"), lost.clone()), (lost.clone(), lost)]
        {
            assert!(!bodies.doubts(0, &live, &new));
            bodies.take_in(0, &live, &new, None);
        }
        assert_eq!(bodies.compared(), None);
    }
}
