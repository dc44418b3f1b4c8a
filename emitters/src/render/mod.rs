//! Plans and changes as text for people and as Markdown for a pull request.
//!
//! `highlights` says what a resource is called, what it is for and what it is like, `facts` the same of a service.
//! `workloads` says what a container may do and take. `inventory` groups resources by what they are for, `connections` reads security-group rules as who may connect,
//! `permissions` reads policies as who may do what, `bill` sums up the estimate; `siblings` knows what differs only
//! by slot or zone. The printers lay all this out. Text fits 100 columns; nothing is coloured here.

mod bill;
mod change_markdown;
mod change_text;
mod connections;
mod facts;
mod groups;
mod highlights;
mod inventory;
mod markdown;
mod moved_releases;
mod movements;
mod permissions;
mod plan_markdown;
mod plan_text;
mod routes;
mod siblings;
mod table;
mod value;
mod workloads;

#[cfg(test)]
mod compiled_tests;
#[cfg(test)]
mod tests;

pub use change_markdown::change_markdown;
pub use change_text::change_text;
pub use plan_markdown::plan_markdown;
pub use plan_text::plan_text;

/// The width that text is laid out for, in characters.
const WIDTH: usize = 100;

/// `1 resource`, `2 resources`, `2 policies`.
fn counted(count: usize, noun: &str) -> String {
    match noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        _ if count == 1 => format!("1 {noun}"),
        Some(stem) => format!("{count} {stem}ies"),
        None if noun.ends_with('s') => format!("{count} {noun}es"),
        None => format!("{count} {noun}s"),
    }
}
