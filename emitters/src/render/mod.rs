//! Plans and changes as text for people and as Markdown for a pull request.
//!
//! [`highlights`] chooses what a reader wants to know of a resource, [`facts`] of a service; [`value`] shortens values;
//! the four printers lay them out. Text fits 100 columns; nothing is coloured here.

mod change_markdown;
mod change_text;
mod facts;
mod highlights;
mod markdown;
mod plan_markdown;
mod plan_text;
mod table;
mod value;

#[cfg(test)]
mod tests;

pub use change_markdown::change_markdown;
pub use change_text::change_text;
pub use plan_markdown::plan_markdown;
pub use plan_text::plan_text;

/// The width that text is laid out for, in characters.
const WIDTH: usize = 100;

/// `1 resource`, `2 resources`.
fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
