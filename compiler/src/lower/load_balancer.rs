//! The load balancer that all web services of an environment share, its listeners and its names.

use std::collections::{BTreeMap, BTreeSet};

use skiff_wire::InputKind;

use super::{Balancer, Lowering, top};
use crate::{
    ir::{
        Endpoint, Expr, Flow, Handle, Origin, Owner,
        dns::{AliasTarget, RecordSet},
        load_balancing::{
            Action, Attribute, Certificate, FixedResponse, ListExpr, Listener, ListenerCertificate, LoadBalancer,
            WebAclAssociation,
        },
        network::SecurityGroup,
    },
    resolve::needs_load_balancer,
    spec::{application::Scheme, network::TestListener},
};

const TLS_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-2021-06";

impl Lowering<'_> {
    pub(super) fn load_balancer(&mut self) {
        if !needs_load_balancer(&self.resolved.spec) {
            return;
        }
        let origin = match &self.resolved.spec.load_balancer {
            Some(written) => top("load_balancer", written.at.whole),
            None => top("services", self.resolved.spec.at.field("services")),
        };
        let names = ("load-balancer", "The load balancer of all web services");
        let group = self.group(names, "load-balancer", &Owner::Environment, &origin);
        let body = self.balancer_body(&group);
        let balancer = self.ir.add(&Owner::Environment, "environment.load_balancer", &origin, body);
        // Elastic Load Balancing tries the bucket when logging is turned on, so its policy must be there.
        if let Some((_, policy)) = self.shared.log_bucket.clone() {
            self.ir.after(&policy);
        }
        if self.resolved.network.scheme == Scheme::InternetFacing {
            self.after_internet();
        }
        let http = self.http_listener(&balancer, &origin);
        let https = self.https_listener(&balancer, &origin);
        let test = self.test_listener(&balancer, &group, &origin);
        self.callers(&group, https.is_some(), &origin);
        self.web_acl(&balancer);
        self.records(&balancer);
        self.shared.balancer = Some(Balancer { balancer, group, http, https, test });
        self.own_routes();
    }

    fn balancer_body(&self, group: &Handle<SecurityGroup>) -> LoadBalancer {
        let internal = self.resolved.network.scheme == Scheme::Internal;
        let subnets = if internal {
            self.private_subnets()
        } else {
            self.shared.public.clone().unwrap_or(ListExpr::Items(Vec::new()))
        };
        let written = self.resolved.spec.load_balancer.as_ref();
        let idle = written.and_then(|balancer| balancer.idle_timeout.as_ref()).map_or(60, |timeout| timeout.0);
        let mut attributes = vec![
            Attribute::new("deletion_protection.enabled", "true"),
            Attribute::new("idle_timeout.timeout_seconds", idle.to_string()),
            Attribute::new("routing.http.desync_mitigation_mode", "defensive"),
            Attribute::new("routing.http.drop_invalid_header_fields.enabled", "true"),
        ];
        if let Some((logs, _)) = &self.shared.log_bucket {
            attributes.push(Attribute::new("access_logs.s3.enabled", "true"));
            attributes.push(Attribute::new("access_logs.s3.bucket", logs.name()));
            attributes.push(Attribute::new("access_logs.s3.prefix", "load-balancer"));
        }
        attributes.sort_by(|a, b| a.key.cmp(b.key));
        LoadBalancer {
            ip_address_type: "ipv4".into(),
            load_balancer_attributes: attributes,
            name: self.name(&["lb"]),
            scheme: self.resolved.network.scheme.word().into(),
            security_groups: vec![group.group_id()],
            subnets,
            load_balancer_type: "application".into(),
        }
    }

    /// Sends clients to HTTPS; without a certificate it serves.
    fn http_listener(&mut self, balancer: &Handle<LoadBalancer>, origin: &Origin) -> Handle<Listener> {
        let secure = !self.resolved.settings.certificates.is_empty();
        let body = Listener {
            certificates: None,
            default_actions: vec![if secure { Action::redirect_to_https() } else { not_found() }],
            load_balancer_arn: balancer.arn(),
            port: 80,
            protocol: "HTTP".into(),
            ssl_policy: None,
        };
        let listener = self.ir.add(&Owner::Environment, "environment.listener.http", origin, body);
        if !secure {
            let reason = "The spec has no certificate and says `tls: false` on its routes.";
            self.ir.accept("CKV_AWS_2", reason);
            self.ir.accept("CKV_AWS_103", reason);
        }
        listener
    }

    fn https_listener(&mut self, balancer: &Handle<LoadBalancer>, origin: &Origin) -> Option<Handle<Listener>> {
        let certificates = self.resolved.settings.certificates.clone();
        let default = certificates.first()?.clone();
        let body = self.secure_listener(balancer, 443, default);
        let listener = self.ir.add(&Owner::Environment, "environment.listener.https", origin, body);
        for (index, arn) in certificates.iter().enumerate().skip(1) {
            let body = ListenerCertificate {
                certificates: vec![Certificate { certificate_arn: arn.clone() }],
                listener_arn: listener.arn(),
            };
            let origin = Origin::new(format!("certificates[{index}]"), self.resolved.spec.at.field("certificates"));
            let id = format!("environment.listener_certificate.{}", super::names::hash(arn));
            self.ir.add(&Owner::Environment, id, &origin, body);
        }
        Some(listener)
    }

    fn secure_listener(&self, balancer: &Handle<LoadBalancer>, port: u16, certificate: String) -> Listener {
        let written = self.resolved.spec.load_balancer.as_ref().and_then(|balancer| balancer.tls_policy.as_ref());
        Listener {
            certificates: Some(vec![Certificate { certificate_arn: certificate }]),
            default_actions: vec![not_found()],
            load_balancer_arn: balancer.arn(),
            port,
            protocol: "HTTPS".into(),
            ssl_policy: Some(written.map_or_else(|| TLS_POLICY.into(), |policy| policy.value.clone())),
        }
    }

    /// For shadow releases; a security group restricts it, not a header (`aws-rules` 10).
    fn test_listener(
        &mut self,
        balancer: &Handle<LoadBalancer>,
        group: &Handle<SecurityGroup>,
        origin: &Origin,
    ) -> Option<Handle<Listener>> {
        let written: &TestListener = self.resolved.spec.load_balancer.as_ref()?.test_listener.as_ref()?;
        let port = written.port.unwrap_or(8443);
        let body = match self.resolved.settings.certificates.first() {
            Some(certificate) => self.secure_listener(balancer, port, certificate.clone()),
            None => Listener {
                certificates: None,
                default_actions: vec![not_found()],
                load_balancer_arn: balancer.arn(),
                port,
                protocol: "HTTP".into(),
                ssl_policy: None,
            },
        };
        let listener = self.ir.add(&Owner::Environment, "environment.listener.test", origin, body);
        if self.resolved.settings.certificates.is_empty() {
            let reason = "The spec has no certificate; only the named ranges reach this listener.";
            self.ir.accept("CKV_AWS_2", reason);
            self.ir.accept("CKV_AWS_103", reason);
        }
        for range in &written.allow {
            self.flow(Flow {
                from: Endpoint::Range(Expr::text(range.to_string())),
                to: Endpoint::Group(group.clone()),
                port,
                reason: "Who may try a shadow release".into(),
                owner: Owner::Environment,
                origin: Origin::new("load_balancer.test_listener.allow", range.span()),
            });
        }
        Some(listener)
    }

    /// Who may connect to the load balancer.
    fn callers(&mut self, group: &Handle<SecurityGroup>, secure: bool, origin: &Origin) {
        let written =
            self.resolved.spec.load_balancer.as_ref().map(|balancer| &balancer.allow).filter(|allow| !allow.is_empty());
        let ranges: Vec<String> = match written {
            Some(allow) => allow.iter().map(|range| range.to_string()).collect(),
            None if self.resolved.network.scheme == Scheme::Internal => self.shared.vpc_range.clone(),
            None => vec!["0.0.0.0/0".into()],
        };
        let ports: &[(u16, &str)] =
            if secure { &[(443, "HTTPS"), (80, "HTTP, which is redirected to HTTPS")] } else { &[(80, "HTTP")] };
        for range in &ranges {
            for (port, what) in ports {
                self.flow(Flow {
                    from: Endpoint::Range(Expr::text(range.as_str())),
                    to: Endpoint::Group(group.clone()),
                    port: *port,
                    reason: (*what).into(),
                    owner: Owner::Environment,
                    origin: origin.clone(),
                });
            }
        }
    }

    fn web_acl(&mut self, balancer: &Handle<LoadBalancer>) {
        let Some(arn) = self.resolved.spec.load_balancer.as_ref().and_then(|written| written.web_acl.as_ref()) else {
            return;
        };
        let body = WebAclAssociation { resource_arn: balancer.arn(), web_acl_arn: arn.value.to_string() };
        let origin = Origin::new("load_balancer.web_acl", arn.span());
        self.ir.add(&Owner::Environment, "environment.web_acl_association", &origin, body);
    }

    /// A record for each host of a route.
    fn records(&mut self, balancer: &Handle<LoadBalancer>) {
        let Some(dns) = &self.resolved.spec.dns else { return };
        let zone = match &dns.zone_id {
            Some(id) => Expr::text(id.as_str()),
            None => {
                let filters = BTreeMap::from([("name".to_owned(), dns.zone.value.to_string())]);
                let what = ("zone_id", InputKind::HostedZone);
                self.looked_up(
                    what,
                    "The Route 53 hosted zone of the routes' hosts",
                    "AWS::Route53::HostedZone",
                    filters,
                )
            }
        };
        let hosts: BTreeSet<String> = self.resolved.routes().filter_map(|route| route.host.clone()).collect();
        for host in hosts {
            let target = AliasTarget {
                dns_name: balancer.dns_name(),
                evaluate_target_health: false,
                hosted_zone_id: balancer.zone_id(),
            };
            let body = RecordSet {
                alias_target: target,
                hosted_zone_id: zone.clone(),
                name: host.clone(),
                record_type: "A".into(),
            };
            let slug = match host.strip_prefix("*.") {
                Some(rest) => format!("wildcard-{}", super::names::slug(rest)),
                None => super::names::slug(&host),
            };
            self.ir.add(&Owner::Environment, format!("environment.record.{slug}"), &top("dns", dns.at.whole), body);
        }
    }
}

/// What nobody asked for.
fn not_found() -> Action {
    Action::fixed_response(FixedResponse {
        content_type: "text/plain".into(),
        message_body: "not found".into(),
        status_code: "404".into(),
    })
}
