//! Manifests of Kubernetes.
//!
//! The first stage is [`read`]: bytes of one file to manifests with places, value for value what kubectl would send.

pub mod read;
