//! Inputs that are too large or too strange to commit, written down as how to make them.
//!
//! A `recipe.txt` has one instruction a line; empty lines and lines that begin with `#` say nothing.
//!
//! ```text
//! text "app: shop\n"
//! repeat 3 "tag-{n}: x\n"
//! ```
//!
//! `text` writes once, `repeat N` writes N times with `{n}` counting from 1. Within the quotes `\n`, `\t`, `\"`, `\\` and
//! `\xNN` (one byte, text or not) are escapes.

/// The bytes that a recipe makes.
///
/// # Errors
/// A sentence with the line that is no instruction.
pub fn cook(recipe: &str) -> Result<Vec<u8>, String> {
    let mut made = Vec::new();
    for (number, line) in recipe.lines().enumerate() {
        let line = line.trim();
        if !line.is_empty() && !line.starts_with('#') {
            step(line, &mut made).ok_or_else(|| format!("recipe.txt:{}: `{line}` is no instruction", number + 1))?;
        }
    }
    Ok(made)
}

fn step(line: &str, made: &mut Vec<u8>) -> Option<()> {
    if let Some(quoted) = line.strip_prefix("text ") {
        made.extend(unquote(quoted)?);
        return Some(());
    }
    let (times, quoted) = line.strip_prefix("repeat ")?.split_once(' ')?;
    let times: usize = times.parse().ok()?;
    let counts = quoted.contains("{n}");
    if counts {
        for n in 1..=times {
            made.extend(unquote(&quoted.replace("{n}", &n.to_string()))?);
        }
    } else {
        made.extend(unquote(quoted)?.repeat(times));
    }
    Some(())
}

/// The bytes between the quotes, escapes replaced.
fn unquote(quoted: &str) -> Option<Vec<u8>> {
    let inner = quoted.trim().strip_prefix('"')?.strip_suffix('"')?;
    let mut bytes = Vec::with_capacity(inner.len());
    let mut rest = inner.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => match rest.next()? {
                b'n' => b'\n',
                b't' => b'\t',
                b'x' => hexadecimal(rest.next()?)? * 16 + hexadecimal(rest.next()?)?,
                quote @ (b'"' | b'\\') => quote,
                _ => return None,
            },
            plain => plain,
        });
    }
    Some(bytes)
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::cook;

    #[test]
    fn makes_what_it_says() {
        let recipe = "# a comment\n\ntext \"a: \\\"\\xE9\\t\\\\\\n\"\nrepeat 2 \"k{n}: x \"\nrepeat 3 \"y\"\n";
        assert_eq!(cook(recipe).unwrap(), b"a: \"\xE9\t\\\nk1: x k2: x yyy");
    }

    #[test]
    fn names_the_line_that_is_wrong() {
        for wrong in ["write \"x\"", "text x", "repeat many \"x\"", "text \"\\q\"", "text \"\\xZZ\""] {
            let problem = cook(&format!("text \"a\"\n{wrong}\n")).unwrap_err();
            assert!(problem.starts_with("recipe.txt:2: "), "{problem}");
        }
    }
}
