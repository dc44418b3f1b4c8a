//! Rules about several arguments of one block.

use super::Must;
use crate::{
    problem::{Problem, Step},
    value::Value,
};

/// What is wrong with a block; `None` when the rule is about a single value.
pub(super) fn judge(must: Must, path: &[Step], block: &Value) -> Option<Vec<Problem>> {
    let problem = match must {
        Must::NotCombine(names) => conflict(names, path, block),
        Must::HaveExactlyOneOf(names) => exactly_one(names, path, block),
        Must::HaveAtLeastOneOf(names) => {
            let given = names.iter().any(|name| block.get(name).is_written());
            (!given).then(|| {
                let words = "Missing required argument";
                at(words, names[0], path).detail(format!(
                    "{:?}: one of `{}` must be specified",
                    names[0],
                    names.join(",")
                ))
            })
        }
        Must::HaveWith(name, others) => {
            if block.get(name).is_written() {
                missing(name, others, path, block)
            } else {
                None
            }
        }
        Must::HaveWhen(name, word, others) => {
            if block.text_of(name) == Some(word) {
                missing(name, others, path, block)
            } else {
                None
            }
        }
        Must::Satisfy(judge) => judge(block).map(|words| Problem::new(words).at(path)),
        _ => return None,
    };
    Some(problem.into_iter().collect())
}

fn conflict(names: &[&str], path: &[Step], block: &Value) -> Option<Problem> {
    match given(names, block)[..] {
        [first, second, ..] => Some(
            at("Conflicting configuration arguments", first, path)
                .detail(format!("{first:?}: conflicts with {second}")),
        ),
        _ => None,
    }
}

fn exactly_one(names: &[&str], path: &[Step], block: &Value) -> Option<Problem> {
    let (given, all) = (given(names, block), names.join(","));
    let detail = match given[..] {
        [_] => return None,
        [] if names.iter().any(|name| block.get(name) == &Value::Unknown) => return None,
        [] => format!("{:?}: one of `{all}` must be specified", names[0]),
        _ => format!("{:?}: only one of `{all}` can be specified, but `{}` were specified.", given[0], given.join(",")),
    };
    Some(at("Invalid combination of arguments", given.first().unwrap_or(&names[0]), path).detail(detail))
}

fn missing(name: &str, others: &[&str], path: &[Step], block: &Value) -> Option<Problem> {
    let absent = others.iter().find(|other| !block.get(other).is_written())?;
    let all = [&[name], others].concat().join(",");
    let detail = format!("{name:?}: all of `{all}` must be specified, and {absent} is not");
    Some(at("Missing required argument", name, path).detail(detail))
}

/// Arguments that are written and known; what is unknown may turn out to be null.
fn given<'a>(names: &[&'a str], block: &Value) -> Vec<&'a str> {
    let is_given = |name: &&str| block.get(name).is_written() && block.get(name) != &Value::Unknown;
    names.iter().copied().filter(is_given).collect()
}

fn at(summary: &str, name: &str, path: &[Step]) -> Problem {
    let mut path = path.to_vec();
    path.push(Step::Name(name.to_owned()));
    Problem::new(summary).at(&path)
}
