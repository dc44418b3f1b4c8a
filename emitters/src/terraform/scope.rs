//! What a root module sees: references to what it makes, look-ups of what another root module made, variables for what
//! is not known yet.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use skiff_compiler::ir::{
    Body as Ir, Expr, Owner, Pseudo, Resource,
    identity::Alias,
    load_balancing::{ListExpr, Number},
};

use super::{
    TerraformError,
    address::{self, Address},
    lookup::{self, Lookup},
    model::{Path, Step, Value},
};

/// All resources of an IR by their logical id.
pub(super) struct Index<'ir> {
    resources: &'ir [Resource],
    by_id: HashMap<&'ir str, &'ir Resource>,
    /// The keys of each block that stands for several resources.
    keys: BTreeMap<(&'static str, String), BTreeSet<String>>,
    aliases: Vec<&'ir Alias>,
    /// The variable of an input, where it has a better name than the input's.
    variables: BTreeMap<&'ir str, String>,
    /// The ledger's bucket, when the ledger is in one.
    ledger: Option<&'ir str>,
}

impl<'ir> Index<'ir> {
    /// The index of an IR's resources.
    pub(super) fn of(ir: &'ir skiff_compiler::ir::Ir) -> Self {
        let resources = ir.resources.as_slice();
        let mut keys: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
        for resource in resources {
            let Address { kind, name, key: Some(key) } = address::address(resource) else { continue };
            keys.entry((kind, name)).or_default().insert(key);
        }
        let alias = |resource: &'ir Resource| match &resource.body {
            Ir::Alias(alias) => Some(&**alias),
            _ => None,
        };
        let aliases = resources.iter().filter_map(alias).collect();
        let variables = resources.iter().filter_map(priority).collect();
        let ledger = ir.context.state_root.strip_prefix("s3://").and_then(|rest| rest.split('/').next());
        Self {
            resources,
            by_id: resources.iter().map(|resource| (&*resource.id, resource)).collect(),
            keys,
            aliases,
            variables,
            ledger,
        }
    }

    /// The aliases of keys.
    pub(super) fn aliases(&self) -> impl Iterator<Item = &'ir Alias> {
        self.aliases.iter().copied()
    }

    /// The ledger's bucket, when the ledger is in one.
    pub(super) fn ledger(&self) -> Option<&'ir str> {
        self.ledger
    }

    /// The name of the variable that an input becomes.
    pub(super) fn variable(&self, input: &str) -> String {
        self.variables.get(input).cloned().unwrap_or_else(|| address::ident(input))
    }

    /// Whether one of the resources is so.
    pub(super) fn any(&self, is: impl Fn(&Resource) -> bool) -> bool {
        self.resources.iter().any(is)
    }

    /// A resource by its logical id.
    pub(super) fn get(&self, id: &str) -> Option<&'ir Resource> {
        self.by_id.get(id).copied()
    }
}

/// The local that holds the ARN of the ledger's bucket.
pub(super) const LEDGER_ARN: &str = "ledger_arn";

/// The input of a rule's priority, and a variable that is named for the rule.
fn priority(resource: &Resource) -> Option<(&str, String)> {
    match &resource.body {
        Ir::ListenerRule(rule) => match &rule.priority {
            Number::Input(Expr::Input(input)) => Some((input, format!("priority_{}", address::address(resource).name))),
            _ => None,
        },
        _ => None,
    }
}

/// One root module while it is lowered.
pub(super) struct Scope<'ir> {
    /// All resources.
    pub(super) index: &'ir Index<'ir>,
    /// Whose root module it is.
    pub(super) owner: &'ir Owner,
    /// What is looked up, by type and name.
    pub(super) lookups: BTreeMap<(&'static str, String), Lookup>,
    /// The inputs that are used.
    pub(super) inputs: BTreeSet<String>,
    /// Whether something in the ledger is named.
    pub(super) reads_ledger: bool,
    /// What could not be said.
    pub(super) failed: Option<TerraformError>,
}

impl<'ir> Scope<'ir> {
    /// An empty root module of an owner.
    pub(super) fn new(index: &'ir Index<'ir>, owner: &'ir Owner) -> Self {
        Self { index, owner, lookups: BTreeMap::new(), inputs: BTreeSet::new(), reads_ledger: false, failed: None }
    }

    /// An expression of the IR in Terraform's terms.
    pub(super) fn value(&mut self, expr: &Expr) -> Value {
        match expr {
            Expr::Text(text) => Value::text(&**text),
            Expr::Pseudo(pseudo) => Value::path(&["local", local(*pseudo)]),
            Expr::Input(name) => self.input(name),
            Expr::Join(parts) => match self.in_ledger(parts) {
                Some(value) => value,
                None => Value::Template(parts.iter().flat_map(|part| self.value(part).into_parts()).collect()),
            },
            Expr::Reference { resource, attribute } => self.reference(resource, attribute),
        }
    }

    /// An ARN in the ledger's bucket, by the bucket: that of this root module, or a local.
    fn in_ledger(&mut self, parts: &[Expr]) -> Option<Value> {
        let [Expr::Text(arn), Expr::Pseudo(Pseudo::Partition), Expr::Text(rest)] = parts else { return None };
        let rest = (&**arn == "arn:").then_some(rest)?.strip_prefix(":s3:::")?.strip_prefix(self.index.ledger?)?;
        let made_here = |resource: &&Resource| {
            resource.owner == *self.owner
                && matches!(&resource.body, Ir::Bucket(bucket) if Some(bucket.bucket_name.as_str()) == self.index.ledger)
        };
        let bucket = match self.index.resources.iter().find(made_here) {
            Some(bucket) => address::address(bucket).path().name("arn"),
            None => {
                self.reads_ledger = true;
                Path::of(&["local", LEDGER_ARN])
            }
        };
        match rest {
            "" => Some(bucket.into()),
            rest if rest.starts_with('/') => Some(Value::Template(vec![bucket.into(), rest.into()])),
            _ => None,
        }
    }

    /// The same for what may be absent.
    pub(super) fn some(&mut self, expr: Option<&Expr>) -> Option<Value> {
        expr.map(|expr| self.value(expr))
    }

    /// A list; one that names every member of a block says so.
    pub(super) fn list(&mut self, items: &[Expr]) -> Value {
        if let Some(found) = self.subnets_of_environment(items) {
            return found;
        }
        let items: Vec<Value> = items.iter().map(|item| self.value(item)).collect();
        self.all_of_block(&items).unwrap_or(Value::List(items))
    }

    /// A list, or the input that is one.
    pub(super) fn list_expr(&mut self, list: &ListExpr) -> Value {
        match list {
            ListExpr::Items(items) => self.list(items),
            ListExpr::Input(input) => self.value(input),
        }
    }

    fn input(&mut self, name: &str) -> Value {
        self.inputs.insert(name.to_owned());
        Value::path(&["var", &self.index.variable(name)])
    }

    fn reference(&mut self, id: &str, attribute: &str) -> Value {
        let Some(target) = self.index.get(id) else { return self.fail(id, "nothing has this id") };
        let Some(printed) = attribute_of(&target.body, attribute) else {
            return self.fail(id, &format!("`{attribute}` has no Terraform form"));
        };
        let base = if target.owner == *self.owner {
            address::address(target).path()
        } else {
            match lookup::find(self, target) {
                Some(path) => path,
                None => return self.fail(id, "another root module cannot look it up"),
            }
        };
        let path = printed.steps.iter().fold(base, |path, step| path.then(step.clone()));
        match printed.suffix {
            Some(suffix) => Value::Template(vec![path.into(), suffix.into()]),
            None if printed.only => Value::Call("one", vec![path.into()]),
            None => path.into(),
        }
    }

    /// Remembers the first failure; the value stands for none.
    pub(super) fn fail(&mut self, id: &str, cause: &str) -> Value {
        self.failed.get_or_insert_with(|| TerraformError { resource: id.to_owned(), cause: cause.to_owned() });
        Value::text("")
    }

    /// `values(aws_subnet.private)[*].id`, when the items are one attribute of all members of one block.
    fn all_of_block(&self, items: &[Value]) -> Option<Value> {
        let member = |value: &Value| match value {
            Value::Path(Path { root, steps }) => match steps.as_slice() {
                [Step::Name(name), Step::Key(key), Step::Name(attribute)] => {
                    Some((root.clone(), name.clone(), key.clone(), attribute.clone()))
                }
                _ => None,
            },
            _ => None,
        };
        let members = items.iter().map(member).collect::<Option<Vec<_>>>()?;
        let (root, name, _, attribute) = members.first()?.clone();
        let same = members.iter().all(|member| (&member.0, &member.1, &member.3) == (&root, &name, &attribute));
        let keys: BTreeSet<String> = members.iter().map(|member| member.2.clone()).collect();
        let ((_, _), all) = self.index.keys.iter().find(|((kind, block), _)| *kind == root && *block == name)?;
        (same && members.len() > 1 && keys == *all)
            .then(|| Value::Code(format!("values({root}.{name})[*].{attribute}")))
    }

    /// Subnets of the environment are found together, by their names.
    fn subnets_of_environment(&mut self, items: &[Expr]) -> Option<Value> {
        let subnet = |item: &Expr| match item {
            Expr::Reference { resource, .. } => self
                .index
                .get(resource)
                .filter(|target| matches!(target.body, Ir::Subnet(_)) && target.owner != *self.owner),
            _ => None,
        };
        let subnets = items.iter().map(subnet).collect::<Option<Vec<_>>>()?;
        lookup::subnets(self, &subnets).map(|path| path.name("ids").into())
    }
}

fn local(pseudo: Pseudo) -> &'static str {
    match pseudo {
        Pseudo::Account => "account_id",
        Pseudo::Region => "region",
        Pseudo::Partition => "partition",
    }
}

/// How Terraform says an attribute that CloudFormation names.
struct Printed {
    steps: Vec<Step>,
    suffix: Option<&'static str>,
    /// Whether it is the only element of a list.
    only: bool,
}

fn attribute_of(body: &Ir, attribute: &str) -> Option<Printed> {
    let name = match (body, attribute) {
        (Ir::AutoScalingGroup(_), "AutoScalingGroupName")
        | (Ir::BackupVault(_), "BackupVaultName")
        | (Ir::DatabaseParameterGroup(_), "DBParameterGroupName")
        | (Ir::DatabaseSubnetGroup(_), "DBSubnetGroupName")
        | (Ir::LogGroup(_), "LogGroupName")
        | (Ir::Queue(_), "QueueName")
        | (Ir::Role(_), "RoleName") => "name",
        (Ir::BackupPlan(_), "BackupPlanId")
        | (Ir::DiscoveryService(_) | Ir::PrivateDnsNamespace(_), "Id")
        | (Ir::InternetGateway(_), "InternetGatewayId")
        | (Ir::LaunchTemplate(_), "LaunchTemplateId")
        | (Ir::NatGateway(_), "NatGatewayId")
        | (Ir::RouteTable(_), "RouteTableId")
        | (Ir::SecurityGroup(_), "GroupId")
        | (Ir::Subnet(_), "SubnetId")
        | (Ir::Volume(_), "VolumeId")
        | (Ir::Vpc(_), "VpcId") => "id",
        (Ir::LogGroup(_), "Arn") => {
            // CloudFormation's ARN of a log group ends with `:*`, Terraform's does not.
            return Some(Printed { steps: vec![Step::Name("arn".into())], suffix: Some(":*"), only: false });
        }
        (_, "Arn" | "DBInstanceArn")
        | (Ir::Listener(_), "ListenerArn")
        | (Ir::LoadBalancer(_), "LoadBalancerArn")
        | (Ir::ManagedPolicy(_), "PolicyArn")
        | (Ir::Secret(_), "Id")
        | (Ir::TargetGroup(_), "TargetGroupArn")
        | (Ir::Topic(_), "TopicArn") => "arn",
        (Ir::LoadBalancer(_), "LoadBalancerFullName") | (Ir::TargetGroup(_), "TargetGroupFullName") => "arn_suffix",
        (Ir::LoadBalancer(_), "CanonicalHostedZoneID") => "zone_id",
        (Ir::LoadBalancer(_), "DNSName") => "dns_name",
        (Ir::Bucket(_), "BucketName") => "bucket",
        (Ir::DatabaseInstance(_), "DbiResourceId") => "resource_id",
        (Ir::DatabaseInstance(_), "Endpoint.Address") => "address",
        (Ir::DatabaseInstance(_), "Endpoint.Port") => "port",
        (Ir::DatabaseInstance(_), "DBInstanceIdentifier") => "identifier",
        (Ir::DatabaseInstance(_), "MasterUserSecret.SecretArn") => {
            // A list in which there is one, since RDS makes the secret.
            let steps = vec![Step::Name("master_user_secret".into()), Step::Splat, Step::Name("secret_arn".into())];
            return Some(Printed { steps, suffix: None, only: true });
        }
        (Ir::Eip(_), "AllocationId") => "allocation_id",
        (Ir::Key(_), "KeyId") => "key_id",
        (Ir::LaunchTemplate(_), "LatestVersionNumber") => "latest_version",
        (Ir::Queue(_), "QueueUrl") => "url",
        _ => return None,
    };
    Some(Printed { steps: vec![Step::Name(name.into())], suffix: None, only: false })
}
