//! Importers turn foreign input into a spec plus an account of it. They never emit, and they read no file themselves.
//!
//! | module | input |
//! |---|---|
//! | [`kube`] | manifests of Kubernetes, as kubectl reads them |
//!
//! - **Nothing is dropped in silence**: what cannot be read is a finding with a place, a reason and what to do.
//! - **No input makes an importer panic**, run out of memory or recurse without bound.

pub mod kube;
