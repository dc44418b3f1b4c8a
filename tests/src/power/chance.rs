//! Chance from a seed, the same everywhere: Steele, Lea and Flood's SplitMix64 (OOPSLA 2014), and what is drawn from it.

/// A stream of numbers that its seed gives.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// A stream of its own for each seed and place.
    #[must_use]
    pub fn new(seed: u64, place: u64) -> Self {
        let mut chance = Self(seed);
        chance.0 ^= chance.next().wrapping_add(place.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number above 0 and at most 1.
    #[allow(clippy::cast_precision_loss, reason = "53 bits are kept")]
    fn share(&mut self) -> f64 {
        ((self.next() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// A time that is spread like those between independent events, with this average.
    pub fn time(&mut self, average: f64) -> f64 {
        -self.share().ln() * average
    }

    /// How many of so many independent trials come out, each with this probability: by the distances between them.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a distance is positive; too far is far enough"
    )]
    pub fn of(&mut self, trials: u32, probability: f64) -> u32 {
        let (mut place, mut count) = (0_u64, 0);
        if probability <= 0.0 {
            return 0;
        }
        loop {
            let distance = (self.share().ln() / (1.0 - probability).ln()).floor() as u64;
            place = place.saturating_add(distance).saturating_add(1);
            if place > u64::from(trials) {
                return count;
            }
            count += 1;
        }
    }
}
