//! One question to the supervisor, repeated when the supervisor died under it.

use std::{io, time::Duration};

use http::{Method, StatusCode};

use crate::{
    error::{Error, ErrorKind},
    local::{
        LocalCloud,
        call::{Answer, Call, Greeting, PATH},
        codes,
        desired::Up,
        file, socket,
    },
    provider,
};

/// How long the supervisor may take for an answer; it acts at once and waits for nobody but the load balancer.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a question is asked anew after the supervisor died under it.
const ATTEMPTS: u32 = 5;

impl LocalCloud {
    /// Who the supervisor is; `None` when nobody answers.
    ///
    /// # Errors
    /// An answer that means nothing here.
    pub async fn hello(&self) -> Result<Option<Greeting>, Error> {
        match self.ask_once(&Call::Hello).await {
            Ok(Answer::Hello(greeting)) => Ok(Some(greeting)),
            Ok(answer) => Err(bad_answer(&format!("{answer:?}"))),
            Err(Trouble::Unreachable(_)) => Ok(None),
            Err(Trouble::Answered(error)) => Err(error),
        }
    }

    /// Asks for a change. Every call may be repeated, so a supervisor that died under it is started again and asked anew.
    pub(crate) async fn change(&self, call: &Call) -> Result<(), Error> {
        let mut last = None;
        for _ in 0..ATTEMPTS {
            match self.ask_once(call).await {
                Ok(Answer::Done) => return Ok(()),
                Ok(Answer::Refused(refusal)) => return Err(refusal.error()),
                Ok(Answer::Hello(_)) => return Err(bad_answer("a greeting")),
                Err(Trouble::Answered(error)) => return Err(error),
                Err(Trouble::Unreachable(error)) => last = Some(error),
            }
            self.revive().await?;
        }
        let why = last.map_or_else(String::new, |error| format!(": {error}"));
        let message = format!("the supervisor on `{}` did not answer{why}", self.place().supervisor_socket().display());
        Err(Error::new(&provider::codes::UNAVAILABLE, ErrorKind::Unavailable, message)
            .hint("look at `skiff local status`, then run the same command again"))
    }

    /// Starts the supervisor again when it is meant to be up; a provider that nobody started stays down.
    async fn revive(&self) -> Result<(), Error> {
        if file::read::<Up>(&self.place().up())?.is_none() {
            let message = format!("nothing runs for the state folder `{}`", self.place().state().display());
            let error = Error::new(&codes::NOT_UP, ErrorKind::Unavailable, message);
            return Err(error.hint("start it with `skiff local up`, then run the same command again"));
        }
        self.ensure().await.map(|_| ())
    }

    async fn ask_once(&self, call: &Call) -> Result<Answer, Trouble> {
        let body = serde_json::to_vec(call).map_err(|error| Trouble::Answered(bad_answer(&error.to_string())))?;
        let socket = self.place().supervisor_socket();
        let asked = socket::ask(&socket, Method::POST, PATH, body, PATIENCE).await;
        let (status, body) = asked.map_err(Trouble::Unreachable)?;
        if status == StatusCode::SERVICE_UNAVAILABLE {
            return Err(Trouble::Unreachable(io::Error::other("it is ending")));
        }
        serde_json::from_slice(&body).map_err(|error| Trouble::Answered(bad_answer(&error.to_string())))
    }
}

enum Trouble {
    /// Nobody answered; it may have been done.
    Unreachable(io::Error),
    /// Somebody answered what cannot be used.
    Answered(Error),
}

fn bad_answer(what: &str) -> Error {
    Error::new(&codes::BAD_ANSWER, ErrorKind::Internal, format!("the supervisor answered what cannot be read: {what}"))
        .hint("run `skiff local down`, then `skiff local up`")
}
