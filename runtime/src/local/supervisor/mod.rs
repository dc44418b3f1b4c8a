//! The supervisor: the process that is "the cloud" of one state folder.

use std::path::PathBuf;

use crate::{
    error::{Error, ErrorKind},
    local::{Place, Programs, codes},
};

/// How a supervisor is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuperviseOptions {
    /// The state folder.
    pub state: PathBuf,
    /// What it starts.
    pub programs: Programs,
}

/// Supervises until it is told to stop.
///
/// # Errors
/// Another supervisor, a port that is taken, a folder that cannot be written.
pub async fn supervise(options: SuperviseOptions) -> Result<(), Error> {
    let place = Place::of(&options.state);
    end_all(&place, &options.programs).await
}

/// Ends everything of a state folder whose supervisor is dead.
pub(crate) async fn end_all(place: &Place, programs: &Programs) -> Result<(), Error> {
    let message = format!("`{}` of `{}`", place.state().display(), programs.supervisor.path.display());
    Err(Error::new(&codes::NOT_UP, ErrorKind::Unavailable, message))
}
