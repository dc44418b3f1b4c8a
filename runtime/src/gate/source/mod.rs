//! Measurements from outside of the provider: asked at each look, judged by the gate.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use skiff_wire::Verdict;

use super::{Gate, Groups, Metric, codes, judge::Counted};
use crate::{
    error::{Error, ErrorKind},
    state::layout::ServiceScope,
};

mod answer;
pub mod cloudwatch;
mod command;
mod http;
mod prometheus;
mod replay;
mod tls;
mod token;

/// What is asked of a source.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Of which service.
    pub service: &'a ServiceScope,
    /// For which gate.
    pub gate: &'a Gate,
    /// Which groups are compared.
    pub groups: &'a Groups,
    /// When watching began.
    pub from: Timestamp,
    /// The moment of the look.
    pub at: Timestamp,
}

impl Asked<'_> {
    /// The group to compare with, when the gate compares.
    fn baseline(&self) -> Option<&str> {
        self.groups.baseline.as_deref().filter(|_| self.gate.compare)
    }

    fn unreachable(&self, what: &str, why: &str) -> Error {
        let message = format!("gate `{}`: {what} cannot be asked: {why}", self.gate.name);
        Error::new(&codes::SOURCE_UNREACHABLE, ErrorKind::Unavailable, message)
            .hint("make it reachable from where the operation is driven")
    }

    fn unreadable(&self, what: &str, why: &str) -> Error {
        let message = format!("gate `{}`: the answer of {what} cannot be understood: {why}", self.gate.name);
        Error::new(&codes::SOURCE_UNREADABLE, ErrorKind::Invalid, message).hint("ask it by hand, and correct the gate")
    }
}

/// What a source outside of the provider says.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// One value of the canary, and one of the baseline where the source knows it.
    Values {
        /// Of the group that is judged.
        canary: f64,
        /// Of the group that it is compared with.
        baseline: Option<f64>,
    },
    /// Events of all samples since watching began.
    Counts {
        /// Of the group that is judged.
        canary: Counted,
        /// Of the group that it is compared with.
        baseline: Option<Counted>,
    },
    /// The source judges by itself.
    Verdict(Verdict, String),
    /// It has nothing to say.
    NoData(String),
}

/// Measurements from outside of the provider: Prometheus, a file, a command, an address, CloudWatch.
#[async_trait]
pub trait Sources: Send + Sync {
    /// Asks once.
    ///
    /// # Errors
    /// It cannot be asked: counted as the verdict *error*, never as a pass.
    async fn read(&self, asked: &Asked<'_>) -> Result<Reading, Error>;
}

/// No source at all: what an engine has unless it is given some.
#[derive(Debug, Clone, Copy)]
pub struct NoSources;

#[async_trait]
impl Sources for NoSources {
    async fn read(&self, asked: &Asked<'_>) -> Result<Reading, Error> {
        Ok(Reading::NoData(format!("gate `{}` has no source here", asked.gate.name)))
    }
}

/// The sources of a machine that drives operations: its network, its files and its programs.
pub struct Real {
    folder: PathBuf,
    series: Option<Arc<dyn cloudwatch::MinuteSeries>>,
    roots: Vec<CertificateDer<'static>>,
}

impl Real {
    /// Sources whose files and commands are relative to this folder: that of `skiff.yaml`.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), series: None, roots: Vec::new() }
    }

    /// The same, trusting certificates that lead to these roots beside those of the machine.
    #[must_use]
    pub fn trusting(self, roots: Vec<CertificateDer<'static>>) -> Self {
        Self { roots, ..self }
    }

    /// The same with series of CloudWatch, from whoever has an SDK for them.
    #[must_use]
    pub fn with_series(self, series: Arc<dyn cloudwatch::MinuteSeries>) -> Self {
        Self { series: Some(series), ..self }
    }
}

#[async_trait]
impl Sources for Real {
    async fn read(&self, asked: &Asked<'_>) -> Result<Reading, Error> {
        match &asked.gate.metric {
            Metric::Prometheus { url, query, token } => {
                let server = prometheus::Server { url, token: token.as_ref(), roots: &self.roots };
                prometheus::read(asked, &server, query).await
            }
            Metric::Replay { path } => replay::read(asked, &self.folder.join(path)),
            Metric::Command { argv, timeout_seconds } => {
                command::read(asked, &self.folder, argv, *timeout_seconds).await
            }
            Metric::Http { url, timeout_seconds, token } => {
                answer::read(asked, url, *timeout_seconds, token.as_ref(), &self.roots).await
            }
            Metric::CloudWatch => match &self.series {
                Some(series) => cloudwatch::read(asked, &**series).await,
                None => Ok(Reading::NoData("nothing here reads CloudWatch".into())),
            },
            metric => Ok(Reading::NoData(format!("`{}` is not asked outside", metric.word()))),
        }
    }
}
