//! What one root module reads of another: data sources by the names that the compiler gave, never remote state.
//!
//! A service's root module so needs no access to the environment's state file, and finds the same objects whoever applied
//! them: Terraform or a direct plan.

use skiff_compiler::ir::{Body as Ir, Expr, Owner, Resource};

use super::{
    address,
    model::{Body, Path, Value},
    piece::File,
    scope::Scope,
};

/// A data source.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lookup {
    /// Its arguments.
    pub(super) body: Body,
    /// The file it stands in.
    pub(super) file: File,
    /// The logical id of what is found.
    pub(super) target: String,
    /// The address of what is found, for readers.
    pub(super) stands_for: String,
    /// Whose root module makes it.
    pub(super) made_by: Owner,
}

/// The data source that finds a resource of another root module.
pub(super) fn find(scope: &mut Scope<'_>, target: &Resource) -> Option<Path> {
    let address = address::address(target);
    let (kind, file, body) = match &target.body {
        Ir::Vpc(_) => ("aws_vpc", File::Network, Body::new().set("tags", name_tag(target)?)),
        Ir::Subnet(_) => ("aws_subnet", File::Network, Body::new().set("tags", name_tag(target)?)),
        Ir::SecurityGroup(group) => {
            let vpc = scope.value(&group.vpc_id);
            ("aws_security_group", File::Network, Body::new().set("name", &group.group_name).set("vpc_id", vpc))
        }
        Ir::PrivateDnsNamespace(namespace) => {
            let body = Body::new().set("name", &namespace.name).set("type", "DNS_PRIVATE");
            ("aws_service_discovery_dns_namespace", File::Network, body)
        }
        Ir::LoadBalancer(balancer) => ("aws_lb", File::LoadBalancer, Body::new().set("name", &balancer.name)),
        Ir::Listener(listener) => {
            let balancer = scope.value(&listener.load_balancer_arn);
            let body = Body::new().set("load_balancer_arn", balancer).set("port", listener.port);
            ("aws_lb_listener", File::LoadBalancer, body)
        }
        Ir::Key(_) => ("aws_kms_key", File::DataStores, Body::new().set("key_id", alias_of(scope, target)?)),
        Ir::DatabaseInstance(database) => {
            let body = Body::new().set("db_instance_identifier", &database.instance_identifier);
            ("aws_db_instance", File::DataStores, body)
        }
        Ir::Bucket(bucket) => ("aws_s3_bucket", File::DataStores, Body::new().set("bucket", &bucket.bucket_name)),
        Ir::Queue(queue) => ("aws_sqs_queue", File::DataStores, Body::new().set("name", &queue.queue_name)),
        Ir::Topic(topic) => ("aws_sns_topic", File::Observability, Body::new().set("name", &topic.topic_name)),
        _ => return None,
    };
    Some(register(scope, (kind, address.name.clone()), (file, body), target))
}

/// One data source for subnets that are used together.
pub(super) fn subnets(scope: &mut Scope<'_>, subnets: &[&Resource]) -> Option<Path> {
    let first = subnets.first()?;
    let Ir::Subnet(subnet) = &first.body else { return None };
    let vpc = scope.value(&subnet.vpc_id);
    let names = subnets.iter().map(|subnet| name_of(subnet).map(Value::text)).collect::<Option<Vec<_>>>()?;
    let filter = |name: &str, values: Vec<Value>| Body::new().set("name", name).set("values", values);
    let tags = Value::Map(whose(first).collect());
    let body = Body::new()
        .set("tags", tags)
        .block("filter", filter("vpc-id", vec![vpc]))
        .block("filter", filter("tag:Name", names));
    let name = address::address(first).name;
    Some(register(scope, ("aws_subnets", name), (File::Network, body), first))
}

fn register(scope: &mut Scope<'_>, key: (&'static str, String), what: (File, Body), target: &Resource) -> Path {
    let path = Path::of(&["data", key.0, &key.1]);
    let (file, body) = what;
    scope.lookups.entry(key).or_insert_with(|| Lookup {
        body,
        file,
        target: target.id.to_string(),
        stands_for: address::address(target).text(),
        made_by: target.owner.clone(),
    });
    path
}

/// A name that somebody else could have given as well is no proof: the application and environment must match too.
fn name_tag(target: &Resource) -> Option<Value> {
    let name = ("Name".to_owned(), Value::text(name_of(target)?));
    Some(Value::Map(std::iter::once(name).chain(whose(target)).collect()))
}

fn whose(target: &Resource) -> impl Iterator<Item = (String, Value)> {
    let common = target.tags.common.iter().filter(|(key, _)| key.starts_with("skiff:"));
    common.map(|(key, value)| (key.clone(), Value::text(value)))
}

fn name_of(target: &Resource) -> Option<&str> {
    target.tags.own.iter().find(|(key, _)| *key == "Name").map(|(_, name)| &**name)
}

/// A key is found by its alias, the only name it has.
fn alias_of(scope: &Scope<'_>, key: &Resource) -> Option<String> {
    let points_here = |expr: &Expr| matches!(expr, Expr::Reference { resource, .. } if *resource == key.id);
    scope.index.aliases().find(|alias| points_here(&alias.target_key_id)).map(|alias| alias.alias_name.clone())
}
