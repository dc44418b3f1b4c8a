//! Facts about AWS, as data with a source and a date.
//!
//! Every fact is embedded text. Nothing is read when the program starts: tables are sorted and searched in place, a
//! schema is parsed when it is first asked for. `docs/data-sources.md` names the origin, date and licence of each file
//! in `compiler/data`, and the script in `tools/` that made it.
//!
//! - [`schemas`]: what CloudFormation knows of a resource type (properties, what cannot change, tags, IAM actions).
//! - [`actions`]: what IAM knows of an action (access level, resources, condition keys).
//! - [`instances`], [`prices`]: what to run on, and what it costs.
//! - [`regions`]: partitions, zones, who delivers load balancer logs.
//! - [`limits`]: sizes and counts that AWS refuses to exceed.
//!
//! **A fact that is not known is `None`, never a guess.**

pub mod actions;
pub mod engines;
pub mod instances;
pub mod limits;
pub mod prices;
pub mod regions;
mod schema_files;
pub mod schemas;
mod table;

#[cfg(test)]
mod data_tests;
