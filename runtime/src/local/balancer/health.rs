//! Whether a target is fit to get requests: what checks add up to, and the loop that makes them.

use std::{sync::Arc, time::Duration};

use http::{Request, StatusCode, header};
use http_body_util::Empty;
use tokio::{net::TcpStream, time::Instant};

use super::{ask, configuration::Check, member::Member, report::TargetState, state::Balancer};

/// The time between checks of a target that is new or suspect: what waits for it should not wait long.
const SOON: Duration = Duration::from_millis(250);

/// What one check found.
pub(super) struct Observed {
    /// When it was begun.
    pub(super) begun: Instant,
    /// Good, or why not.
    pub(super) outcome: Result<(), String>,
}

/// What the checks of a target add up to.
#[derive(Debug)]
pub(super) struct Health {
    state: TargetState,
    since: Instant,
    in_a_row: u32,
    observed: bool,
    /// When a connection to it failed, if no check was good since.
    suspected: Option<Instant>,
    reason: Option<String>,
}

impl Health {
    pub(super) fn new(now: Instant) -> Self {
        let (state, reason) = (TargetState::Initial, Some("no check was made yet".to_owned()));
        Self { state, since: now, in_a_row: 0, observed: false, suspected: None, reason }
    }

    pub(super) fn is_good(&self) -> bool {
        self.state == TargetState::Healthy && self.suspected.is_none()
    }

    pub(super) fn was_observed(&self) -> bool {
        self.observed
    }

    pub(super) fn state(&self) -> TargetState {
        if self.suspected.is_some() { TargetState::Unhealthy } else { self.state }
    }

    pub(super) fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// A connection failed.
    pub(super) fn suspect(&mut self, why: &str, now: Instant) {
        self.suspected = Some(now);
        self.reason = Some(why.to_owned());
    }

    /// Takes in what a check found.
    pub(super) fn observe(&mut self, observed: &Observed, check: &Check) {
        self.observed = true;
        match &observed.outcome {
            Ok(()) => self.good(observed.begun, check),
            Err(why) => self.bad(why, observed.begun, check),
        }
    }

    fn good(&mut self, begun: Instant, check: &Check) {
        // A check that was begun before the connection failed says nothing about what came after.
        if self.suspected.is_some_and(|when| begun < when) {
            return;
        }
        self.suspected = None;
        match self.state {
            TargetState::Unhealthy => {
                self.in_a_row += 1;
                if self.in_a_row >= check.healthy {
                    self.become_state(TargetState::Healthy);
                }
            }
            TargetState::Healthy => self.in_a_row = 0,
            TargetState::Initial | TargetState::Draining => self.become_state(TargetState::Healthy),
        }
        if self.state == TargetState::Healthy {
            self.reason = None;
        }
    }

    fn bad(&mut self, why: &str, now: Instant, check: &Check) {
        self.reason = Some(why.to_owned());
        match self.state {
            TargetState::Unhealthy => self.in_a_row = 0,
            TargetState::Healthy => {
                self.in_a_row += 1;
                if self.in_a_row >= check.unhealthy {
                    self.become_state(TargetState::Unhealthy);
                }
            }
            TargetState::Initial | TargetState::Draining => {
                // Its checks come faster than usual, so time decides rather than their number.
                let enough = Duration::from_millis(check.interval_ms) * check.unhealthy;
                if now.duration_since(self.since) >= enough {
                    self.become_state(TargetState::Unhealthy);
                }
            }
        }
    }

    fn become_state(&mut self, state: TargetState) {
        self.state = state;
        self.in_a_row = 0;
    }

    pub(super) fn until_next_check(&self, check: &Check) -> Duration {
        let interval = Duration::from_millis(check.interval_ms);
        let soon = self.state == TargetState::Initial || self.suspected.is_some();
        if soon { interval.min(SOON) } else { interval }
    }
}

/// Checks a member for as long as it is a target.
pub(super) async fn watch(balancer: Arc<Balancer>, member: Arc<Member>) {
    loop {
        let begun = Instant::now();
        let outcome = check_once(&member).await;
        if member.observe(&Observed { begun, outcome }) {
            balancer.someone_became_eligible();
        }
        member.pool.sweep();
        tokio::select! {
            () = tokio::time::sleep(member.until_next_check()) => {}
            () = member.poke.notified() => {}
        }
    }
}

async fn check_once(member: &Member) -> Result<(), String> {
    let check = member.check();
    let longest = Duration::from_millis(check.timeout_ms);
    let asked = tokio::time::timeout(longest, status(member, &check)).await;
    let status = asked.map_err(|_| format!("the health check got no answer within {} ms", check.timeout_ms))??;
    if is_good(&check.codes, status.as_u16()) {
        return Ok(());
    }
    Err(format!("the health check got {}, wanted {}", status.as_u16(), check.codes))
}

async fn status(member: &Member, check: &Check) -> Result<StatusCode, String> {
    let address = member.target.health;
    let failed = |error: &dyn std::fmt::Display| format!("the health check at {address} failed: {error}");
    let stream = TcpStream::connect(address).await.map_err(|error| failed(&error))?;
    let request = Request::get(check.path.as_str())
        .header(header::HOST, address.to_string())
        .header(header::USER_AGENT, "skiff-health-check")
        .header(header::CONNECTION, "close")
        .body(Empty::<bytes::Bytes>::new())
        .map_err(|error| failed(&error))?;
    let answer = ask::exchange(stream, request, |response| async move { Ok(response.status()) });
    answer.await.map_err(|error| failed(&error))
}

/// Whether codes are written as they should be: numbers and ranges with commas.
pub(super) fn are_codes(codes: &str) -> bool {
    let number = |text: &str| text.len() == 3 && text.parse::<u16>().is_ok_and(|code| (100..600).contains(&code));
    codes.split(',').all(|part| part.split_once('-').map_or(number(part), |(from, to)| number(from) && number(to)))
}

fn is_good(codes: &str, status: u16) -> bool {
    let number = |text: &str| text.parse::<u16>().unwrap_or_default();
    codes.split(',').any(|part| match part.split_once('-') {
        Some((from, to)) => (number(from)..=number(to)).contains(&status),
        None => number(part) == status,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check() -> Check {
        let codes = "200,204-206".into();
        Check { path: "/".into(), codes, interval_ms: 1_000, timeout_ms: 500, healthy: 2, unhealthy: 3 }
    }

    struct Case {
        health: Health,
        now: Instant,
    }

    impl Case {
        fn new() -> Self {
            let now = Instant::now();
            Self { health: Health::new(now), now }
        }

        fn see(&mut self, good: bool, after_ms: u64) -> TargetState {
            self.now += Duration::from_millis(after_ms);
            let outcome = if good { Ok(()) } else { Err("no".to_owned()) };
            self.health.observe(&Observed { begun: self.now, outcome }, &check());
            self.health.state()
        }
    }

    #[test]
    fn a_new_target_needs_one_good_check_and_an_unhealthy_one_as_many_as_it_says() {
        let mut case = Case::new();
        assert_eq!(case.see(false, 10), TargetState::Initial);
        assert_eq!(case.see(true, 10), TargetState::Healthy);
        assert_eq!((case.see(false, 10), case.see(false, 10)), (TargetState::Healthy, TargetState::Healthy));
        assert_eq!(case.see(true, 10), TargetState::Healthy);
        assert_eq!((case.see(false, 10), case.see(false, 10)), (TargetState::Healthy, TargetState::Healthy));
        assert_eq!(case.see(false, 10), TargetState::Unhealthy);
        assert_eq!((case.see(true, 10), case.see(false, 10)), (TargetState::Unhealthy, TargetState::Unhealthy));
        assert_eq!((case.see(true, 10), case.see(true, 10)), (TargetState::Unhealthy, TargetState::Healthy));
    }

    #[test]
    fn a_new_target_that_stays_bad_is_unhealthy_in_the_end() {
        let mut case = Case::new();
        assert_eq!((case.see(false, 1_000), case.see(false, 1_999)), (TargetState::Initial, TargetState::Initial));
        assert_eq!(case.see(false, 1), TargetState::Unhealthy);
        assert_eq!(case.health.until_next_check(&check()), Duration::from_secs(1));
    }

    #[test]
    fn suspicion_ends_with_a_good_check_that_was_begun_after_it() {
        let mut case = Case::new();
        case.see(true, 10);
        let before = case.now;
        case.health.suspect("refused", before + Duration::from_millis(5));
        assert!(!case.health.is_good() && case.health.until_next_check(&check()) == SOON);
        case.health.observe(&Observed { begun: before, outcome: Ok(()) }, &check());
        assert!(!case.health.is_good() && case.health.reason() == Some("refused"));
        case.see(true, 20);
        assert!(case.health.is_good() && case.health.reason().is_none());
    }

    #[test]
    fn codes_are_numbers_and_ranges() {
        assert!(is_good("200,204-206", 205) && is_good("200", 200) && !is_good("200,204-206", 203));
        assert!(
            are_codes("200-299,301") && !are_codes("") && !are_codes("2xx") && !are_codes("200-") && !are_codes("999")
        );
    }
}
