//! A rule for the codes of what acts: each is seen raised by a test.

use std::collections::BTreeSet;

use super::texts;
use crate::Problems;

/// The crates that act, and the tests of the load balancer, which need a load generator.
const ACTING: [&str; 3] = ["runtime/", "runner/", "cli/"];
const BALANCER: &str = "tests/tests/balancer/";

/// The codes that no test raises, each with the reason.
const UNSEEN: [(&str, &str); 4] = [
    ("SK2209", "it never leaves the engine: a step that hears of a request stops by it; what follows is tested"),
    ("SK2512", "it takes a process that survives SIGKILL, as one in an uninterruptible wait does"),
    ("SK2514", "it takes another system than Linux"),
    ("SK2746", "it takes two builds of the executable, one of them at work while the other one looks"),
];

/// A code as it is declared.
struct Declared {
    constant: String,
    id: String,
    file: String,
}

/// Every code of the crates that act is named by a test of theirs, by its id or its constant; and what is excused needs it.
///
/// # Errors
/// A folder that cannot be read.
pub fn each_is_raised_by_a_test() -> Result<Problems, String> {
    let files = texts(&[".rs"])?;
    let acting = |file: &str| ACTING.iter().any(|folder| file.starts_with(folder));
    let declared: Vec<Declared> =
        files.iter().filter(|(file, _)| acting(file)).flat_map(|(file, text)| declarations(file, text)).collect();
    let seen: BTreeSet<&str> = files
        .iter()
        .filter(|(file, _)| acting(file) || file.starts_with(BALANCER))
        .flat_map(|(file, text)| words(tests(file, text)))
        .collect();
    let mut problems = Vec::new();
    if declared.is_empty() {
        problems.push("no code is declared: does the rule read the declarations?".to_owned());
    }
    for Declared { constant, id, file } in &declared {
        let named = seen.contains(id.as_str()) || seen.contains(constant.as_str());
        match (named, UNSEEN.iter().any(|(unseen, _)| unseen == id)) {
            (false, false) => problems.push(format!("{file}: no test sees `{id}` ({constant}) raised")),
            (true, true) => problems.push(format!("{file}: a test names `{id}` ({constant}), so it needs no excuse")),
            _ => {}
        }
    }
    Ok(problems)
}

/// The codes that a file declares: `NAME = "SK1234" "its-name" …`.
fn declarations(file: &str, text: &str) -> Vec<Declared> {
    let declared = |line: &str| {
        let (constant, rest) = line.trim().split_once(" = \"SK")?;
        let digits = rest.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
        let upper = constant.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        upper.then(|| Declared { constant: constant.into(), id: format!("SK{digits}"), file: file.into() })
    };
    text.lines().filter_map(declared).collect()
}

/// The part of a file that is a test: all of it, what follows `#[cfg(test)]`, or nothing.
fn tests<'text>(file: &str, text: &'text str) -> &'text str {
    if file.contains("/tests/") || file.ends_with("/tests.rs") {
        return text;
    }
    text.find("#[cfg(test)]\nmod tests {").map_or("", |start| &text[start..])
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
}
