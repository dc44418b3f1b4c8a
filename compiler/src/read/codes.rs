//! Mistakes of the text itself: `SK00xx`.

use crate::declare;

declare! {
    /// The text is not YAML.
    ///
    /// Skiff could not read on after this place. Most often a bracket or a quote is not closed, a tab indents a line, or
    /// the file was cut off.
    SYNTAX = "SK0001" "syntax" ERROR "the text is not YAML";
}
