//! Taking over what a supervisor before this one has left running.

use rustix::process::Signal;
use serde_json::json;

use super::{Supervisor, member::Member};
use crate::{
    error::Error,
    local::{
        desired::{MemberRecord, ProcessRecord, Stage},
        file,
        process::{Marked, ProcessId, marked},
    },
};

impl Supervisor {
    /// Takes over members and load balancer without touching them. What carries the mark of this folder and belongs to
    /// nobody is ended.
    pub(super) fn adopt(&mut self) -> Result<(), Error> {
        let marked = marked(&self.place);
        for record in self.place.read_members()? {
            let record = self.found(record, &marked)?;
            if record.stage == Stage::Stopping {
                // The one before may have written it down and died before it said so; to be told twice changes nothing.
                self.tell_to_stop(&record);
            }
            self.members.insert(record.instance.clone(), Member::new(record));
        }
        self.adopt_balancer(&marked)?;
        let about = json!({ "members": self.members.len(), "process": self.own.process });
        self.log.say("started", "took over what there is", about);
        Ok(())
    }

    fn tell_to_stop(&mut self, record: &MemberRecord) {
        let told = record.process.map_or(Ok(false), |process| process.signal(Signal::TERM));
        if let Err(error) = told {
            let about = json!({ "instance": record.instance });
            self.log.say("trouble", &format!("could not be signalled: {error}"), about);
        }
    }

    /// A member's record with the runner that really runs. One that was launched and not written down is found by its mark:
    /// the oldest process that has it is the runner, which started all others.
    fn found(&self, record: MemberRecord, marked: &[Marked]) -> Result<MemberRecord, Error> {
        let known = |process: &ProcessId| marked.iter().any(|one| one.process == *process);
        match record.process {
            Some(process) if known(&process) => Ok(record),
            Some(_) => Ok(MemberRecord { process: None, ..record }),
            None => {
                let process = marked.iter().find(|one| one.role == record.instance).map(|one| one.process);
                let stage =
                    if process.is_some() && record.stage == Stage::Launching { Stage::Running } else { record.stage };
                let record = MemberRecord { process, stage, ..record };
                file::write(&self.place.record(&record.instance), &record)?;
                Ok(record)
            }
        }
    }

    fn adopt_balancer(&mut self, marked: &[Marked]) -> Result<(), Error> {
        let balancer = marked.iter().find(|one| one.role == "balancer").map(|one| one.process);
        let Some(process) = balancer else { return Ok(()) };
        let recorded: Option<ProcessRecord> = file::read(&self.place.balancer())?;
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let unrecorded = ProcessRecord { process, version, since: self.world.clock.now() };
        let record = recorded.filter(|record| record.process == process).unwrap_or(unrecorded);
        file::write(&self.place.balancer(), &record)?;
        self.balancer.adopt(record);
        Ok(())
    }

    /// Ends what carries the mark of this folder and belongs to no member: the rest of one that has ended.
    pub(super) fn sweep(&mut self) {
        if !self.sweep_due() {
            return;
        }
        for Marked { process, role } in marked(&self.place) {
            if role == "supervisor" || role == "balancer" || self.members.contains_key(&role) {
                continue;
            }
            let about = json!({ "instance": role, "process": process });
            match process.signal(Signal::KILL) {
                Ok(true) => self.log.say("swept", "killed what a member left", about),
                Ok(false) => {}
                Err(error) => {
                    self.log.say("trouble", &format!("what a member left could not be killed: {error}"), about);
                }
            }
        }
    }

    /// Kills everything that carries a member's mark; gives how many processes there were.
    pub(super) fn kill_rest(&mut self, instance: &str) -> usize {
        let rest = marked(&self.place).into_iter().filter(|one| one.role == instance);
        rest.filter(|one| one.process.signal(Signal::KILL).unwrap_or(false)).count()
    }
}
