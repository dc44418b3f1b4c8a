//! The walk itself, step by step, and its end in every case.

use std::path::PathBuf;

use serde_json::{Value, json};
use skiff_wire::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

use super::{
    folder::Folder,
    http::Client,
    load::{self, Tally},
    stage::{Ran, Shell},
    tell::Teller,
};
use crate::{failure::Failure, outcome::Outcome};

/// What a walk is asked for.
pub(crate) struct Walk {
    /// Where the project is made; a fresh temporary folder when none is named.
    pub(crate) folder: Option<PathBuf>,
    /// Whether everything stays, and goes on running.
    pub(crate) keep: bool,
    /// The port of the load balancer, 0 for any that is free.
    pub(crate) port: u16,
    /// Whether only the end is told, to a program.
    pub(crate) silent: bool,
    /// Whether to colour.
    pub(crate) color: bool,
}

/// What is at hand on the way.
struct Guide {
    teller: Teller,
    shell: Shell,
    folder: Folder,
    stages: Vec<Value>,
    headings: usize,
    loads: Vec<Tally>,
}

/// Walks, and cleans up.
pub(crate) async fn walk(walk: &Walk) -> Result<Outcome, Failure> {
    let begun = std::time::Instant::now();
    let executable = std::env::current_exe()
        .map_err(|error| Failure::defect(format!("the path of this executable is not known: {error}")))?;
    let teller = Teller::new(walk.silent, walk.color);
    let folder = Folder::make(walk.folder.as_deref(), &executable)?;
    let shell = Shell::new(&executable, folder.path());
    let mut guide = Guide { teller, shell, folder, stages: Vec::new(), headings: 0, loads: Vec::new() };
    let walked = tokio::select! {
        walked = guide.go(walk) => walked,
        () = told_to_stop() => Err(Failure::new("INTERRUPTED", ExitCode::Interrupted, "the quickstart was interrupted")),
    };
    let ended = guide.end(walk, walked.is_ok()).await;
    match (walked, ended) {
        (Ok(()), Ok(())) => Ok(guide.outcome(walk, begun.elapsed())),
        (Ok(()), Err(failure)) | (Err(failure), Ok(())) => Err(failure),
        (Err(failure), Err(also)) => Err(failure.and(also)),
    }
}

impl Guide {
    async fn go(&mut self, walk: &Walk) -> Result<(), Failure> {
        self.introduce(walk);
        self.keys().await?;
        let client = self.up(walk.port).await?;
        self.first_release(&client).await?;
        self.second_release(&client).await?;
        self.rollback(&client).await?;
        self.look_back().await
    }

    fn introduce(&mut self, walk: &Walk) {
        let path = self.folder.path().display().to_string();
        self.teller.line("Deploy, release again, roll back: all of it on this machine, without a cloud.");
        let stays = if walk.keep { "and stays there" } else { "and is removed in the end; --keep keeps it" };
        self.teller.line(&format!("Everything is in {path}\n{stays}."));
        self.heading("A project");
        self.teller.remark("skiff.yaml   one web service with two members");
        self.teller.remark("bundle/      what is released: this very program, as an example service");
        self.teller.remark("passphrase   what the signing key is encrypted with");
    }

    fn heading(&mut self, text: &str) {
        self.headings += 1;
        self.teller.heading(self.headings, text);
    }

    /// Runs a command line and keeps what it left.
    async fn skiff(&mut self, words: &[&str]) -> Result<(), Failure> {
        let ran = self.shell.run(words, &self.teller).await?;
        self.remember(ran);
        Ok(())
    }

    fn remember(&mut self, ran: Ran) {
        let argv: Vec<_> = std::iter::once("skiff".to_owned()).chain(ran.words).collect();
        self.stages.push(json!({ "argv": argv, "result": ran.envelope }));
    }

    /// The same while requests come in.
    async fn skiff_under_load(&mut self, client: &Client, words: &[&str]) -> Result<(), Failure> {
        let (ran, tally) = load::during(client, self.shell.run(words, &self.teller)).await;
        self.remember(ran?);
        self.teller.load(&tally);
        self.loads.push(tally);
        Ok(())
    }

    async fn keys(&mut self) -> Result<(), Failure> {
        self.heading("A signing key, and a root of trust that lets it sign");
        self.skiff(&["keys", "new", "me"]).await?;
        self.skiff(&["keys", "enroll", "me"]).await
    }

    async fn up(&mut self, port: u16) -> Result<Client, Failure> {
        self.heading("A load balancer, and somebody who looks after the members");
        self.skiff(&["local", "up", "--port", &port.to_string()]).await?;
        let status = self.shell.ask(&["local", "status"]).await?;
        let port = status["data"]["port"].as_u64().and_then(|port| u16::try_from(port).ok());
        port.map(Client::new).ok_or_else(|| Failure::defect("`skiff local status` names no port of the load balancer"))
    }

    async fn first_release(&mut self, client: &Client) -> Result<(), Failure> {
        self.heading("The first release");
        self.skiff(&["deploy", "--label", "v1"]).await?;
        self.curl(client).await
    }

    async fn second_release(&mut self, client: &Client) -> Result<(), Failure> {
        self.heading("The second release, while requests come in");
        self.teller.shell("sed -i 's/VERSION: v1/VERSION: v2/' skiff.yaml");
        self.folder.edit("VERSION: v1", "VERSION: v2")?;
        self.skiff_under_load(client, &["deploy", "--label", "v2"]).await?;
        self.curl(client).await
    }

    async fn rollback(&mut self, client: &Client) -> Result<(), Failure> {
        self.heading("Back to the first, while requests come in");
        self.skiff_under_load(client, &["rollback"]).await?;
        self.curl(client).await
    }

    async fn look_back(&mut self) -> Result<(), Failure> {
        self.heading("What happened");
        self.skiff(&["status"]).await?;
        self.skiff(&["events", "--limit", "30"]).await?;
        self.teller.line("");
        self.teller.remark("Worth a look in that folder:");
        self.teller.remark(".skiff/trust/                        who may sign, signed");
        self.teller.remark(".skiff/quickstart/default/services/  releases, members, who holds what");
        self.teller.remark(".skiff/quickstart/default/operations/  each step of each deployment");
        self.teller.remark(".skiff/local/                        processes and logs of this machine");
        Ok(())
    }

    /// Asks the service as anybody would, and shows the answer.
    async fn curl(&mut self, client: &Client) -> Result<(), Failure> {
        let url = client.url();
        let failed =
            |why: String| Failure::new("NO_ANSWER", ExitCode::Provider, format!("`{url}` gave no answer: {why}"));
        let reply = client.get().await.map_err(failed)?;
        self.teller.line("");
        self.teller.shell(&format!("curl -i {url}"));
        self.teller.relayed(&format!("HTTP/1.1 {}", reply.status));
        self.teller.relayed(&format!("x-version: {}", reply.version.as_deref().unwrap_or("?")));
        reply.body.lines().for_each(|line| self.teller.relayed(line));
        let shown = json!({ "status": reply.status, "version": reply.version, "body": reply.body });
        self.stages.push(json!({ "argv": ["curl", "-i", url], "result": shown }));
        Ok(())
    }

    /// Ends what was started and removes what was made, unless all went well and it is to be kept.
    async fn end(&mut self, walk: &Walk, well: bool) -> Result<(), Failure> {
        if walk.keep {
            self.how_to_go_on(well);
            return Ok(());
        }
        self.heading(if well { "Leaving nothing behind" } else { "Cleaning up" });
        self.teller.typed(&["local", "down"]);
        let path = self.folder.path().display().to_string();
        self.shell.down().await.map_err(|failure| {
            failure.hint(format!("what is left is in `{path}`: `skiff local down --state {path}/.skiff`"))
        })?;
        self.teller.shell(&format!("rm -r {path}"));
        self.folder.remove()
    }

    fn how_to_go_on(&mut self, well: bool) {
        self.heading(if well { "Your turn" } else { "What is left, to be looked at" });
        let path = self.folder.path().display().to_string();
        self.teller.shell(&format!("cd {path}"));
        for (name, value) in self.shell.variables() {
            self.teller.shell(&format!("export {name}={}", value.display()));
        }
        for line in ["skiff status", "skiff logs -f", "skiff deploy", "skiff local down"] {
            self.teller.shell(line);
        }
    }

    fn outcome(self, walk: &Walk, took: std::time::Duration) -> Outcome {
        let sum = |part: fn(&Tally) -> u64| self.loads.iter().map(part).sum::<u64>();
        let (requests, failed) = (sum(|tally| tally.requests), sum(|tally| tally.failed));
        let told = format!("deployed, released again and rolled back; {requests} requests meanwhile, {failed} failed");
        let (code, exit) =
            if failed == 0 { ("WALKED", ExitCode::Done) } else { ("REQUESTS_FAILED", ExitCode::Attention) };
        self.teller.line(&format!("\nDone in {:.0} s: {told}.", took.as_secs_f64()));
        let kept = walk.keep.then(|| self.folder.path().display().to_string());
        Outcome::new(code, exit, told)
            .body("")
            .data(json!({ "stages": self.stages, "loads": self.loads, "kept": kept }))
            .fact("requests", requests.to_string())
            .fact("failed_requests", failed.to_string())
    }
}

/// Returns when the process is told to stop: Ctrl-C, or SIGTERM.
async fn told_to_stop() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! { _ = interrupt.recv() => (), _ = terminate.recv() => () }
}
