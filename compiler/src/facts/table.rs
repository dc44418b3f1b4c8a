//! A sorted text table that is searched where it lies.
//!
//! Rows are lines, columns are separated by tabs, and rows are sorted by their key columns without regard to case. A
//! lookup is a binary search over the bytes: no index is built, so a table costs nothing until it is asked.

use std::cmp::Ordering;

/// One embedded table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    text: &'static str,
    key_columns: usize,
}

impl Table {
    /// A table whose first `key_columns` columns are its key.
    pub(crate) const fn new(text: &'static str, key_columns: usize) -> Self {
        Self { text, key_columns }
    }

    /// The row with exactly this key (its columns joined by tabs), without regard to case.
    pub(crate) fn find(self, key: &str) -> Option<&'static str> {
        let row = self.rows_from(key).next()?;
        (compare(self.key(row), key) == Ordering::Equal).then_some(row)
    }

    /// Every row whose key begins with `prefix`, in order, without regard to case.
    pub(crate) fn starting_with(self, prefix: &str) -> impl Iterator<Item = &'static str> {
        let prefix = prefix.to_owned();
        self.rows_from(&prefix).take_while(move |row| starts_with(self.key(row), &prefix))
    }

    /// Every row, in order.
    pub(crate) fn rows(self) -> impl Iterator<Item = &'static str> {
        self.text.lines()
    }

    /// The rows from the first one whose key is not below `key`.
    fn rows_from(self, key: &str) -> std::str::Lines<'static> {
        let (mut low, mut high) = (0, self.text.len());
        while low < high {
            let start = self.line_start(low.midpoint(high));
            let row = self.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
            if compare(self.key(row), key) == Ordering::Less {
                low = start + row.len() + 1;
            } else {
                high = start;
            }
        }
        self.text.get(low..).unwrap_or_default().lines()
    }

    /// Where the line that holds the byte at `position` begins.
    fn line_start(self, position: usize) -> usize {
        let before = self.text.get(..self.text.floor_char_boundary(position)).unwrap_or_default();
        before.rfind('\n').map_or(0, |newline| newline + 1)
    }

    /// The key columns of a row.
    pub(crate) fn key(self, row: &str) -> &str {
        let mut tabs = row.bytes().enumerate().filter(|&(_, byte)| byte == b'\t');
        let end = tabs.nth(self.key_columns - 1).map_or(row.len(), |(position, _)| position);
        row.get(..end).unwrap_or(row)
    }
}

fn compare(left: &str, right: &str) -> Ordering {
    let different = left.bytes().zip(right.bytes()).find(|(left, right)| !left.eq_ignore_ascii_case(right));
    different.map_or_else(
        || left.len().cmp(&right.len()),
        |(left, right)| left.to_ascii_lowercase().cmp(&right.to_ascii_lowercase()),
    )
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: Table = Table::new("a\tx\t1\nA\ty\t2\nb\tx\t3\nbb\tx\t4\n", 2);

    #[test]
    fn finds_every_row_by_its_whole_key() {
        for (key, row) in [("a\tx", "a\tx\t1"), ("a\tY", "A\ty\t2"), ("b\tx", "b\tx\t3"), ("bb\tx", "bb\tx\t4")] {
            assert_eq!(TABLE.find(key), Some(row));
        }
    }

    #[test]
    fn finds_nothing_for_a_part_of_a_key_or_beyond_the_ends() {
        for key in ["", "a", "a\tz", "0\tx", "c\tx"] {
            assert_eq!(TABLE.find(key), None, "{key}");
        }
        assert_eq!(Table::new("", 1).find("a"), None);
    }

    #[test]
    fn lists_rows_by_the_start_of_their_key() {
        assert_eq!(TABLE.starting_with("B").collect::<Vec<_>>(), ["b\tx\t3", "bb\tx\t4"]);
        assert_eq!(TABLE.starting_with("").count(), 4);
        assert_eq!(TABLE.starting_with("z").count(), 0);
    }
}
