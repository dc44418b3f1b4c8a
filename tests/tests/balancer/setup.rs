//! A load balancer of a test, in front of targets of a test.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use skiff_runtime::{
    Error,
    local::balancer::{
        Action, Check, Client, Configuration, Group, Rule, SCHEMA, Target, TargetState, Weighted, serve,
    },
    world::World,
};
use skiff_tests::load::{Load, Options};
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// A load balancer in this process, ended with the test.
pub struct Balanced {
    pub address: SocketAddr,
    pub client: Client,
    pub task: JoinHandle<Result<(), Error>>,
    pub configuration: Configuration,
    _folder: TempDir,
}

impl Balanced {
    /// With a configuration in effect from the start.
    pub async fn start(configuration: Configuration) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let control = folder.path().join("control.sock");
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let initial = Some(configuration.clone());
        let own = control.clone();
        let task = tokio::spawn(async move { serve(listener, &own, initial, World::real()).await });
        let balanced = Self { address, client: Client::new(&control), task, configuration, _folder: folder };
        eventually("the control socket answers", async || balanced.client.traffic().await.is_ok()).await;
        balanced
    }

    /// In front of groups `a` and `b` of these weights.
    pub async fn of(groups: &[(&str, &[Target], u32)]) -> Self {
        Self::start(configuration(groups)).await
    }

    /// Changes the configuration, and gives it its next revision.
    pub async fn change(&mut self, change: impl FnOnce(&mut Configuration)) {
        change(&mut self.configuration);
        self.configuration.revision += 1;
        self.client.put(&self.configuration).await.expect("a configuration that is taken");
    }

    /// Sets the weights of its one rule.
    pub async fn weigh(&mut self, weights: &[(&str, u32)]) {
        let action = forward(weights);
        self.change(|configuration| configuration.rules[0].action = action).await;
    }

    /// Waits until so many targets are healthy.
    pub async fn healthy(&self, wanted: usize) {
        eventually("the targets are healthy", async || {
            let targets = self.client.targets().await.expect("targets");
            targets.iter().filter(|target| target.state == TargetState::Healthy).count() == wanted
        })
        .await;
    }

    /// What is in flight on all targets.
    pub async fn in_flight(&self) -> u64 {
        self.client.targets().await.expect("targets").iter().map(|target| target.in_flight).sum()
    }

    pub fn options(&self) -> Options {
        Options::new(self.address)
    }

    pub fn load(&self) -> Load {
        Load::start(&self.options()).expect("load")
    }
}

/// One rule for everything that forwards to these groups.
pub fn configuration(groups: &[(&str, &[Target], u32)]) -> Configuration {
    let weights: Vec<(&str, u32)> = groups.iter().map(|(name, _, weight)| (*name, *weight)).collect();
    let rule = Rule { name: "all".into(), conditions: Vec::new(), action: forward(&weights), rewrite: None };
    let groups = groups.iter().map(|(name, targets, _)| ((*name).to_owned(), group(targets))).collect();
    Configuration { schema: SCHEMA.into(), revision: 1, rules: vec![rule], groups, ..Configuration::empty() }
}

pub fn forward(weights: &[(&str, u32)]) -> Action {
    let weighted = |(group, weight): &(&str, u32)| Weighted { group: (*group).to_owned(), weight: *weight };
    Action::Forward { groups: weights.iter().map(weighted).collect() }
}

pub fn group(targets: &[Target]) -> Group {
    let check = Check {
        path: "/health".into(),
        codes: "200".into(),
        interval_ms: 50,
        timeout_ms: 1_000,
        healthy: 2,
        unhealthy: 2,
    };
    Group { labels: BTreeMap::new(), targets: targets.to_vec(), check, deregistration_delay_ms: 5_000 }
}

/// Waits for something that is soon true.
pub async fn eventually(what: &str, is: impl AsyncFn() -> bool) {
    for _ in 0..1_000 {
        if is().await {
            return;
        }
        pause(10).await;
    }
    panic!("after ten seconds it is still not true that {what}");
}

pub async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}
