//! What is different on one's own machine; nothing of it reaches a cloud.

use std::collections::BTreeMap;

use super::{
    declare::mapping,
    decode::Spanned,
    values::{Name, VariableName},
};

mapping! {
    /// What is different when the application runs on one's own machine (`skiff local up`). No plan and no Terraform
    /// contains any of it.
    Local, "what is different on one's own machine" {
        /// The port of the local load balancer; default 8080.
        local port: Option<Spanned<u16>>,
        /// What is different in a service.
        local services: BTreeMap<Name, LocalService>,
        /// Stand-ins for what services use: a database, queue, bucket or service, and the variables that its use sets.
        /// A password is never here: `skiff secret set` keeps it encrypted.
        local uses: BTreeMap<Name, BTreeMap<VariableName, Spanned<String>>>,
    }
}

mapping! {
    /// A service on one's own machine.
    LocalService, "what is different in a service" {
        /// A folder in the place of the image or bundle.
        local bundle: Option<Spanned<String>>,
        /// The program and its arguments.
        local command: Vec<String>,
        /// Environment variables, beside or in the place of those of the service.
        local env: BTreeMap<VariableName, Spanned<String>>,
        /// Where what the service takes over from (`cutover.from`) is reached from this machine, such as `127.0.0.1:9000` or
        /// `http://shop.internal:80`.
        local legacy: Option<Spanned<String>>,
        /// How many members.
        local replicas: Option<Spanned<u32>>,
    }
}
