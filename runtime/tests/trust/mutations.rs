//! Whatever byte of an envelope is changed: it is refused, or says exactly the same.

use proptest::prelude::*;
use skiff_runtime::ErrorKind;

use crate::scene::{release, statement, verified};

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_byte_changes_nothing_or_is_refused(place in any::<prop::sample::Index>(), value in any::<u8>()) {
        let whole = release(&statement());
        let mut changed = whole.clone();
        let place = place.index(changed.len());
        changed[place] = value;
        judged(&whole, &changed)?;
    }

    #[test]
    fn so_is_one_that_was_cut_or_stretched(
        place in any::<prop::sample::Index>(),
        length in 0_usize..40,
        bytes in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let whole = release(&statement());
        let place = place.index(whole.len());
        let end = (place + length).min(whole.len());
        let changed = [&whole[..place], &bytes, &whole[end..]].concat();
        judged(&whole, &changed)?;
    }

    #[test]
    fn and_no_bytes_at_all_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(verified(&bytes).is_err());
    }
}

fn judged(whole: &[u8], changed: &[u8]) -> Result<(), TestCaseError> {
    match verified(changed) {
        Ok(found) => prop_assert_eq!(found, verified(whole).unwrap()),
        Err(error) => prop_assert_eq!(error.kind(), ErrorKind::VerificationFailed),
    }
    Ok(())
}
