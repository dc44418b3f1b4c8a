//! Answers of the load balancer itself: a status, one plain sentence, and the reason as one word in `x-skiff-reason`.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::{Either, Full};

use super::{body::Answer, redirect::Redirecting, table::Fixed};

/// The header that says why the load balancer answered by itself.
pub const REASON: HeaderName = HeaderName::from_static("x-skiff-reason");

/// Why no target's answer was passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// The request is malformed.
    BadRequest,
    /// Its method is one that no load balancer serves.
    BadMethod,
    /// Its body did not come in time.
    SlowRequest,
    /// Its body is larger than the limit.
    TooLarge,
    /// The group whose turn it was has no fit member.
    NoHealthyTarget,
    /// The test listener leads nowhere for this request.
    NoShadow,
    /// No target could be connected to.
    ConnectFailed,
    /// The target closed the connection before it answered.
    NoAnswer,
    /// The target did not answer in time.
    LateAnswer,
}

impl Reason {
    fn parts(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::BadRequest => (400, "bad-request", "The request cannot be understood."),
            Self::BadMethod => (405, "bad-method", "The method of the request is not served here."),
            Self::SlowRequest => (408, "slow-request", "The rest of the request did not come in time."),
            Self::TooLarge => (413, "too-large", "The body of the request is larger than the load balancer allows."),
            Self::NoHealthyTarget => (503, "no-healthy-target", "No healthy target can serve the request now."),
            Self::NoShadow => (503, "no-shadow", "The test listener leads to no release for this request."),
            Self::ConnectFailed => (502, "connect-failed", "The load balancer could not connect to a target."),
            Self::NoAnswer => (502, "no-answer", "The target closed the connection before it answered."),
            Self::LateAnswer => (504, "late-answer", "The target did not answer in time."),
        }
    }

    /// The word in the header.
    pub(super) fn word(self) -> &'static str {
        self.parts().1
    }

    /// The status of the answer.
    pub(super) fn status(self) -> u16 {
        self.parts().0
    }

    /// Whether the connection cannot be used after it, since where the next request begins is not known.
    fn ends_connection(self) -> bool {
        matches!(self, Self::BadRequest | Self::SlowRequest | Self::TooLarge)
    }

    /// The whole answer.
    pub(super) fn answer(self) -> Response<Answer> {
        let (status, word, sentence) = self.parts();
        let mut response = of(StatusCode::from_u16(status).unwrap_or_default(), format!("{sentence}\n").into());
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.insert(REASON, HeaderValue::from_static(word));
        if self.ends_connection() {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// An answer that a rule has ready.
pub(super) fn fixed(fixed: &Fixed) -> Response<Answer> {
    let mut response = of(fixed.status, fixed.body.clone());
    if let Some(content_type) = &fixed.content_type {
        response.headers_mut().insert(header::CONTENT_TYPE, content_type.clone());
    }
    response
}

/// The client is sent elsewhere.
pub(super) fn redirect(redirecting: &Redirecting, location: HeaderValue) -> Response<Answer> {
    let mut response = of(redirecting.status, Bytes::new());
    response.headers_mut().insert(header::LOCATION, location);
    response
}

/// An answer with nothing but its status: the client's connection becomes a tunnel.
pub(super) fn empty(status: StatusCode) -> Response<Answer> {
    of(status, Bytes::new())
}

fn of(status: StatusCode, body: Bytes) -> Response<Answer> {
    let mut response = Response::new(Either::Right(Full::new(body)));
    *response.status_mut() = status;
    response
}
