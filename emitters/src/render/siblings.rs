//! Resources that are the same but for a letter or a number in their key: slots, zones, numbered things.

/// A key with its mark of difference taken out: `launch_template.a` is `launch_template.*` and `a`, `listener.http-2`
/// is `listener.http-*` and `2`. A key without such a mark is its own stem.
pub(super) fn stem(key: &str) -> (String, Option<&str>) {
    let (path, last) = key.rsplit_once('.').map_or(("", key), |(path, last)| (path, last));
    let dot = if path.is_empty() { "" } else { "." };
    let (first, after) = last.split_once('-').map_or((last, None), |(first, after)| (first, Some(after)));
    if is_letter(first) {
        let rest = after.map(|after| format!("-{after}")).unwrap_or_default();
        return (format!("{path}{dot}*{rest}"), Some(first));
    }
    match last.rsplit_once('-') {
        Some((before, mark)) if is_letter(mark) || is_number(mark) => (format!("{path}{dot}{before}-*"), Some(mark)),
        _ => (key.to_owned(), None),
    }
}

fn is_letter(mark: &str) -> bool {
    mark.len() == 1 && mark.bytes().all(|byte| (b'a'..=b'f').contains(&byte))
}

fn is_number(mark: &str) -> bool {
    !mark.is_empty() && mark.len() < 3 && mark.bytes().all(|byte| byte.is_ascii_digit())
}

/// A text about one of several siblings, in words that fit them all: slot and zone letters at the end of a word or of a
/// part of a dotted key become `*`.
pub(super) fn neutral(text: &str) -> String {
    text.split(' ').map(neutral_word).collect::<Vec<_>>().join(" ")
}

fn neutral_word(word: &str) -> String {
    let end = word.trim_end_matches([',', ';', '`', '\'']).len();
    let (key, tail) = word.split_at(end);
    let pieces: Vec<String> = key.split('.').map(neutral_piece).collect();
    if pieces.len() == 1 { word.to_owned() } else { pieces.join(".") + tail }
}

fn neutral_piece(piece: &str) -> String {
    if is_letter(piece) {
        return "*".to_owned();
    }
    stem(piece).0
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// The first `shown` items and how many more there are.
pub(super) fn few(items: &[String], shown: usize) -> String {
    if items.len() <= shown + 1 {
        return items.join(", ");
    }
    let first: Vec<&str> = items.iter().take(shown).map(String::as_str).collect();
    format!("{} and {} more", first.join(", "), items.len() - shown)
}

/// Keeps the first of each text.
pub(super) fn unique(items: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_zones_and_numbers_are_siblings() {
        assert_eq!(stem("web.launch_template.a"), ("web.launch_template.*".to_owned(), Some("a")));
        assert_eq!(stem("web.lifecycle_hook.b-launch"), ("web.lifecycle_hook.*-launch".to_owned(), Some("b")));
        assert_eq!(stem("environment.subnet.private-a"), ("environment.subnet.private-*".to_owned(), Some("a")));
        assert_eq!(stem("environment.listener.http-2"), ("environment.listener.http-*".to_owned(), Some("2")));
        assert_eq!(stem("environment.bucket.assets"), ("environment.bucket.assets".to_owned(), None));
        assert_eq!(neutral("from `web.target_group.b`, which"), "from `web.target_group.*`, which");
    }
}
