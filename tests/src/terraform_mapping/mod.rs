//! Two emitters, one cloud: the plan's properties and Terraform's applied values, compared through one declared table.
//!
//! | module | is |
//! |---|---|
//! | [`row`], [`table`] | what a row can say, and every row: a property, an argument, and in which sense they are the same |
//! | [`reference`](mod@reference) | what a reference of the plan is called in Terraform |
//! | [`inputs`], [`order`] | values for what is not locked; in which order root modules are applied |
//! | [`apply`] | runs Terraform on every root module of a tree |
//! | [`applied`] | what Terraform printed of a root module, and whose blocks they are |
//! | [`compare()`] | the comparison; [`Difference`] is one thing that it found |
//! | [`check`], [`page`] | what is wrong with the table itself; the table as a page for people |
//!
//! Both sides are walked whole: every property of the plan, and every argument that was written, is taken by exactly one
//! row. What is left over on either side is a difference. What one side alone can say has a row with its value and the
//! reason; another value is a difference again. References are compared by the value that Terraform made of what they
//! refer to, also across root modules.
//!
//! **Absent on purpose:** the defaults that the provider fills in where neither side says anything, and the arguments of
//! data sources, whose result is compared where it is used.
//!
//! To add a type: its rows in the family's file under `table/`, its attributes in [`reference`](mod@reference), and bless the page.

pub mod applied;
pub mod apply;
pub mod check;
mod compare;
mod difference;
mod element;
mod form;
pub mod inputs;
mod left;
mod locate;
pub mod order;
pub mod page;
mod policy;
pub mod reference;
mod resolve;
pub mod row;
pub mod table;

pub use applied::Applied;
pub use compare::{Comparison, compare};
pub use difference::{Difference, What};
