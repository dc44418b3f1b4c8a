//! What all routes share: the load balancer, its certificates, and routes that lead to no service.

use std::collections::BTreeSet;

use skiff_compiler::spec::{
    Spec,
    application::Scheme,
    decode::Decode,
    network::LoadBalancer,
    service::{Protocol, Route},
    values::{Arn, Duration, Scalar},
};

use super::{Context, Draft};
use crate::import::spanned;

/// What all routes share, while it is put together.
#[derive(Debug, Default)]
pub(crate) struct Front {
    /// The certificates that annotations name.
    pub(super) certificates: BTreeSet<String>,
    /// Whether something is served by HTTPS, and where that was first said.
    pub(super) https: bool,
    /// The longest idle timeout, in seconds.
    pub(super) idle: Option<u32>,
    /// The TLS policy.
    pub(super) tls_policy: Option<String>,
    /// The web ACL.
    pub(super) web_acl: Option<String>,
    /// Routes that redirect or answer.
    pub(super) routes: Vec<Route>,
    /// How many routed objects are for the internet.
    pub(super) facing: usize,
    /// How many are for inside only.
    pub(super) internal: usize,
    chosen: Vec<Arn>,
}

impl Front {
    /// Notes whether a routed object is for inside only.
    pub(super) fn faces(&mut self, internal: bool) {
        *(if internal { &mut self.internal } else { &mut self.facing }) += 1;
    }

    /// Keeps the longest idle timeout.
    pub(super) fn idle_for(&mut self, seconds: u32) {
        self.idle = Some(self.idle.unwrap_or(0).max(seconds.clamp(1, 4000)));
    }

    /// Whether something is served by HTTPS.
    pub(in crate::kube::map) fn is_https(&self) -> bool {
        self.https
    }

    /// Whether all that is routed is for inside only.
    pub(super) fn is_internal(&self) -> bool {
        self.internal > 0 && self.facing == 0
    }

    /// Chooses the certificates, when something is served by HTTPS. Where there is none, the import puts a placeholder.
    pub(super) fn certify(&mut self, drafts: &mut [Draft<'_>], context: &Context<'_>) {
        for draft in drafts.iter_mut() {
            self.secure(draft);
        }
        if !self.https {
            return;
        }
        let known = self.certificates.iter().filter_map(|arn| Arn::parse(arn));
        self.chosen = context.options.certificates.iter().cloned().chain(known).collect();
        self.chosen.dedup();
    }

    /// HTTP/2 and gRPC come by HTTPS alone (ELBv2 user guide, "Protocol versions").
    fn secure(&mut self, draft: &mut Draft<'_>) {
        let protocol = draft.service.protocol.as_ref().map(|protocol| protocol.value);
        let needs = matches!(protocol, Some(Protocol::Http2 | Protocol::Grpc));
        for route in draft.service.routes.iter_mut().filter(|_| needs) {
            route.tls = None;
        }
        self.https |= draft.service.routes.iter().any(|route| route.tls != Some(false));
    }

    /// Writes it into the application.
    pub(super) fn write(&self, spec: &mut Spec) {
        spec.certificates = self.chosen.iter().cloned().map(spanned).collect();
        let balancer = LoadBalancer {
            scheme: self.is_internal().then_some(Scheme::Internal),
            tls_policy: self.tls_policy.clone().map(spanned),
            idle_timeout: self.idle.filter(|idle| *idle != 60).map(|idle| spanned(Duration(idle))),
            web_acl: self.web_acl.as_deref().and_then(Arn::parse).map(spanned),
            routes: self.routes.clone(),
            ..LoadBalancer::fallback()
        };
        if balancer != LoadBalancer::fallback() {
            spec.load_balancer = Some(balancer);
        }
    }
}
