//! A small, steady load while something happens, and what it got.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde::Serialize;

use super::http::{Client, Reply};

/// How many clients ask at a time.
const CLIENTS: usize = 4;
/// How long each waits between two requests: about 130 a second, all together.
const PAUSE: Duration = Duration::from_millis(30);
/// How long the load goes on before and after what it accompanies.
const MARGIN: Duration = Duration::from_millis(700);

/// What the load got.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Tally {
    /// Requests that were sent.
    pub(super) requests: u64,
    /// Those that got no answer, or one that is no success.
    pub(super) failed: u64,
    /// Why the first few failed.
    pub(super) failures: Vec<String>,
    /// How many each version answered.
    pub(super) versions: BTreeMap<String, u64>,
    /// The slowest answer, in milliseconds.
    pub(super) slowest_ms: u128,
    /// Which version answered last in each of many equal parts of the time.
    #[serde(skip)]
    pub(super) seen: Vec<(Duration, String)>,
}

impl Tally {
    fn add(&mut self, at: Duration, reply: Result<Reply, String>) {
        self.requests += 1;
        let why = match reply {
            Ok(reply) => {
                let version = reply.version.unwrap_or_else(|| "nobody".into());
                *self.versions.entry(version.clone()).or_default() += 1;
                self.slowest_ms = self.slowest_ms.max(reply.took.as_millis());
                self.seen.push((at, version));
                if reply.well {
                    return;
                }
                reply.status
            }
            Err(why) => why,
        };
        self.failed += 1;
        if self.failures.len() < 5 {
            self.failures.push(why);
        }
    }
}

/// Sends requests while some work is done.
pub(super) async fn during<T>(client: &Client, work: impl Future<Output = T>) -> (T, Tally) {
    let (tally, begun) = (RefCell::new(Tally::default()), Instant::now());
    let until_done = async {
        tokio::time::sleep(MARGIN).await;
        let result = work.await;
        tokio::time::sleep(MARGIN).await;
        result
    };
    let forever = async {
        let one = || async {
            loop {
                let reply = client.get().await;
                tally.borrow_mut().add(begun.elapsed(), reply);
                tokio::time::sleep(PAUSE).await;
            }
        };
        let [first, second, third, fourth] = [(); CLIENTS].map(|()| one());
        tokio::join!(first, second, third, fourth);
    };
    let result = tokio::select! {
        result = until_done => result,
        () = forever => unreachable_rest().await,
    };
    (result, tally.into_inner())
}

/// The clients never end by themselves.
async fn unreachable_rest<T>() -> T {
    std::future::pending().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(version: &str, status: &str, took: u64) -> Result<Reply, String> {
        Ok(Reply {
            status: status.into(),
            well: status.starts_with('2'),
            version: Some(version.into()),
            body: String::new(),
            took: Duration::from_millis(took),
        })
    }

    #[test]
    fn what_is_no_success_has_failed() {
        let mut tally = Tally::default();
        let replies = [reply("v1", "200 OK", 3), reply("v2", "503 Service Unavailable", 9), Err("refused".into())];
        for answer in replies {
            tally.add(Duration::ZERO, answer);
        }
        assert_eq!((tally.requests, tally.failed, tally.slowest_ms), (3, 2, 9));
        assert_eq!(tally.failures, ["503 Service Unavailable", "refused"]);
        assert_eq!(tally.versions, [("v1".to_owned(), 1), ("v2".to_owned(), 1)].into());
    }
}
