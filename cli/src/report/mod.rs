//! `skiff saga report`: an operation as one page that a browser opens, without a script, a font or a picture from elsewhere.
//!
//! | module | gives |
//! |---|---|
//! | [`story`] | the steps with their times, who asked and who approved, each entry of the log in words |
//! | [`measured`] | what was measured: plots of weights, errors and latencies, the gates' tables, a rehearsal |
//! | [`chart`] | a plot as SVG |
//!
//! The page is made from the ledger alone, so it is the same whenever and wherever it is made.

mod chart;
mod measured;
mod story;

use minijinja::{AutoEscape, Environment, Value, context, value::Serde};
use skiff_runtime::engine::History;

use crate::failure::Failure;

const TEMPLATE: &str = include_str!("report.html");

/// The page of an operation.
///
/// # Errors
/// A defect: a template that does not fit.
pub(crate) fn page(history: &History) -> Result<String, Failure> {
    let story = Value::from(Serde(&story::of(history)));
    let measured = Value::from(Serde(&measured::of(history)));
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let template = environment.template_from_str(TEMPLATE);
    let page = template.and_then(|template| template.render(context! { story, measured }));
    page.map_err(|error| Failure::defect(format!("the report cannot be drawn: {error}")))
}

#[cfg(test)]
mod tests;
