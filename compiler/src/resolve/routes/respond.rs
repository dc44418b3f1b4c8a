//! What a route answers by itself instead of forwarding.

use super::{super::Reporter, codes};
use crate::{facts::limits, ir::load_balancing::FixedResponse, spec::routing::Respond};

/// The content types of a fixed response (ELBv2 API reference, `FixedResponseActionConfig`).
const CONTENT_TYPES: &[&str] = &["text/plain", "text/css", "text/html", "application/javascript", "application/json"];

pub(super) fn resolve(written: &Respond, report: &mut Reporter<'_>) -> FixedResponse {
    let mut refuse = |key, message, hint: &str| report.report(&codes::BAD_ANSWER, written.at.field(key), message, hint);
    let status = written.status.value;
    if !matches!(status, 200..=299 | 400..=599) {
        let message = format!("a load balancer does not answer with status {status}");
        refuse("status", message, "2xx, 4xx and 5xx are possible; `redirect` is for 301 and 302");
    }
    let body = written.body.as_ref().map_or("", |body| body.value.as_str());
    if body.len() > limits::FIXED_RESPONSE_BYTES {
        let message =
            format!("a body of {} bytes, and a load balancer keeps {}", body.len(), limits::FIXED_RESPONSE_BYTES);
        refuse("body", message, "shorten it, or serve it from a service");
    }
    let content_type = written.content_type.as_ref().map_or("text/plain", |content| content.value.as_str());
    if !CONTENT_TYPES.contains(&content_type) {
        let message = format!("a load balancer does not answer with `{content_type}`");
        refuse("content_type", message, &format!("possible: `{}`", CONTENT_TYPES.join("`, `")));
    }
    FixedResponse {
        content_type: content_type.to_owned(),
        message_body: body.to_owned(),
        status_code: status.to_string(),
    }
}
