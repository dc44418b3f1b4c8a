//! What is counted and measured, in the text format that Prometheus reads.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use skiff_wire::MemberPhase;

/// Upper bounds of a probe's time in seconds.
const PROBE_SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfWorkload {
    workload: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfProbe {
    workload: String,
    probe: String,
    result: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OfPhase {
    phase: String,
}

type Probes = Family<OfProbe, Histogram, fn() -> Histogram>;

/// The metrics of a member.
#[derive(Clone)]
pub(crate) struct Metrics {
    registry: Arc<Mutex<Registry>>,
    restarts: Family<OfWorkload, Counter>,
    up: Family<OfWorkload, Gauge>,
    phase: Family<OfPhase, Gauge>,
    probes: Probes,
    verification: Gauge<f64, std::sync::atomic::AtomicU64>,
    start: Family<OfWorkload, Gauge<f64, std::sync::atomic::AtomicU64>>,
}

impl Metrics {
    /// Metrics that have counted nothing yet.
    pub(crate) fn new() -> Self {
        let probes: Probes = Family::new_with_constructor(|| Histogram::new(PROBE_SECONDS));
        let metrics = Self {
            registry: Arc::new(Mutex::new(Registry::with_prefix("skiff_runner"))),
            restarts: Family::default(),
            up: Family::default(),
            phase: Family::default(),
            probes,
            verification: Gauge::default(),
            start: Family::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&self) {
        let mut registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        registry.register("workload_restarts", "Starts of a workload after its first one", self.restarts.clone());
        registry.register("workload_up", "1 while a process of the workload runs", self.up.clone());
        registry.register("phase", "1 for the phase that the member is in", self.phase.clone());
        let unit = || Unit::Seconds;
        registry.register_with_unit("probe", "Time that probes took", unit(), self.probes.clone());
        let help = "Time from reading the assignment to a verified release, artifacts and all";
        registry.register_with_unit("verification", help, unit(), self.verification.clone());
        let help = "Time from the runner's own start to the first start of a workload";
        registry.register_with_unit("workload_start", help, unit(), self.start.clone());
    }

    /// A workload was started, for the first time a while after the runner itself.
    pub(crate) fn started(&self, workload: &str, since_runner: Duration, is_first: bool) {
        let of = of(workload);
        self.up.get_or_create(&of).set(1);
        if is_first {
            self.start.get_or_create(&of).set(since_runner.as_secs_f64());
        } else {
            self.restarts.get_or_create(&of).inc();
        }
    }

    /// A workload has ended.
    pub(crate) fn ended(&self, workload: &str) {
        self.up.get_or_create(&of(workload)).set(0);
    }

    /// A probe was made.
    pub(crate) fn probed(&self, workload: &str, probe: &str, well: bool, took: Duration) {
        let result = if well { "success" } else { "failure" };
        let of = OfProbe { workload: workload.into(), probe: probe.into(), result: result.into() };
        self.probes.get_or_create(&of).observe(took.as_secs_f64());
    }

    /// A release was verified.
    pub(crate) fn verified(&self, took: Duration) {
        self.verification.set(took.as_secs_f64());
    }

    /// All of it as text; the phase is the one that is given.
    pub(crate) fn text(&self, phase: MemberPhase) -> String {
        self.phase.clear();
        let word = serde_json::to_value(phase).ok().and_then(|word| word.as_str().map(str::to_owned));
        self.phase.get_or_create(&OfPhase { phase: word.unwrap_or_default() }).set(1);
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        // Writing into a string does not fail.
        let _ = encode(&mut text, &registry);
        text
    }
}

fn of(workload: &str) -> OfWorkload {
    OfWorkload { workload: workload.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_prometheus_reads() {
        let metrics = Metrics::new();
        metrics.started("main", Duration::from_millis(40), true);
        metrics.started("main", Duration::from_secs(9), false);
        metrics.probed("main", "readiness", true, Duration::from_millis(3));
        let text = metrics.text(MemberPhase::Ready);
        for line in [
            r#"skiff_runner_workload_restarts_total{workload="main"} 1"#,
            r#"skiff_runner_workload_up{workload="main"} 1"#,
            r#"skiff_runner_phase{phase="ready"} 1"#,
            r#"skiff_runner_workload_start_seconds{workload="main"} 0.04"#,
            r#"skiff_runner_probe_seconds_bucket{le="0.005",workload="main",probe="readiness",result="success"} 1"#,
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
        assert!(metrics.text(MemberPhase::Draining).contains(r#"{phase="draining"} 1"#));
    }
}
