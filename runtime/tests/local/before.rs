//! The command that runs once before a rollout, while processes are killed.

use std::{fs, time::Duration};

use skiff_runtime::{
    ErrorKind, local,
    provider::{Fence, Motion as _, RunPhase, RunView},
};

use crate::world::{Local, fence};

fn asked(token: &str) -> Fence {
    Fence { token: token.into(), ..fence(1) }
}

impl Local {
    fn file(&self, name: &str) -> std::path::PathBuf {
        self.place().state().join(name)
    }

    /// The members that have begun the command.
    fn ran(&self) -> Vec<String> {
        fs::read_to_string(self.file("ran")).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    async fn run_before(&self, token: &str) {
        self.cloud.run_before(&self.slot("b"), &asked(token)).await.unwrap();
    }

    async fn run(&self, token: &str) -> Option<RunView> {
        self.cloud.before(&self.slot("b"), token).await.unwrap()
    }

    async fn until_ended(&self, token: &str) -> RunView {
        for _ in 0..2_000 {
            if let Some(run) = self.run(token).await.filter(|run| run.phase != RunPhase::Running) {
                return run;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it has not ended: {:?}\n{}", self.run(token).await, self.log());
    }

    async fn until_begun(&self, runs: usize) {
        while self.ran().len() < runs {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn holding() -> Local {
    let local = Local::new();
    local.up().await.unwrap();
    fs::write(local.file("hold"), "").unwrap();
    local
}

#[tokio::test]
async fn a_token_runs_once_and_its_member_is_there_while_it_does() {
    let local = holding().await;
    assert_eq!(local.run("one").await, None);
    for _ in 0..3 {
        local.run_before("one").await;
    }
    local.until_begun(1).await;
    let run = local.run("one").await.unwrap();
    assert_eq!((run.phase, run.exit), (RunPhase::Running, None));
    let members = local.until("b", "the run", |members| members.len() == 1).await;
    assert_eq!((Some(&members[0].instance), &*members[0].lifecycle), (run.instance.as_ref(), "pending"));
    assert_eq!(members[0].target_health, "unused");
    assert_eq!(local.cloud.capacity(&local.slot("b")).await.unwrap().desired, 0);
    // Members that serve come and go beside it.
    local.capacity("b", 1).await;
    local.until("b", "a member beside it", |members| members.len() == 2).await;
    local.capacity("b", 0).await;
    local.until("b", "the run alone", |members| members.len() == 1).await;
    fs::remove_file(local.file("hold")).unwrap();
    let ended = local.until_ended("one").await;
    assert_eq!((ended.phase, ended.exit, ended.reason), (RunPhase::Succeeded, Some(0), None));
    assert_eq!(ended.instance, run.instance);
    local.until("b", "nobody", <[_]>::is_empty).await;
    local.run_before("one").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(local.ran().len(), 1, "{:?}", local.ran());
    local.run_before("two").await;
    local.until_ended("two").await;
    assert_eq!(local.ran().len(), 2);
}

#[tokio::test]
async fn a_failure_is_told_with_its_code_and_not_repeated() {
    let local = Local::new();
    local.up().await.unwrap();
    fs::write(local.file("exit"), "3").unwrap();
    local.run_before("one").await;
    let ended = local.until_ended("one").await;
    assert_eq!((ended.phase, ended.exit), (RunPhase::Failed, Some(3)));
    assert_eq!(ended.reason.as_deref(), Some("ended with exit status 3"));
    local.run_before("one").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(local.ran().len(), 1);
    let stale = Fence { epoch: 0, ..asked("two") };
    let error = local.cloud.run_before(&local.slot("b"), &stale).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let error = local.cloud.run_before(&local.slot("z"), &asked("two")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_killed_supervisor_finds_the_run_again() {
    let local = holding().await;
    local.run_before("one").await;
    local.until_begun(1).await;
    let before = local.run("one").await;
    local.kill("supervisor");
    assert_eq!(local.run("one").await, before, "it is known without a supervisor");
    local.run_before("one").await;
    assert_eq!(local.run("one").await, before);
    // It may also end while nobody looks.
    local.kill("supervisor");
    fs::remove_file(local.file("hold")).unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    local.run_before("one").await;
    assert_eq!(local.until_ended("one").await.phase, RunPhase::Succeeded);
    assert_eq!(local.ran().len(), 1);
}

#[tokio::test]
async fn a_run_whose_runner_is_killed_has_failed_whoever_sees_it() {
    let local = holding().await;
    for (number, token) in ["seen", "not seen"].into_iter().enumerate() {
        local.run_before(token).await;
        local.until_begun(number + 1).await;
        let instance = local.run(token).await.unwrap().instance.unwrap();
        if token == "not seen" {
            local.kill("supervisor");
        }
        local.kill(&instance);
        local.run_before(token).await;
        let ended = local.until_ended(token).await;
        assert_eq!((ended.phase, ended.exit), (RunPhase::Failed, None));
        assert!(ended.reason.unwrap().contains("before it said how the command had ended"));
        local.until("b", "nobody", <[_]>::is_empty).await;
    }
    assert_eq!(local.ran().len(), 2);
}

#[tokio::test]
async fn a_run_ends_with_the_provider_and_is_not_begun_again_when_it_comes_back() {
    let local = holding().await;
    local.run_before("one").await;
    local.until_begun(1).await;
    local::down(&local.cloud).await.unwrap();
    assert_eq!(local.marked(), []);
    assert_eq!(local.run("one").await.unwrap().phase, RunPhase::Failed);
    local.up().await.unwrap();
    local.run_before("one").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(local.ran().len(), 1);
}

#[tokio::test]
async fn however_often_the_supervisor_is_killed_no_token_runs_twice() {
    let local = Local::new();
    local.up().await.unwrap();
    for number in 0..12_u64 {
        let token = format!("token-{number}");
        let asking = local.cloud.clone();
        let (slot, fence) = (local.slot("b"), asked(&token));
        let asked = tokio::spawn(async move { asking.run_before(&slot, &fence).await });
        tokio::time::sleep(Duration::from_millis(number * 3)).await;
        if let Some(supervisor) = local.marked().into_iter().find(|one| one.role == "supervisor") {
            let _ = supervisor.process.signal(rustix::process::Signal::KILL);
        }
        asked.await.unwrap().unwrap();
        // What was asked and not recorded is asked again, as an operation would.
        local.run_before(&token).await;
        let ended = local.until_ended(&token).await;
        let runs = local.ran();
        let own = runs.iter().filter(|instance| Some(*instance) == ended.instance.as_ref()).count();
        assert!(own <= 1 && (own == 1 || ended.phase == RunPhase::Failed), "{ended:?} {runs:?}");
    }
    let (runs, mut distinct) = (local.ran(), local.ran());
    distinct.sort();
    distinct.dedup();
    assert!(runs.len() <= 12 && distinct.len() == runs.len(), "{runs:?}");
}
