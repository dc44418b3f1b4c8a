//! Members from launch to end, and processes that are killed.

use std::{collections::BTreeSet, fs, time::Duration};

use skiff_runtime::{
    ErrorKind,
    local::{self, codes, desired::Stage},
    provider::{self, Capacity, LogQuery, MemberView, Motion as _},
};

use crate::world::{Local, fence, runs};

#[tokio::test]
async fn members_come_and_go_with_the_capacity_of_their_slot() {
    let local = Local::new();
    let report = local.up().await.unwrap();
    assert!(report.started);
    assert!(report.applied.contains(&"web.target_group.a".to_owned()));
    local.capacity("a", 2).await;
    let members = local.until("a", "two members", |members| members.iter().filter(|one| runs(one)).count() == 2).await;
    let records = local.place().read_members().unwrap();
    let ports: BTreeSet<u16> = records.iter().flat_map(|record| record.all_ports().collect::<Vec<_>>()).collect();
    assert_eq!(ports.len(), 4, "each has a port for its application and one for its health: {records:?}");
    assert!(members.iter().all(|member| local.marked().iter().any(|one| one.role == member.instance)));
    local.capacity("a", 0).await;
    local.until("a", "no member", <[_]>::is_empty).await;
    let left: Vec<_> = local.marked().into_iter().filter(|one| one.role.starts_with("i-")).collect();
    assert_eq!(left, [], "a workload outlived its member");
    let report = local::down(&local.cloud).await.unwrap();
    assert!(report.ended.iter().any(|one| one.role == "supervisor"));
    assert_eq!(local.marked(), []);
}

#[tokio::test]
async fn a_second_up_changes_nothing() {
    let local = Local::new();
    let first = local.up().await.unwrap();
    let second = local.up().await.unwrap();
    assert!(!second.started && second.applied.is_empty() && second.removed.is_empty(), "{second:?}");
    assert_eq!(first.port, second.port);
    let differing = local::shape_differs(&local.ledger, &local.plan).await.unwrap();
    assert_eq!(differing, [] as [String; 0]);
}

#[tokio::test]
async fn a_killed_supervisor_is_revived_by_the_next_change_and_adopts_what_runs() {
    let local = Local::new();
    local.up().await.unwrap();
    local.capacity("a", 2).await;
    let before = local.until("a", "two members", |members| members.iter().filter(|one| runs(one)).count() == 2).await;
    let processes = local.marked().into_iter().filter(|one| one.role != "supervisor" && one.role != "balancer");
    let processes: Vec<_> = processes.collect();
    local.kill("supervisor");
    assert_eq!(local.members("a").await.len(), 2, "reads need no supervisor");
    local.weights(100, 0).await;
    let after: Vec<_> = local.members("a").await;
    assert_eq!(names(&before), names(&after));
    let still = local.marked();
    assert!(processes.iter().all(|one| still.contains(one)), "adoption ends nothing");
    local::down(&local.cloud).await.unwrap();
    assert_eq!(local.marked(), []);
}

#[tokio::test]
async fn a_member_whose_supervisor_died_before_it_was_told_to_stop_is_told_by_the_next_one() {
    let local = Local::new();
    local.up().await.unwrap();
    local.capacity("a", 1).await;
    let first = local.until("a", "a member", |members| members.iter().any(runs)).await[0].instance.clone();
    local.kill("supervisor");
    // What the supervisor had written down when it died, one moment before it sent the signal.
    let path = local.place().record(&first);
    let record = fs::read_to_string(&path).unwrap();
    fs::write(&path, record.replace("\"running\"", "\"stopping\"")).unwrap();
    let began = std::time::Instant::now();
    local.capacity("a", 1).await;
    local
        .until("a", "another member", |members| {
            members.iter().all(|one| one.instance != first) && members.iter().any(runs)
        })
        .await;
    assert!(began.elapsed() < Duration::from_secs(10), "it was killed when its grace was over: {}", local.log());
}

#[tokio::test]
async fn trouble_that_lasts_is_not_said_several_times_a_second() {
    let local = Local::new();
    local.up().await.unwrap();
    // No member's folder can be made where a file is.
    let members = local.place().member("");
    let _ = fs::remove_dir_all(&members);
    fs::write(members.parent().unwrap().join("members"), "in the way").unwrap();
    local.capacity("a", 1).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let said = local.log().matches("a member could not be launched").count();
    assert!((1..=2).contains(&said), "{said} times: {}", local.log());
    fs::remove_file(members.parent().unwrap().join("members")).unwrap();
    local.until("a", "a member", |members| members.iter().any(runs)).await;
}

#[tokio::test]
async fn a_killed_runner_is_replaced_and_leaves_nothing() {
    let local = Local::new();
    local.up().await.unwrap();
    local.capacity("a", 1).await;
    let first = local.until("a", "a member", |members| members.iter().any(runs)).await[0].instance.clone();
    // The oldest process with the mark of the member is its runner.
    tokio::time::sleep(Duration::from_millis(300)).await;
    local.kill(&first);
    let next = local
        .until("a", "another member", |members| members.iter().any(|one| one.instance != first && runs(one)))
        .await;
    assert!(next.iter().all(|one| one.instance != first), "{next:?}");
    assert!(local.marked().iter().all(|one| one.role != first), "its workload is left: {}", local.log());
}

#[tokio::test]
async fn a_member_that_refuses_is_not_launched_in_a_hurry_and_says_why() {
    let local = Local::new();
    local.up().await.unwrap();
    fs::write(local.place().state().join("refuse"), "").unwrap();
    local.capacity("a", 1).await;
    let members = local.until("a", "a refusal", |members| members.iter().any(|one| one.reason.is_some())).await;
    assert_eq!(members[0].lifecycle, "terminated");
    assert!(members[0].reason.as_ref().unwrap().contains(codes::MEMBER_ENDED.id), "{members:?}");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(names(&local.members("a").await), names(&members), "it was launched again at once");
    fs::remove_file(local.place().state().join("refuse")).unwrap();
    local.capacity("a", 1).await;
    local.until("a", "a member", |members| members.iter().any(runs)).await;
}

#[tokio::test]
async fn an_older_epoch_is_refused_and_a_slot_is_bounded() {
    let local = Local::new();
    local.up().await.unwrap();
    let capacity = Capacity { minimum: 0, desired: 0 };
    local.cloud.set_capacity(&local.slot("a"), capacity, &fence(7)).await.unwrap();
    let error = local.cloud.set_capacity(&local.slot("a"), capacity, &fence(6)).await.unwrap_err();
    assert_eq!((error.code(), error.kind()), (&provider::codes::FENCED, ErrorKind::Conflict));
    let many = Capacity { minimum: 0, desired: 1000 };
    let error = local.cloud.set_capacity(&local.slot("a"), many, &fence(7)).await.unwrap_err();
    assert_eq!(error.code(), &codes::BAD_CAPACITY);
    let error = local.cloud.set_capacity(&local.slot("z"), capacity, &fence(7)).await.unwrap_err();
    assert_eq!(error.code(), &provider::codes::MISSING);
}

#[tokio::test]
async fn down_works_without_a_supervisor() {
    let local = Local::new();
    local.up().await.unwrap();
    local.capacity("a", 1).await;
    local.until("a", "a member", |members| members.iter().any(runs)).await;
    local.kill("supervisor");
    let report = local::down(&local.cloud).await.unwrap();
    assert!(report.was_up);
    assert_eq!(local.marked(), []);
    let again = local::down(&local.cloud).await.unwrap();
    assert!(!again.was_up && again.ended.is_empty());
    let error = local.cloud.set_capacity(&local.slot("a"), Capacity::default(), &fence(1)).await.unwrap_err();
    assert_eq!((error.code(), error.kind()), (&codes::NOT_UP, ErrorKind::Unavailable));
}

#[tokio::test]
async fn what_was_wanted_is_wanted_after_down_and_up() {
    let local = Local::new();
    local.up().await.unwrap();
    local.capacity("b", 1).await;
    local.until("b", "a member", |members| members.iter().any(runs)).await;
    local::down(&local.cloud).await.unwrap();
    assert_eq!(local.cloud.capacity(&local.slot("b")).await.unwrap().desired, 1);
    local.up().await.unwrap();
    local.until("b", "a member", |members| members.iter().any(runs)).await;
}

#[tokio::test]
async fn replacing_a_member_brings_another_and_is_done_once() {
    let local = Local::new();
    local.up().await.unwrap();
    local.capacity("a", 1).await;
    let first = local.until("a", "a member", |members| members.iter().any(runs)).await[0].instance.clone();
    for _ in 0..2 {
        local.cloud.replace_member(&local.slot("a"), &first, &fence(1)).await.unwrap();
    }
    let next = local
        .until("a", "another", |members| members.len() == 1 && members[0].instance != first && runs(&members[0]))
        .await;
    local.cloud.replace_member(&local.slot("a"), &first, &fence(1)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(names(&local.members("a").await), names(&next));
}

#[tokio::test]
async fn logs_are_read_on_from_where_one_was() {
    let local = Local::new();
    local.up().await.unwrap();
    local.capacity("a", 2).await;
    local.until("a", "two members", |members| members.iter().filter(|one| runs(one)).count() == 2).await;
    let query = LogQuery { limit: 1, ..LogQuery::default() };
    let all = LogQuery { limit: 100, ..LogQuery::default() };
    let mut lines = Vec::new();
    for _ in 0..100 {
        lines = local.cloud.logs(&local.service(), &all).await.unwrap().lines;
        if lines.len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(lines.len(), 2);
    let newest = local.cloud.logs(&local.service(), &query).await.unwrap();
    assert_eq!(newest.lines, lines[1..]);
    let after = LogQuery { after: newest.next.clone(), ..all };
    let rest = local.cloud.logs(&local.service(), &after).await.unwrap();
    assert_eq!((rest.lines, rest.next), (Vec::new(), newest.next));
}

#[tokio::test]
async fn a_member_that_was_launched_and_not_written_down_is_found_by_its_mark() {
    let local = Local::new();
    local.up().await.unwrap();
    local.capacity("a", 1).await;
    let member = local.until("a", "a member", |members| members.iter().any(runs)).await[0].instance.clone();
    local.kill("supervisor");
    let mut record = local.place().read_members().unwrap().remove(0);
    let process = record.process.take();
    record.stage = Stage::Launching;
    fs::write(local.place().record(&member), serde_json::to_vec(&record).unwrap()).unwrap();
    local.up().await.unwrap();
    let found = local.place().read_members().unwrap().remove(0);
    assert_eq!(found.stage, Stage::Running);
    // The supervisor may have been killed before it wrote the process down by itself.
    assert!(found.process.is_some() && (process.is_none() || found.process == process), "{found:?} {process:?}");
}

fn names(members: &[MemberView]) -> Vec<String> {
    members.iter().map(|member| member.instance.clone()).collect()
}

#[tokio::test]
async fn what_a_member_uses_of_the_processor_is_known_from_the_second_look_on() {
    let local = Local::new();
    local.up().await.unwrap();
    local.capacity("a", 1).await;
    let idle = local.until("a", "an idle member", |members| members.iter().any(|one| one.cpu_permille.is_some())).await;
    assert!(idle[0].cpu_permille.unwrap() < 20, "{idle:?}");
    fs::write(local.place().state().join("spin"), "").unwrap();
    local.capacity("b", 1).await;
    let busy = |members: &[MemberView]| members.iter().any(|one| one.cpu_permille.is_some_and(|used| used > 50));
    local.until("b", "a busy member", busy).await;
}
