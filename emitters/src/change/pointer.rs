//! JSON pointers (RFC 6901): building them, matching them against patterns, and removing what they point at.

use serde_json::Value;

/// The pointer to `key` below `parent`.
pub(crate) fn child(parent: &str, key: &str) -> String {
    format!("{parent}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The unescaped segments of a pointer.
pub(crate) fn segments(pointer: &str) -> impl Iterator<Item = String> + '_ {
    pointer.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~"))
}

/// Whether `pointer` is at or below `pattern`, in which `*` stands for one segment and a final `*` for the rest of one.
pub(crate) fn at_or_below(pointer: &str, pattern: &str) -> bool {
    let mut place = pointer.split('/');
    pattern.split('/').all(|wanted| place.next().is_some_and(|segment| segment_matches(segment, wanted)))
}

fn segment_matches(segment: &str, wanted: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(start) => segment.starts_with(start),
        None => segment == wanted,
    }
}

/// Takes away whatever `pattern` points at; a place that does not exist is no error.
pub(super) fn remove(value: &mut Value, pattern: &str) {
    let path: Vec<String> = segments(pattern).collect();
    remove_at(value, &path);
}

fn remove_at(value: &mut Value, path: &[String]) {
    let Some((first, rest)) = path.split_first() else { return };
    match value {
        Value::Object(object) if rest.is_empty() => {
            object.remove(first);
        }
        Value::Object(object) => {
            if let Some(inner) = object.get_mut(first) {
                remove_at(inner, rest);
            }
        }
        Value::Array(items) => {
            // An element keeps its place in the list: the places after it must not move.
            let every = first == "*" || first == "-";
            for (index, item) in items.iter_mut().enumerate() {
                if every || *first == index.to_string() {
                    if rest.is_empty() {
                        *item = Value::Null;
                    } else {
                        remove_at(item, rest);
                    }
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_with_slashes_and_tildes_survives() {
        let pointer = child("/Tags", "a/b~c");
        assert_eq!(pointer, "/Tags/a~1b~0c");
        assert_eq!(segments(&pointer).collect::<Vec<_>>(), ["Tags", "a/b~c"]);
    }

    #[test]
    fn a_pattern_matches_whole_segments() {
        assert!(at_or_below("/LaunchTemplateData/ImageId", "/LaunchTemplateData"));
        assert!(!at_or_below("/LaunchTemplateDataX", "/LaunchTemplateData"));
        assert!(at_or_below("/Statement/Read/Action", "/Statement/*/Action"));
        assert!(at_or_below("/HealthCheckPath", "/HealthCheck*"));
        assert!(at_or_below("/anything", ""));
        assert!(!at_or_below("/Statement", "/Statement/*/Action"));
    }

    #[test]
    fn removal_reaches_into_lists() {
        let mut value =
            json!({"Actions": [{"ForwardConfig": {"TargetGroups": [{"Weight": 1, "A": 1}, {"Weight": 2}]}}]});
        remove(&mut value, "/Actions/0/ForwardConfig/TargetGroups/*/Weight");
        assert_eq!(value, json!({"Actions": [{"ForwardConfig": {"TargetGroups": [{"A": 1}, {}]}}]}));
        remove(&mut value, "/Actions/7/Nothing");
        remove(&mut value, "/Actions/0");
        assert_eq!(value, json!({"Actions": [null]}));
    }
}
