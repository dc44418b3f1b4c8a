//! A Terraform provider that has the schema of AWS provider 6.66.0 and no cloud behind it.
//!
//! Real `terraform` is run over it, offline, to prove the Terraform that Skiff emits: types, required and unknown
//! arguments and references are judged by Terraform from the schema; what the AWS provider judges by code is a table here.
//!
//! | module | is |
//! |---|---|
//! | [`server`] | [`Server`]: a provider in this process that Terraform attaches to; the same as a plugin, which the program in `tests/src/bin` is |
//! | `grpc`, `protocol` | the wire: calls over HTTP/2, the messages of plugin protocol 5 |
//! | [`schema`], [`value`] | what can be written, and what is written |
//! | `answer` | one file for each kind of call: plan, apply, import, data sources, policy documents |
//! | [`rules`] | the table of rules that no schema has: enums, lengths, forms, conflicts |
//! | `replacement` | the table of arguments whose change means a new resource |
//! | `defaults` | the table of arguments that the provider fills in by itself |
//! | `synthetic` | ids, ARNs and other values that AWS would have chosen, always the same for the same input |
//! | [`account`] | what was applied, so that data sources of another root module find it |
//!
//! **Invariants.** The same calls give the same values: no clock, no randomness. A value that AWS would give and that
//! is not modelled is null, or names its attribute; never a panic. A data source that finds nothing is an error, as with
//! AWS. What was destroyed is not found again.
//!
//! **Absent on purpose.** TLS: Terraform attaches to a [`Server`] without it, and a plugin needs
//! `TF_DISABLE_PLUGIN_TLS=1`. Normalisation by AWS (values come back as they were given), sensitive marks other than a
//! database's password, resource identity, functions, ephemeral resources.
//!
//! To add a type: a line in `tools/terraform-schema/types.txt` and the extraction; its name and ARN in `synthetic`, what
//! is create-only in `replacement`, its rules in [`rules`], for a data source its line in `answer/lookup.rs`.

pub mod account;
mod answer;
mod defaults;
mod grpc;
pub mod problem;
mod protocol;
mod replacement;
pub mod rules;
pub mod schema;
pub mod server;
mod settings;
mod synthetic;
pub mod value;

pub use account::SharedAccount;
pub use server::{Server, serve_as_plugin};
