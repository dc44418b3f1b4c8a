//! Members as they are: real runners, real processes, real signals.

mod life;
mod scene;
