//! A route as a reader knows it: host, path, and what else a request must have.

use serde_json::Value;
use skiff_wire::{Plan, Route};

/// A route in one line; two routes of one host and path differ in what follows.
pub(super) fn line(plan: &Plan, route: &Route) -> String {
    let host = route.host.as_deref().unwrap_or("any host ");
    let rule = plan.shape.get(&route.listener_rule).map(|rule| &rule.properties);
    let listed = |name: &str| rule.and_then(|rule| rule.get(name)?.as_array()).into_iter().flatten();
    let besides: Vec<String> = listed("Conditions").filter_map(condition).collect();
    let changed: Vec<String> = listed("Transforms").filter_map(rewrite).collect();
    let mut line = format!("{host}{} ({})", route.path, route.match_kind);
    if !besides.is_empty() {
        line.push_str(&format!(", for {}", besides.join(", ")));
    }
    if !changed.is_empty() {
        line.push_str(&format!(", rewritten: {}", changed.join(", ")));
    }
    line
}

/// A condition on something other than host and path.
fn condition(condition: &Value) -> Option<String> {
    let values = |pointer: &str| {
        let values = condition.pointer(pointer)?.as_array()?.iter().filter_map(Value::as_str);
        Some(values.collect::<Vec<_>>().join(" or "))
    };
    match condition.get("Field")?.as_str()? {
        "http-request-method" => values("/HttpRequestMethodConfig/Values"),
        "source-ip" => Some(format!("requests from {}", values("/SourceIpConfig/Values")?)),
        "http-header" => {
            let name = condition.pointer("/HttpHeaderConfig/HttpHeaderName")?.as_str()?;
            Some(format!("header {name}: {}", values("/HttpHeaderConfig/Values")?))
        }
        "query-string" => {
            let one = condition.pointer("/QueryStringConfig/Values/0")?;
            Some(format!("parameter {}={}", one.get("Key")?.as_str()?, one.get("Value")?.as_str()?))
        }
        _ => None,
    }
}

fn rewrite(transform: &Value) -> Option<String> {
    let kinds = [("path", "/UrlRewriteConfig/Rewrites/0"), ("host", "/HostHeaderRewriteConfig/Rewrites/0")];
    let (what, one) = kinds.into_iter().find_map(|(what, pointer)| Some((what, transform.pointer(pointer)?)))?;
    Some(format!("{what} {} to {}", one.get("Regex")?.as_str()?, one.get("Replace")?.as_str()?))
}
