//! Where each route stands among a load balancer's rules.
//!
//! A load balancer tries its rules from the lowest priority up and takes the first that matches (Elastic Load
//! Balancing, "Listener rules for your Application Load Balancer"), so a more specific route needs a lower number.
//! Numbers are kept between runs, since changing one touches a rule that serves: a new route goes into a gap.

use std::collections::BTreeMap;

/// The highest priority a rule can have (`ModifyRule`, `SetRulePriorities`: 1 to 50,000).
pub(crate) const HIGHEST: u32 = 50_000;
/// The first priority that is given, with room before it.
const FIRST: u32 = 100;
/// The distance between two priorities that are given at the end, with room between them.
const STEP: u32 = 10;

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Allocation {
    /// Route → priority.
    pub(crate) priorities: BTreeMap<String, u32>,
    /// Whether every route was given a new number, because no gap was left.
    pub(crate) renumbered: bool,
}

/// Gives each route a priority; `None` when there are more routes than priorities.
///
/// A route of lower rank always gets the lower priority; routes of equal rank may stand in any order. Of the existing
/// priorities as many are kept as that rule allows, new ones go into the gaps, and those of vanished routes are dropped.
pub(crate) fn allocate<R: Ord>(routes: &[(String, R)], existing: &BTreeMap<String, u32>) -> Option<Allocation> {
    let order = Order::new(routes, existing);
    let kept = order.kept();
    let places = order.places(&kept);
    match fill(&places) {
        Some(numbers) => Some(Allocation { priorities: zip(&places, numbers), renumbered: false }),
        None => Some(Allocation { priorities: zip(&places, renumber(places.len())?), renumbered: true }),
    }
}

/// A route's key and the priority it keeps, if any.
type Place<'a> = (&'a str, Option<u32>);

fn zip(places: &[Place<'_>], numbers: Vec<u32>) -> BTreeMap<String, u32> {
    places.iter().zip(numbers).map(|((key, _), number)| ((*key).to_owned(), number)).collect()
}

/// The routes by rank, and within a rank by what they had, each with its existing priority.
struct Order<'a, R> {
    routes: Vec<(&'a R, Option<u32>, &'a str)>,
}

impl<'a, R: Ord> Order<'a, R> {
    fn new(routes: &'a [(String, R)], existing: &BTreeMap<String, u32>) -> Self {
        let usable = |key: &str| existing.get(key).copied().filter(|number| (1..=HIGHEST).contains(number));
        let mut routes: Vec<_> = routes.iter().map(|(key, rank)| (rank, usable(key), key.as_str())).collect();
        routes.sort();
        routes.dedup_by_key(|(_, _, key)| *key);
        Self { routes }
    }

    /// The routes that keep their priority: the longest sequence that rises along the ranks.
    fn kept(&self) -> BTreeMap<&'a str, u32> {
        let had: Vec<_> = self.routes.iter().filter_map(|(_, number, key)| Some((*key, (*number)?))).collect();
        let numbers: Vec<_> = had.iter().map(|(_, number)| *number).collect();
        longest_rising(&numbers).into_iter().map(|index| had[index]).collect()
    }

    /// All routes in the order of their priorities to be: new ones stand behind the kept ones of their rank.
    fn places(&self, kept: &BTreeMap<&'a str, u32>) -> Vec<Place<'a>> {
        let mut places: Vec<_> = self
            .routes
            .iter()
            .map(|(rank, _, key)| {
                let number = kept.get(key).copied();
                (*rank, number.is_none(), number, *key)
            })
            .collect();
        places.sort();
        places.into_iter().map(|(_, _, number, key)| (key, number)).collect()
    }
}

/// The indexes of a longest strictly rising subsequence (patience sorting).
fn longest_rising(numbers: &[u32]) -> Vec<usize> {
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; numbers.len()];
    for (index, number) in numbers.iter().enumerate() {
        let length = tails.partition_point(|tail| numbers[*tail] < *number);
        before[index] = length.checked_sub(1).map(|shorter| tails[shorter]);
        if length == tails.len() {
            tails.push(index);
        } else {
            tails[length] = index;
        }
    }
    let mut rising: Vec<_> = std::iter::successors(tails.last().copied(), |index| before[*index]).collect();
    rising.reverse();
    rising
}

/// Numbers for all places, the kept ones unchanged; `None` when a gap is too small.
fn fill(places: &[Place<'_>]) -> Option<Vec<u32>> {
    let mut numbers = Vec::with_capacity(places.len());
    let mut rest = places;
    while !rest.is_empty() {
        let new = rest.iter().take_while(|(_, number)| number.is_none()).count();
        let upper = rest.get(new).and_then(|(_, number)| *number);
        numbers.extend(gap(numbers.last().copied(), upper, new)?);
        numbers.extend(upper);
        rest = &rest[(new + 1).min(rest.len())..];
    }
    Some(numbers)
}

/// `count` numbers strictly between two neighbours: spaced at the open end, evenly spread between two.
fn gap(lower: Option<u32>, upper: Option<u32>, count: usize) -> Option<Vec<u32>> {
    let count = u32::try_from(count).ok()?;
    if upper.is_none() {
        let start = lower.map_or(FIRST, |lower| lower + STEP);
        if u64::from(start) + u64::from(STEP) * u64::from(count) <= u64::from(HIGHEST) {
            return Some((0..count).map(|index| start + index * STEP).collect());
        }
    }
    spread(lower.unwrap_or(0), upper.unwrap_or(HIGHEST + 1), count)
}

fn spread(lower: u32, upper: u32, count: u32) -> Option<Vec<u32>> {
    let room = u64::from(upper - lower);
    if room <= u64::from(count) {
        return None;
    }
    let at = |index: u32| lower + u32::try_from(room * u64::from(index) / u64::from(count + 1)).unwrap_or(u32::MAX);
    Some((1..=count).map(at).collect())
}

fn renumber(count: usize) -> Option<Vec<u32>> {
    gap(None, None, count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn routes(all: &[(&str, u8)]) -> Vec<(String, u8)> {
        all.iter().map(|(key, rank)| ((*key).to_owned(), *rank)).collect()
    }

    fn had(all: &[(&str, u32)]) -> BTreeMap<String, u32> {
        all.iter().map(|(key, number)| ((*key).to_owned(), *number)).collect()
    }

    fn numbers(wanted: &[(&str, u8)], existing: &[(&str, u32)]) -> BTreeMap<String, u32> {
        allocate(&routes(wanted), &had(existing)).unwrap().priorities
    }

    #[test]
    fn the_first_ones_are_spaced() {
        assert_eq!(numbers(&[("b", 2), ("a", 1), ("c", 3)], &[]), had(&[("a", 100), ("b", 110), ("c", 120)]));
    }

    #[test]
    fn a_new_route_goes_into_the_middle_of_its_gap() {
        let before = [("a", 100), ("c", 110)];
        assert_eq!(numbers(&[("a", 1), ("b", 2), ("c", 3)], &before), had(&[("a", 100), ("b", 105), ("c", 110)]));
        assert_eq!(numbers(&[("x", 0), ("a", 1), ("c", 3)], &before), had(&[("x", 50), ("a", 100), ("c", 110)]));
    }

    #[test]
    fn a_vanished_route_is_dropped_and_the_others_stay() {
        assert_eq!(numbers(&[("a", 1), ("c", 3)], &[("a", 7), ("b", 8), ("c", 9)]), had(&[("a", 7), ("c", 9)]));
    }

    #[test]
    fn only_what_stands_in_the_wrong_order_moves() {
        let after = numbers(&[("a", 1), ("b", 2), ("c", 3)], &[("a", 100), ("b", 500), ("c", 120)]);
        assert_eq!(after, had(&[("a", 100), ("b", 110), ("c", 120)]));
    }

    #[test]
    fn without_a_gap_all_are_renumbered() {
        let after = allocate(&routes(&[("a", 1), ("b", 2), ("c", 3)]), &had(&[("a", 7), ("c", 8)])).unwrap();
        assert!(after.renumbered);
        assert_eq!(after.priorities, had(&[("a", 100), ("b", 110), ("c", 120)]));
    }

    #[test]
    fn the_end_of_the_range_is_used_before_renumbering() {
        let after = allocate(&routes(&[("a", 1), ("b", 2)]), &had(&[("a", 49_998)])).unwrap();
        assert_eq!(after.priorities, had(&[("a", 49_998), ("b", 49_999)]));
        assert!(!after.renumbered);
    }

    #[test]
    fn more_routes_than_priorities_are_refused() {
        let many = |count: u32| (0..count).map(|index| (index.to_string(), index)).collect::<Vec<_>>();
        assert_eq!(allocate(&many(HIGHEST), &BTreeMap::new()).unwrap().priorities.len(), HIGHEST as usize);
        assert_eq!(allocate(&many(HIGHEST + 1), &BTreeMap::new()), None);
    }

    fn any_routes() -> impl Strategy<Value = Vec<(String, u8)>> {
        prop::collection::btree_map("[a-e]{1,3}", 0_u8..12, 0..40).prop_map(|all| all.into_iter().collect())
    }

    fn any_existing() -> impl Strategy<Value = BTreeMap<String, u32>> {
        let number = prop_oneof![0_u32..60, 49_980_u32..50_010, 0_u32..60_000];
        prop::collection::btree_map("[a-e]{1,3}", number, 0..40)
    }

    fn in_order(routes: &[(String, u8)], priorities: &BTreeMap<String, u32>) -> bool {
        routes
            .iter()
            .all(|(a, before)| routes.iter().all(|(b, after)| before >= after || priorities[a] < priorities[b]))
    }

    proptest! {
        #[test]
        fn the_order_is_always_respected(wanted in any_routes(), existing in any_existing()) {
            let after = allocate(&wanted, &existing).unwrap().priorities;
            prop_assert_eq!(after.len(), wanted.len());
            prop_assert!(in_order(&wanted, &after));
            prop_assert!(after.values().all(|number| (1..=HIGHEST).contains(number)));
            let mut different: Vec<_> = after.values().collect();
            different.sort();
            different.dedup();
            prop_assert_eq!(different.len(), after.len());
        }

        #[test]
        fn a_second_run_changes_nothing(wanted in any_routes(), existing in any_existing()) {
            let first = allocate(&wanted, &existing).unwrap();
            let second = allocate(&wanted, &first.priorities).unwrap();
            prop_assert_eq!(&first.priorities, &second.priorities);
            prop_assert!(!second.renumbered);
        }

        #[test]
        fn the_order_of_the_spec_does_not_matter(wanted in any_routes(), existing in any_existing()) {
            let mut turned = wanted.clone();
            turned.reverse();
            prop_assert_eq!(allocate(&wanted, &existing), allocate(&turned, &existing));
        }

        #[test]
        fn one_more_route_changes_only_itself(wanted in any_routes(), rank in 0_u8..12) {
            let first = allocate(&wanted, &BTreeMap::new()).unwrap().priorities;
            let mut more = wanted;
            more.push(("new".into(), rank));
            let mut second = allocate(&more, &first).unwrap();
            prop_assert!(!second.renumbered);
            prop_assert!(second.priorities.remove("new").is_some());
            prop_assert_eq!(second.priorities, first);
        }

        #[test]
        fn one_route_less_changes_no_other(wanted in any_routes(), existing in any_existing()) {
            let first = allocate(&wanted, &existing).unwrap().priorities;
            let fewer = &wanted[wanted.len().min(1)..];
            let second = allocate(fewer, &first).unwrap().priorities;
            prop_assert!(second.iter().all(|(key, number)| first[key] == *number));
        }
    }
}
