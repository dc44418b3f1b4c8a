//! The `before` command of a release: a member that runs it once and ends.
//!
//! Its record, with the token in it, is on the disk before its runner is started, and how it ended is on the disk before that record
//! goes. So a token is started at most once, whoever is killed when. It counts for no capacity and gets no request.

use std::{fs, io, path::PathBuf, time::SystemTime};

use serde_json::json;
use skiff_wire::BeforeOutcome;

use super::{Supervisor, member::Ended};
use crate::{
    error::{Error, ErrorKind},
    local::{
        desired::{RunRecord, Stage},
        file,
    },
    provider::{self, SlotAddress},
};

/// How many ends are remembered: far more than operations that could still ask.
const REMEMBERED: usize = 100;

impl Supervisor {
    /// Runs the command, unless this token has run it or is running it.
    pub(super) async fn run_before(&mut self, slot: &SlotAddress, token: &str) -> Result<(), Error> {
        let knows = |service: &crate::local::desired::ServiceDesired| service.facts.slots.contains_key(&slot.slot);
        if !self.cloud.service(&slot.service).is_some_and(knows) {
            let message = format!("there is no slot `{}` of `{}` on this machine", slot.slot, slot.service.service);
            return Err(Error::new(&provider::codes::MISSING, ErrorKind::NotFound, message)
                .hint("apply the shape with `skiff local up`"));
        }
        let runs = self.members.values().any(|member| member.record.before.as_deref() == Some(token));
        if runs || file::read::<RunRecord>(&self.place.run(token))?.is_some() {
            return Ok(());
        }
        self.launch(slot, Some(token.to_owned())).await
    }

    /// Writes down how a command ended, and lets its member go. What could not be written is tried again at the next look.
    pub(super) fn run_ended(&mut self, instance: &str, how: Ended) {
        let Some(token) = self.members.get(instance).and_then(|member| member.record.before.clone()) else { return };
        let outcome = file::read(&self.place.member(instance).join(BeforeOutcome::FILE)).ok().flatten();
        let outcome = outcome.unwrap_or_else(|| BeforeOutcome { exit: None, reason: Some(unsaid(how)) });
        let about = json!({ "instance": instance, "exit": outcome.exit });
        let record = RunRecord { token, instance: instance.to_owned(), ended_at: self.world.clock.now(), outcome };
        if let Err(error) = file::write(&self.place.run(&record.token), &record) {
            return self.complain("the end of a command before a rollout could not be written down", &error);
        }
        self.log.say("before-ended", "the command before a rollout has ended", about);
        self.forget(instance);
        if let Err(error) = forget_oldest(&self.place.runs()) {
            self.log.say("trouble", &format!("old ends of commands could not be removed: {error}"), json!({}));
        }
    }

    /// Everything ends, and so do they.
    pub(super) fn end_runs(&mut self) {
        let runs = self.members.values().filter(|member| member.record.before.is_some() && member.is_active());
        let runs: Vec<String> = runs.map(|member| member.record.instance.clone()).collect();
        runs.iter().for_each(|instance| self.advance(instance, Stage::Draining));
    }
}

fn unsaid(how: Ended) -> String {
    format!("{} before it said how the command had ended", how.words())
}

fn forget_oldest(folder: &std::path::Path) -> io::Result<()> {
    let mut ends: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        ends.push((entry.metadata()?.modified()?, entry.path()));
    }
    ends.sort();
    let many = ends.len().saturating_sub(REMEMBERED);
    ends.into_iter().take(many).try_for_each(|(_, path)| fs::remove_file(path))
}
