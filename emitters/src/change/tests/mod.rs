//! Tests of the comparison: verbs, meaning, risk rows, arbitrary plans.

mod arbitrary;
mod release;
mod risk;
mod verbs;
