//! A member as the supervisor holds it: its record, and what no later supervisor needs to know.

use std::{
    process::{Child, ExitStatus},
    time::Instant,
};

use crate::local::{
    desired::{MemberRecord, Stage},
    process::ProcessId,
};

/// One member.
pub(super) struct Member {
    /// What is on the disk.
    pub(super) record: MemberRecord,
    /// Its runner when this supervisor has started it, absent when it was adopted.
    child: Option<Child>,
    /// Since when it is in its stage, as far as this supervisor knows.
    pub(super) since: Instant,
    /// When another may take its place, once it has ended by itself.
    pub(super) replace_at: Option<Instant>,
}

/// How a runner ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// With this exit code.
    Code(i32),
    /// By this signal.
    Signal(i32),
    /// Nobody saw how: another supervisor had started it.
    Unseen,
    /// It could not even be started.
    NotStarted,
}

impl Ended {
    /// Whether it refused what it was given, and would again.
    pub(super) fn refused(self) -> bool {
        self == Self::Code(10)
    }

    /// Whether it left because its slot was assigned anew.
    pub(super) fn left(self) -> bool {
        self == Self::Code(6)
    }

    /// Whether nothing of the release has run: its runner was not started, or ended with what says nothing of the release.
    pub(super) fn before_anything_ran(self) -> bool {
        matches!(self, Self::NotStarted | Self::Code(7))
    }

    /// In words.
    pub(super) fn words(self) -> String {
        match self {
            Self::Code(code) => format!("its runner ended by itself with exit code {code}"),
            Self::Signal(signal) => format!("its runner was ended by signal {signal}"),
            Self::Unseen => "its runner ended by itself".into(),
            Self::NotStarted => "its runner could not be started".into(),
        }
    }
}

impl From<ExitStatus> for Ended {
    fn from(status: ExitStatus) -> Self {
        use std::os::unix::process::ExitStatusExt as _;
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Code(code),
            (None, Some(signal)) => Self::Signal(signal),
            (None, None) => Self::Unseen,
        }
    }
}

impl Member {
    /// A member by its record.
    pub(super) fn new(record: MemberRecord) -> Self {
        Self { record, child: None, since: Instant::now(), replace_at: None }
    }

    /// Takes over the runner that was just started.
    pub(super) fn started(&mut self, child: Child) {
        self.record.process = i32::try_from(child.id()).ok().and_then(ProcessId::of);
        self.child = Some(child);
    }

    /// How its runner ended, `None` while it lives.
    pub(super) fn ended(&mut self) -> Option<Ended> {
        if let Some(child) = &mut self.child {
            return match child.try_wait() {
                Ok(None) => None,
                Ok(Some(status)) => Some(Ended::from(status)),
                Err(_) => Some(Ended::Unseen),
            };
        }
        match self.record.process {
            Some(process) if process.is_alive() => None,
            _ => Some(Ended::Unseen),
        }
    }

    /// Whether it counts for its slot's capacity.
    pub(super) fn is_active(&self) -> bool {
        matches!(self.record.stage, Stage::Launching | Stage::Running)
    }
}
