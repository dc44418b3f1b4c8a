//! Characters that an input may hold and a terminal or a file must not see.

/// A text on one line: whatever could end a line, hide, turn the direction of the text or steer a terminal is written as an
/// escape. Names of objects and files come from whoever wrote the input.
#[must_use]
pub fn harmless(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' | '\t' => line.push(' '),
            letter if is_visible(letter) => line.push(letter),
            letter => line.extend(letter.escape_unicode()),
        }
    }
    line
}

/// Characters that YAML lets stand (1.2, 5.1) and that a reader of a text sees where they are: no line ends of YAML 1.1, no
/// byte-order mark, no marks that turn the direction of the text.
pub(crate) fn is_visible(letter: char) -> bool {
    let turns = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let ends_a_line = matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}');
    let printable = matches!(letter, ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    printable && !turns && !ends_a_line && letter != '\u{feff}'
}
