//! From one resource of the IR to its blocks, in Terraform's own arguments.
//!
//! Every family has a module; a resource whose properties Terraform keeps in blocks of their own gives several pieces. To
//! add a type: its arm here, its function in the family's module, its attributes in `scope.rs`, its row in the mapping that
//! `tests/src/terraform` compares both emitters by.

mod compute;
mod identity;
mod load_balancing;
mod network;
mod observability;
mod policy;
mod storage;

use skiff_compiler::ir::{Body as Ir, Id, Owner, Resource};

use super::{
    address::{self, Address},
    model::{Body, Path, Value, wrapped},
    piece::{File, Piece},
    scope::Scope,
    skips,
};

/// The blocks of a resource; the first has its address.
pub(super) fn lower(resource: &Resource, scope: &mut Scope<'_>) -> Vec<Piece> {
    let mut maker = Maker { resource, scope, pieces: Vec::new() };
    dispatch(&mut maker);
    maker.pieces
}

#[allow(clippy::too_many_lines, reason = "one row a type, and the compiler counts them")]
fn dispatch(maker: &mut Maker<'_, '_>) {
    match &maker.resource.body {
        Ir::AutoScalingGroup(body) => compute::auto_scaling_group(maker, body),
        Ir::LifecycleHook(body) => compute::lifecycle_hook(maker, body),
        Ir::ScalingPolicy(body) => compute::scaling_policy(maker, body),
        Ir::ScheduledAction(body) => compute::scheduled_action(maker, body),
        Ir::LaunchTemplate(body) => compute::launch_template(maker, body),
        Ir::Volume(body) => storage::volume(maker, body),
        Ir::BackupPlan(body) => storage::backup_plan(maker, body),
        Ir::BackupSelection(body) => storage::backup_selection(maker, body),
        Ir::BackupVault(body) => storage::backup_vault(maker, body),
        Ir::DatabaseInstance(body) => storage::database_instance(maker, body),
        Ir::DatabaseParameterGroup(body) => storage::database_parameter_group(maker, body),
        Ir::DatabaseSubnetGroup(body) => storage::database_subnet_group(maker, body),
        Ir::Bucket(body) => storage::bucket(maker, body),
        Ir::BucketPolicy(body) => storage::bucket_policy(maker, body),
        Ir::Queue(body) => storage::queue(maker, body),
        Ir::QueuePolicy(body) => storage::queue_policy(maker, body),
        Ir::Secret(body) => storage::secret(maker, body),
        Ir::Eip(body) => network::eip(maker, body),
        Ir::FlowLog(body) => network::flow_log(maker, body),
        Ir::InternetGateway(body) => network::internet_gateway(maker, body),
        Ir::VpcGatewayAttachment(body) => network::gateway_attachment(maker, body),
        Ir::NatGateway(body) => network::nat_gateway(maker, body),
        Ir::Route(body) => network::route(maker, body),
        Ir::RouteTable(body) => network::route_table(maker, body),
        Ir::SecurityGroup(body) => network::security_group(maker, body),
        Ir::SecurityGroupEgress(body) => network::security_group_egress(maker, body),
        Ir::SecurityGroupIngress(body) => network::security_group_ingress(maker, body),
        Ir::Subnet(body) => network::subnet(maker, body),
        Ir::SubnetRouteTableAssociation(body) => network::route_table_association(maker, body),
        Ir::Vpc(body) => network::vpc(maker, body),
        Ir::VpcEndpoint(body) => network::vpc_endpoint(maker, body),
        Ir::PrivateDnsNamespace(body) => network::private_dns_namespace(maker, body),
        Ir::DiscoveryService(body) => network::discovery_service(maker, body),
        Ir::Listener(body) => load_balancing::listener(maker, body),
        Ir::ListenerCertificate(body) => load_balancing::listener_certificate(maker, body),
        Ir::ListenerRule(body) => load_balancing::listener_rule(maker, body),
        Ir::LoadBalancer(body) => load_balancing::load_balancer(maker, body),
        Ir::TargetGroup(body) => load_balancing::target_group(maker, body),
        Ir::RecordSet(body) => load_balancing::record_set(maker, body),
        Ir::WebAclAssociation(body) => load_balancing::web_acl_association(maker, body),
        Ir::InstanceProfile(body) => identity::instance_profile(maker, body),
        Ir::ManagedPolicy(body) => identity::managed_policy(maker, body),
        Ir::Role(body) => identity::role(maker, body),
        Ir::RolePolicy(body) => identity::role_policy(maker, body),
        Ir::Alias(body) => identity::alias(maker, body),
        Ir::Key(body) => identity::key(maker, body),
        Ir::Alarm(body) => observability::alarm(maker, body),
        Ir::LogGroup(body) => observability::log_group(maker, body),
        Ir::Subscription(body) => observability::subscription(maker, body),
        Ir::Topic(body) => observability::topic(maker, body),
    }
}

/// Makes the pieces of one resource.
struct Maker<'scope, 'ir> {
    resource: &'scope Resource,
    scope: &'scope mut Scope<'ir>,
    pieces: Vec<Piece>,
}

impl Maker<'_, '_> {
    /// The resource's own block; tags, comments, life cycle and skips are those of the IR.
    fn resource(&mut self, file: File, body: Body) -> &mut Piece {
        let body = match self.tags() {
            Some(tags) => body.set("tags", tags),
            None => body,
        };
        self.untagged(file, body)
    }

    /// The same for a type whose tags stand elsewhere.
    fn untagged(&mut self, file: File, body: Body) -> &mut Piece {
        let resource = self.resource;
        let address = address::address(resource);
        let mut piece = self.piece(address, file, body);
        piece.kept = resource.body.retain().then(|| kept(&resource.body));
        piece.was = resource.was.as_ref().map(|was| address::former(resource, was));
        piece.source = source(resource);
        piece.depends_on = resource.depends_on.iter().filter_map(|id| self.needed(id)).collect();
        self.add(piece)
    }

    /// A block that belongs to the resource, under the same name.
    fn companion(&mut self, kind: &'static str, file: File, body: Body) -> &mut Piece {
        let own = address::address(self.resource);
        let was = self.resource.was.as_ref().map(|was| address::former(self.resource, was));
        let mut piece = self.piece(Address { kind, ..own }, file, body);
        piece.was = was.map(|was| Address { kind, ..was });
        self.add(piece)
    }

    /// A data source that belongs to the resource, under the same name; gives the path to it.
    fn data(&mut self, kind: &'static str, name: String, file: File, body: Body) -> Path {
        let path = Path::of(&["data", kind, &name]);
        let mut piece = self.piece(Address { kind, name, key: None }, file, body);
        piece.data = true;
        self.add(piece);
        path
    }

    fn piece(&self, address: Address, file: File, body: Body) -> Piece {
        Piece {
            data: false,
            address,
            file,
            from: self.resource.id.clone(),
            comment: Vec::new(),
            skips: Vec::new(),
            body,
            ignored: Vec::new(),
            source: None,
            made_before_gone: None,
            kept: None,
            depends_on: Vec::new(),
            was: None,
        }
    }

    fn add(&mut self, mut piece: Piece) -> &mut Piece {
        piece.skips = skips::of(&piece, self.resource, self.scope.index);
        self.pieces.push(piece);
        let last = self.pieces.len() - 1;
        &mut self.pieces[last]
    }

    /// The path of a resource that must exist first, when it is in the same root module.
    fn needed(&self, id: &str) -> Option<Path> {
        let target = self.scope.index.get(id).filter(|target| target.owner == *self.scope.owner)?;
        Some(address::address(target).path())
    }

    /// The tags that the provider's default tags do not bring.
    fn tags(&self) -> Option<Value> {
        let own = &self.resource.tags.own;
        let entry = |(key, value): &(&'static str, Id)| ((*key).to_owned(), Value::text(&**value));
        let entries: Vec<_> = own.iter().filter(|(key, _)| *key != "skiff:service").map(entry).collect();
        (!entries.is_empty()).then_some(Value::Map(entries))
    }

    /// The name that the resource is tagged with.
    fn name_tag(&self) -> Option<&str> {
        self.resource.tags.own.iter().find(|(key, _)| *key == "Name").map(|(_, name)| &**name)
    }
}

/// Why a resource must not be destroyed by accident.
fn kept(body: &Ir) -> &'static str {
    match body {
        Ir::TargetGroup(_) => {
            "The rule forwards here; another group would get no traffic, since weights are not Terraform's."
        }
        Ir::Eip(_) => "Others let this address in; another one would be refused.",
        Ir::Key(_) => "What it has encrypted is lost with it.",
        Ir::Secret(_) => "Its value is nowhere else.",
        Ir::LogGroup(_) => "Its entries go with it.",
        Ir::Queue(_) => "Its messages go with it.",
        _ => "Its data goes with it.",
    }
}

/// The key of the spec that asks for a resource, where that is narrower than its owner.
fn source(resource: &Resource) -> Option<String> {
    let path = &*resource.origin.path;
    let narrow = match &resource.owner {
        Owner::Service(name) => path.strip_prefix("services.").is_some_and(|rest| rest != &**name),
        Owner::Environment => path.contains('.'),
    };
    narrow.then(|| path.to_owned())
}

impl Piece {
    /// With a comment.
    fn because(&mut self, why: &str) -> &mut Self {
        self.comment.extend(wrapped(why));
        self
    }

    /// With an argument that the runtime owns.
    fn ignoring(&mut self, argument: &'static str, why: &'static str) -> &mut Self {
        self.ignored.push((argument, why));
        self
    }
}
