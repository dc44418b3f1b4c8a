//! The network: an existing one by id or look-up, or a VPC with public and private subnets.

use std::collections::BTreeMap;

use skiff_wire::InputKind;

use super::{Lowering, top};
use crate::{
    ir::{
        Endpoint, Expr, Flow, Handle, Origin, Owner,
        identity::{PolicyDocument, Role, Statement},
        load_balancing::ListExpr,
        network::{
            Eip, FlowLog, InlineEgress, InternetGateway, NatGateway, Route, RouteTable, SecurityGroup, Subnet,
            SubnetRouteTableAssociation, Vpc, VpcEndpoint, VpcGatewayAttachment,
        },
        observability::LogGroup,
    },
    resolve::{CreatedNetwork, ExistingNetwork, NetworkChoice, ResolvedService, Subnets, Target, Written},
    spec::{network::Egress, service::Kind, values::Cidr},
};

/// Why a zone is a literal.
pub(super) const NAMED_ZONE: &str = "Zones are named, so that what is in one stays there whatever zones AWS adds.";

impl Lowering<'_> {
    pub(super) fn network(&mut self) {
        let network = &self.resolved.network;
        let origin = top("network", network.span);
        match &network.choice {
            NetworkChoice::Existing(existing) => self.existing_network(existing),
            NetworkChoice::Created(created) => self.created_network(created, &origin),
        }
    }

    fn existing_network(&mut self, existing: &ExistingNetwork) {
        self.shared.vpc = Some(match &existing.vpc {
            Subnets::Ids(ids) => Expr::text(ids.first().map(String::as_str).unwrap_or_default()),
            Subnets::Tags(tags) => self.looked_up(("vpc_id", InputKind::Vpc), "The VPC", "AWS::EC2::VPC", tags.clone()),
        });
        // The range of an existing VPC is not known here; these are all the ranges it can have (RFC 1918).
        self.shared.vpc_range = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map(str::to_owned).to_vec();
        self.shared.public =
            existing.public.as_ref().map(|subnets| self.existing_subnets("public_subnet_ids", subnets));
        self.shared.private = Some(self.existing_subnets("private_subnet_ids", &existing.private));
    }

    fn existing_subnets(&mut self, name: &str, subnets: &Subnets) -> ListExpr {
        match subnets {
            Subnets::Ids(ids) => ListExpr::Items(ids.iter().map(|id| Expr::text(id.as_str())).collect()),
            Subnets::Tags(tags) => {
                let what = if name.starts_with("public") {
                    "Subnets of the load balancer"
                } else {
                    "Subnets of VMs and databases"
                };
                let kind = (name, InputKind::SubnetList);
                self.looked_up_list(kind, what, "AWS::EC2::Subnet", tags.clone())
            }
        }
    }

    fn created_network(&mut self, created: &CreatedNetwork, origin: &Origin) {
        let owner = Owner::Environment;
        let body = Vpc { cidr_block: created.cidr.to_string(), enable_dns_hostnames: true, enable_dns_support: true };
        let vpc = self.ir.add(&owner, "environment.vpc", origin, body);
        self.shared.vpc = Some(vpc.id_of());
        self.shared.vpc_range = vec![created.cidr.to_string()];
        self.flow_log(&vpc, origin);
        let gateway = self.ir.add(&owner, "environment.internet_gateway", origin, InternetGateway {});
        let attachment = VpcGatewayAttachment { internet_gateway_id: gateway.id_of(), vpc_id: vpc.id_of() };
        let attachment = self.ir.add(&owner, "environment.internet_gateway_attachment", origin, attachment);
        self.shared.internet = Some(attachment);
        let public = self.public_subnets(created, &vpc, &gateway, origin);
        let tables = self.private_subnets_of(created, &vpc, &public, origin);
        self.endpoints(&vpc, &tables, origin);
    }

    fn public_subnets(
        &mut self,
        created: &CreatedNetwork,
        vpc: &Handle<Vpc>,
        gateway: &Handle<InternetGateway>,
        origin: &Origin,
    ) -> Vec<Handle<Subnet>> {
        let table = self.ir.add(
            &Owner::Environment,
            "environment.route_table.public",
            origin,
            RouteTable { vpc_id: vpc.id_of() },
        );
        let route = Route {
            destination_cidr_block: "0.0.0.0/0".into(),
            gateway_id: Some(gateway.id_of()),
            nat_gateway_id: None,
            route_table_id: table.id_of(),
        };
        self.ir.add(&Owner::Environment, "environment.route.public", origin, route);
        self.after_internet();
        let zones = created.zones.iter().zip(&created.public);
        let subnets: Vec<_> = zones
            .map(|(zone, cidr)| {
                let subnet = self.subnet("public", zone, *cidr, vpc, origin);
                self.associate("public", zone, &subnet, &table, origin);
                subnet
            })
            .collect();
        self.shared.public = Some(ListExpr::Items(subnets.iter().map(Handle::<Subnet>::id_of).collect()));
        subnets
    }

    fn subnet(&mut self, side: &str, zone: &str, cidr: Cidr, vpc: &Handle<Vpc>, origin: &Origin) -> Handle<Subnet> {
        let body = Subnet {
            availability_zone: zone.into(),
            cidr_block: cidr.to_string(),
            map_public_ip_on_launch: false,
            vpc_id: vpc.id_of(),
        };
        let subnet =
            self.ir.add(&Owner::Environment, format!("environment.subnet.{side}-{}", letter(zone)), origin, body);
        self.ir.accept("W3010", NAMED_ZONE);
        subnet
    }

    fn associate(
        &mut self,
        side: &str,
        zone: &str,
        subnet: &Handle<Subnet>,
        table: &Handle<RouteTable>,
        origin: &Origin,
    ) {
        let body = SubnetRouteTableAssociation { route_table_id: table.id_of(), subnet_id: subnet.id_of() };
        let id = format!("environment.route_table_association.{side}-{}", letter(zone));
        self.ir.add(&Owner::Environment, id, origin, body);
    }

    /// A private subnet and a route table for each zone, with the way out that the spec chose.
    fn private_subnets_of(
        &mut self,
        created: &CreatedNetwork,
        vpc: &Handle<Vpc>,
        public: &[Handle<Subnet>],
        origin: &Origin,
    ) -> Vec<Handle<RouteTable>> {
        let mut tables = Vec::new();
        let mut gateways: Vec<Handle<NatGateway>> = Vec::new();
        for (index, (zone, cidr)) in created.zones.iter().zip(&created.private).enumerate() {
            let subnet = self.subnet("private", zone, *cidr, vpc, origin);
            let id = format!("environment.route_table.private-{}", letter(zone));
            let table = self.ir.add(&Owner::Environment, id, origin, RouteTable { vpc_id: vpc.id_of() });
            self.associate("private", zone, &subnet, &table, origin);
            self.shared.private_by_zone.insert(zone.clone(), subnet.id_of());
            let own = self.resolved.network.egress == Egress::NatPerZone || index == 0;
            if let Some(home) = public.get(index).filter(|_| own && self.resolved.network.egress != Egress::Endpoints) {
                gateways.push(self.nat_gateway(zone, home, origin));
            }
            if let Some(gateway) = gateways.last() {
                let route = Route {
                    destination_cidr_block: "0.0.0.0/0".into(),
                    gateway_id: None,
                    nat_gateway_id: Some(gateway.id_of()),
                    route_table_id: table.id_of(),
                };
                self.ir.add(&Owner::Environment, format!("environment.route.private-{}", letter(zone)), origin, route);
            }
            tables.push(table);
        }
        let subnets = created.zones.iter().filter_map(|zone| self.shared.private_by_zone.get(zone).cloned()).collect();
        self.shared.private = Some(ListExpr::Items(subnets));
        tables
    }

    /// Makes the resource added last wait until the VPC can be reached from the internet, when Skiff makes the VPC.
    ///
    /// No property leads there, and EC2 and Elastic Load Balancing refuse what faces the internet before.
    pub(super) fn after_internet(&mut self) {
        if let Some(attachment) = &self.shared.internet {
            self.ir.after(attachment);
        }
    }

    fn nat_gateway(&mut self, zone: &str, home: &Handle<Subnet>, origin: &Origin) -> Handle<NatGateway> {
        let letter = letter(zone);
        let address = Eip { domain: "vpc".into() };
        let address = self.ir.add(&Owner::Environment, format!("environment.nat_address.{letter}"), origin, address);
        self.after_internet();
        let body = NatGateway { allocation_id: address.allocation_id(), subnet_id: home.id_of() };
        let gateway = self.ir.add(&Owner::Environment, format!("environment.nat_gateway.{letter}"), origin, body);
        self.after_internet();
        gateway
    }

    /// S3 by a gateway endpoint, which is free; other services by interface endpoints, when nothing else leads out.
    fn endpoints(&mut self, vpc: &Handle<Vpc>, tables: &[Handle<RouteTable>], origin: &Origin) {
        let region = self.resolved.settings.region.clone();
        let s3 = VpcEndpoint {
            private_dns_enabled: None,
            route_table_ids: Some(tables.iter().map(Handle::<RouteTable>::id_of).collect()),
            security_group_ids: None,
            service_name: format!("com.amazonaws.{region}.s3"),
            subnet_ids: None,
            vpc_endpoint_type: "Gateway".into(),
            vpc_id: vpc.id_of(),
        };
        self.ir.add(&Owner::Environment, "environment.endpoint.s3", origin, s3);
        let services = self.endpoint_services();
        if services.is_empty() {
            return;
        }
        let names = ("endpoints", "Interface endpoints of AWS services");
        let group = self.group(names, "endpoints", &Owner::Environment, origin);
        let subnets = self.private_subnets().items().to_vec();
        for service in services {
            let body = VpcEndpoint {
                private_dns_enabled: Some(true),
                route_table_ids: None,
                security_group_ids: Some(vec![group.group_id()]),
                service_name: self.endpoint_name(&service),
                subnet_ids: Some(subnets.clone()),
                vpc_endpoint_type: "Interface".into(),
                vpc_id: vpc.id_of(),
            };
            self.ir.add(
                &Owner::Environment,
                format!("environment.endpoint.{}", service.replace('.', "-")),
                origin,
                body,
            );
        }
        self.shared.endpoint_group = Some(group);
    }

    /// The services that members call: those of the runner, those that follow from the spec, those that it names.
    fn endpoint_services(&self) -> Vec<String> {
        let network = &self.resolved.network;
        let mut services: Vec<String> = network.endpoints.clone();
        if network.egress == Egress::Endpoints {
            let all = self.resolved.services.values();
            services.extend(all.flat_map(called).map(str::to_owned));
        }
        services.sort();
        services.dedup();
        services
    }

    /// The name of an interface endpoint's service; some of those in China have their own form.
    ///
    /// Source: AWS CDK, `InterfaceVpcEndpointAwsService`, the table of vendor prefixes.
    fn endpoint_name(&self, service: &str) -> String {
        const OWN_FORM: &[&str] = &["autoscaling", "ec2", "ecr.api", "ecr.dkr", "monitoring", "sqs", "sts"];
        let settings = &self.resolved.settings;
        let chinese = settings.partition == "aws-cn" && OWN_FORM.contains(&service);
        format!("{}com.amazonaws.{}.{service}", if chinese { "cn." } else { "" }, settings.region)
    }

    fn flow_log(&mut self, vpc: &Handle<Vpc>, origin: &Origin) {
        let owner = Owner::Environment;
        let group = LogGroup {
            kms_key_id: None,
            log_group_name: self.name_under("/skiff/", &["flow-logs"]),
            retention_in_days: self.resolved.settings.retention_days,
        };
        let group = self.ir.add(&owner, "environment.flow_logs", origin, group);
        let role = Role {
            role_name: self.name(&["flow-logs"]),
            path: self.identity_path(),
            description: "Writes the VPC's flow logs".into(),
            assume_role_policy_document: PolicyDocument::trust_own_service("vpc-flow-logs.amazonaws.com"),
            managed_policy_arns: None,
            permissions_boundary: None,
            max_session_duration: None,
        };
        let role = self.ir.add(&owner, "environment.flow_logs_role", origin, role);
        let actions = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"];
        self.grant(role.id(), origin, Statement::allow("WriteFlowLogs", actions, [group.arn()]));
        let body = FlowLog {
            deliver_logs_permission_arn: role.arn(),
            log_destination_type: "cloud-watch-logs".into(),
            log_group_name: group.name(),
            max_aggregation_interval: 600,
            resource_id: vpc.id_of(),
            resource_type: "VPC".into(),
            traffic_type: "REJECT".into(),
        };
        self.ir.add(&owner, "environment.flow_log", origin, body);
    }

    /// A security group that lets nothing in and nothing out; its rules follow from flows.
    pub(super) fn group(
        &mut self,
        (physical, description): (&str, &str),
        name: &str,
        owner: &Owner,
        origin: &Origin,
    ) -> Handle<SecurityGroup> {
        let nowhere = InlineEgress {
            cidr_ip: "127.0.0.1/32".into(),
            description: "Nothing: allowed destinations are rules of their own".into(),
            from_port: 1,
            ip_protocol: "tcp",
            to_port: 1,
        };
        let body = SecurityGroup {
            group_description: description.into(),
            group_name: self.name(&[physical]),
            vpc_id: self.vpc(),
            security_group_egress: Some(vec![nowhere]),
        };
        let id = match owner {
            Owner::Environment => format!("environment.security_group.{name}"),
            Owner::Service(service) => format!("{service}.security_group"),
        };
        self.ir.add(owner, id, origin, body)
    }

    /// The ways out that every member needs: HTTPS by the NAT gateway, or Amazon S3 and the endpoints alone.
    pub(super) fn ways_out(&mut self, group: &Handle<SecurityGroup>, owner: &Owner, origin: &Origin) {
        let destinations = match self.resolved.network.egress {
            Egress::Endpoints => self.endpoint_ways_out(),
            Egress::Nat | Egress::NatPerZone => {
                vec![(Endpoint::Range(Expr::text("0.0.0.0/0")), "HTTPS by the NAT gateway")]
            }
        };
        for (to, reason) in destinations {
            let (owner, origin, reason) = (owner.clone(), origin.clone(), reason.to_owned());
            self.flow(Flow { from: Endpoint::Group(group.clone()), to, port: 443, reason, owner, origin });
        }
    }

    fn endpoint_ways_out(&mut self) -> Vec<(Endpoint, &'static str)> {
        let name = format!("com.amazonaws.{}.s3", self.resolved.settings.region);
        let prefix_list = self.looked_up(
            ("s3_prefix_list_id", InputKind::PrefixList),
            "The prefix list of Amazon S3 in this region",
            "AWS::EC2::PrefixList",
            BTreeMap::from([("prefix-list-name".into(), name)]),
        );
        let mut ways = vec![(Endpoint::PrefixList(prefix_list), "Amazon S3: the ledger and artifacts")];
        match self.shared.endpoint_group.clone() {
            Some(endpoints) => ways.push((Endpoint::Group(endpoints), "AWS services by interface endpoints")),
            None => {
                let ranges = self.shared.vpc_range.iter().map(|range| Endpoint::Range(Expr::text(range.as_str())));
                ways.extend(ranges.map(|range| (range, "AWS services by endpoints of the VPC")));
            }
        }
        ways
    }
}

/// The letter of a zone.
pub(super) fn letter(zone: &str) -> &str {
    zone.get(zone.len().saturating_sub(1)..).unwrap_or(zone)
}

/// The AWS services that a member of a service calls, beside S3.
fn called(service: &ResolvedService) -> Vec<&'static str> {
    let spec = &service.spec;
    let mut called = vec!["autoscaling", "logs", "monitoring"];
    let uses = |wanted: fn(&Target) -> bool| service.uses.iter().any(|used| wanted(&used.target));
    let (queue, bucket) = (uses(|it| matches!(it, Target::Queue(_))), uses(|it| matches!(it, Target::Bucket(_))));
    let existing =
        |kind: &str| Written::all(spec).any(|written| written.existing_secrets().any(|arn| arn.service() == kind));
    let named = Written::all(spec).any(|written| written.named_secrets().next().is_some());
    let conditions = [
        (queue, "sqs"),
        (queue || bucket || !spec.permissions.is_empty(), "sts"),
        (uses(|it| matches!(it, Target::Database(_))) || named || existing("secretsmanager"), "secretsmanager"),
        (existing("ssm"), "ssm"),
        // One that is used calls it as well, and so does one that has names of its own.
        (uses(|it| matches!(it, Target::Service(_))) || !service.discovery.names.is_empty(), "servicediscovery"),
        (service.kind == Kind::Stateful, "ec2"),
        (spec.image.is_some() || !spec.containers.is_empty(), "ecr.api"),
        (spec.image.is_some() || !spec.containers.is_empty(), "ecr.dkr"),
    ];
    called.extend(conditions.into_iter().filter_map(|(needed, name)| needed.then_some(name)));
    called
}
