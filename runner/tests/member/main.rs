//! Members as they are: real runners, real processes, real signals.

mod life;
mod machine;
mod offline;
mod probes;
mod refusals;
mod scene;
mod workloads;
