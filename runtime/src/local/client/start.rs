//! Starting the supervisor, and waiting until it answers.

use std::{
    fs::{self, File},
    io,
    process::{Child, Stdio},
    time::Duration,
};

use tokio::time::{Instant, sleep};

use crate::{
    error::{Error, ErrorKind},
    local::{
        LocalCloud,
        call::{Greeting, Refusal},
        codes,
        desired::Up,
        file,
        place::cannot_write,
        process,
    },
};

/// How long a supervisor may take until it answers: it reads a few files and binds two sockets.
const START: Duration = Duration::from_secs(30);
/// How long to wait before another is started, when one found the lock taken and nobody answers.
const AGAIN: Duration = Duration::from_millis(100);
/// How often it is looked whether it does.
const GLANCE: Duration = Duration::from_millis(20);

impl LocalCloud {
    /// A supervisor that answers: the one that runs, or a new one, which takes over whatever still runs.
    ///
    /// # Errors
    /// It did not start; what it said is in the message.
    pub(crate) async fn ensure(&self) -> Result<Greeting, Error> {
        if let Some(greeting) = self.hello().await? {
            return Ok(greeting);
        }
        file::remove(&self.place().failure())?;
        let mut child = self.spawn_supervisor()?;
        let deadline = Instant::now() + START;
        loop {
            if let Some(greeting) = self.hello().await? {
                return Ok(greeting);
            }
            match self.start_failed(&mut child)? {
                // The lock of one that was killed goes only when the kernel is done with it: try again until it has.
                Some(error) if error.code() == &codes::SECOND_SUPERVISOR && Instant::now() < deadline => {
                    sleep(AGAIN).await;
                    child = self.spawn_supervisor()?;
                }
                Some(error) => return Err(error),
                None => {}
            }
            if Instant::now() > deadline {
                return Err(self.not_started("it does not answer"));
            }
            sleep(GLANCE).await;
        }
    }

    fn spawn_supervisor(&self) -> Result<Child, Error> {
        let said = File::create(self.place().said()).map_err(|error| cannot_write(&self.place().said(), &error))?;
        let errors = said.try_clone().map_err(|error| cannot_write(&self.place().said(), &error))?;
        let mut command = process::command(&self.programs.supervisor, self.place(), "supervisor");
        command.arg("--state").arg(self.place().state()).stdout(said).stderr(Stdio::from(errors));
        command.spawn().map_err(|error| {
            let path = self.programs.supervisor.path.display();
            Error::new(&codes::NOT_STARTED, ErrorKind::Unavailable, format!("`{path}` could not be started: {error}"))
        })
    }

    /// Why the supervisor has ended, `None` while it has not.
    fn start_failed(&self, child: &mut Child) -> Result<Option<Error>, Error> {
        match child.try_wait() {
            Ok(None) => Ok(None),
            Ok(Some(status)) => match file::read::<Refusal>(&self.place().failure())?.map(Refusal::error) {
                Some(error) => Ok(Some(error)),
                None => Ok(Some(self.not_started(&format!("it ended with {status}")))),
            },
            Err(error) => Ok(Some(self.not_started(&error.to_string()))),
        }
    }

    fn not_started(&self, why: &str) -> Error {
        let said = fs::read_to_string(self.place().said()).unwrap_or_default();
        let last: Vec<&str> = said.lines().rev().filter(|line| !line.trim().is_empty()).take(3).collect();
        let said = last.into_iter().rev().collect::<Vec<_>>().join("; ");
        let said = if said.is_empty() { String::new() } else { format!("; it said: {said}") };
        Error::new(&codes::NOT_STARTED, ErrorKind::Unavailable, format!("the supervisor did not start: {why}{said}"))
            .hint(format!("look into `{}`", self.place().log().display()))
    }

    /// Writes down that the provider is meant to be up, and on which port.
    pub(crate) fn write_up(&self, up: Up) -> Result<(), Error> {
        let made = fs::create_dir_all(self.place().cloud());
        made.map_err(|error: io::Error| cannot_write(&self.place().cloud(), &error))?;
        file::write(&self.place().up(), &up)
    }
}
