//! The two roles of a service: the VM's, and the workload's (`aws-rules` 14 and 15).

use std::collections::BTreeMap;

use super::{Lowering, service::Parts};
use crate::pass::principals::ledger_key;
use crate::{
    ir::{
        Expr, Handle, Id, Origin, Pseudo,
        identity::{Condition, InstanceProfile, PolicyDocument, Role, Statement},
        storage::Secret,
    },
    resolve::{ResolvedUse, Target, Written},
    spec::{service::Kind, shorthand::Mode, values::Name},
};

/// The roles of a service.
pub(super) struct Roles {
    pub runtime: Handle<Role>,
    pub profile: Handle<InstanceProfile>,
    /// The name of the workload's role, when it may do anything.
    pub workload_name: Option<String>,
}

/// The secrets of a service: those that Skiff creates, by name.
pub(super) struct Secrets {
    pub shells: BTreeMap<Name, Handle<Secret>>,
    /// ARNs of those that exist.
    pub existing: Vec<String>,
}

impl Lowering<'_> {
    /// A shell, without a value, for each secret that the service names (`aws-rules` 18).
    pub(super) fn secrets(&mut self, parts: &Parts<'_>) -> Secrets {
        let spec = &parts.service.spec;
        let written: Vec<_> = Written::all(spec).collect();
        let mut shells = BTreeMap::new();
        for (name, path, span) in written.iter().flat_map(Written::named_secrets) {
            if shells.contains_key(name) {
                continue;
            }
            let body = Secret {
                description: format!("{name} of {}; its value is set by `skiff secret set`", parts.service.name),
                kms_key_id: None,
                name: self.name(&[&parts.service.identity, name.as_str()]),
            };
            let origin = Origin::new(format!("{}.{path}", parts.origin.path), span);
            let secret = self.ir.add(&parts.owner, parts.id(format_args!("secret.{name}")), &origin, body);
            shells.insert(name.clone(), secret);
        }
        let existing = written.iter().flat_map(Written::existing_secrets);
        Secrets { shells, existing: existing.map(ToString::to_string).collect() }
    }

    pub(super) fn roles(&mut self, parts: &Parts<'_>, secrets: &Secrets) -> Roles {
        let description = format!("Members of {}: boot, report, drain", parts.service.identity);
        let trust = PolicyDocument::trust_service("ec2.amazonaws.com");
        let runtime = self.role(parts, "runtime", description, trust);
        let profile = InstanceProfile {
            instance_profile_name: self.name(&[&parts.service.identity]),
            path: self.identity_path(),
            roles: vec![runtime.name()],
        };
        let profile = self.ir.add(&parts.owner, parts.id(format_args!("instance_profile")), &parts.origin, profile);
        self.runtime_grants(parts, runtime.id(), secrets);
        let workload_name = self.workload_role(parts, &runtime);
        Roles { runtime, profile, workload_name }
    }

    fn role(&mut self, parts: &Parts<'_>, name: &str, description: String, trust: PolicyDocument) -> Handle<Role> {
        let body = Role {
            role_name: self.name(&[&parts.service.identity, name]),
            path: self.identity_path(),
            description,
            assume_role_policy_document: trust,
            managed_policy_arns: None,
            permissions_boundary: None,
            max_session_duration: None,
        };
        self.ir.add(&parts.owner, parts.id(format_args!("role.{name}")), &parts.origin, body)
    }

    /// What the workload itself may do; a role of its own, only when it may do anything.
    fn workload_role(&mut self, parts: &Parts<'_>, runtime: &Handle<Role>) -> Option<String> {
        let spec = &parts.service.spec;
        let by_use = |used: &ResolvedUse| matches!(used.target, Target::Queue(_) | Target::Bucket(_));
        if spec.permissions.is_empty() && !parts.service.uses.iter().any(by_use) {
            return None;
        }
        let description = format!("The workload of {}, through the runner", parts.service.identity);
        let workload = self.role(parts, "workload", description, PolicyDocument::trust(vec![runtime.arn()]));
        let assume = Statement::allow("BecomeWorkload", ["sts:AssumeRole"], [workload.arn()]);
        self.grant(runtime.id(), &parts.origin, assume);
        for used in &parts.service.uses {
            self.use_grants(parts, workload.id(), used);
        }
        for (index, permission) in spec.permissions.iter().enumerate() {
            let actions = permission.actions.iter().map(|action| action.value.clone());
            let resources = permission.resources.iter().map(|resource| Expr::text(resource.value.as_str()));
            let statement = Statement::allow(format!("Permission{}", index + 1), actions, resources);
            let origin = Origin::new(format!("{}.permissions[{index}]", parts.origin.path), permission.at.whole);
            self.grant(workload.id(), &origin, statement);
        }
        Some(self.name(&[&parts.service.identity, "workload"]))
    }

    /// Least privilege by what is used, and how.
    fn use_grants(&mut self, parts: &Parts<'_>, role: &Id, used: &ResolvedUse) {
        let origin = Origin::new(format!("{}.uses", parts.origin.path), used.span);
        let (reads, writes) = (used.mode != Mode::Write, used.mode != Mode::Read);
        match &used.target {
            // The runner reads a database's password for the workload; the workload needs no permission of its own.
            Target::Service(_) | Target::Database(_) => {}
            Target::Queue(name) => {
                let Some(queue) = self.shared.queues.get(name).cloned() else { return };
                let receive = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"];
                let both = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl"];
                let actions = receive
                    .into_iter()
                    .filter(|_| reads)
                    .chain(["sqs:SendMessage"].into_iter().filter(|_| writes))
                    .chain(both);
                self.grant(role, &origin, Statement::allow(sid("Queue", name), actions, [queue.arn()]));
                self.grant_key(role, &origin, "sqs", writes);
            }
            Target::Bucket(name) => {
                let Some(bucket) = self.shared.buckets.get(name).cloned() else { return };
                let read = ["s3:GetObject"].into_iter().filter(|_| reads);
                let write =
                    ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"].into_iter().filter(|_| writes);
                let objects = Expr::join([bucket.arn(), Expr::text("/*")]);
                self.grant(role, &origin, Statement::allow(sid("Objects", name), read.chain(write), [objects]));
                if reads {
                    self.grant(role, &origin, Statement::allow(sid("List", name), ["s3:ListBucket"], [bucket.arn()]));
                }
                self.grant_key(role, &origin, "s3", writes);
            }
        }
    }

    /// The key, only by way of a service; whoever only reads only decrypts.
    fn grant_key(&mut self, role: &Id, origin: &Origin, service: &str, writes: bool) {
        let Some(key) = self.ir.context.key.clone() else { return };
        let via = Condition::new("StringEquals", "kms:ViaService", [Expr::text(self.ir.context.endpoint(service))]);
        let actions = ["kms:Decrypt"].into_iter().chain(writes.then_some("kms:GenerateDataKey"));
        self.grant(role, origin, Statement::allow(sid_text("KeyBy", service), actions, [key]).when(via));
    }

    /// What every runner does, on its own service's things alone.
    fn runtime_grants(&mut self, parts: &Parts<'_>, role: &Id, secrets: &Secrets) {
        let mut statements = self.ledger_statements(parts);
        statements.extend(self.member_statements(parts));
        let of_secrets = self.secret_statements(parts, secrets);
        let has_secrets = !of_secrets.is_empty();
        statements.extend(of_secrets);
        statements.extend(self.image_statements(parts));
        statements.extend(ledger_key(&self.ir.context));
        for statement in statements {
            self.grant(role, &parts.origin, statement);
        }
        if has_secrets {
            self.grant_key(role, &parts.origin, "secretsmanager", false);
        }
    }

    /// Reads its own service, trust, artifacts and the runner; writes its own member document (`aws-rules` 16).
    fn ledger_statements(&self, parts: &Parts<'_>) -> Vec<Statement> {
        let settings = &self.resolved.settings;
        let (bucket, prefix) = (&settings.state_bucket, &settings.state_prefix);
        let service =
            format!("{}/{}/services/{}", self.resolved.spec.app, self.resolved.environment, parts.service.name);
        let key = |pattern: &str| Expr::bucket_arn(format_args!("{bucket}/{prefix}{pattern}"));
        let read = ["artifacts/*", "runner/*", "trust/*", &format!("{service}/*")].map(key);
        let own = key(&format!("{service}/members/${{aws:userid}}.json"));
        let listed =
            ["trust/*".to_owned(), format!("{service}/*")].map(|pattern| Expr::text(format!("{prefix}{pattern}")));
        vec![
            Statement::allow("ReadLedger", ["s3:GetObject"], read),
            Statement::allow("ListLedger", ["s3:ListBucket"], [Expr::bucket_arn(bucket.as_str())])
                .when(Condition::new("StringLike", "s3:prefix", listed)),
            Statement::allow("WriteOwnMember", ["s3:PutObject"], [own]),
        ]
    }

    /// Logs, metrics, lifecycle of its own groups, and what its kind needs.
    fn member_statements(&self, parts: &Parts<'_>) -> Vec<Statement> {
        let groups: Vec<_> = parts
            .slots()
            .iter()
            .map(|letter| {
                let name = self.name(&[&parts.service.identity, letter]);
                Expr::arn("autoscaling", format!("autoScalingGroup:*:autoScalingGroupName/{name}"))
            })
            .collect();
        let lifecycle = [
            "autoscaling:CompleteLifecycleAction",
            "autoscaling:RecordLifecycleActionHeartbeat",
            "autoscaling:SetInstanceHealth",
        ];
        let ends = (parts.service.kind == Kind::Job).then_some("autoscaling:SetDesiredCapacity");
        let namespace = Condition::new("StringEquals", "cloudwatch:namespace", [Expr::text("Skiff")]);
        let mut statements = vec![
            Statement::allow("OwnLifecycle", lifecycle.into_iter().chain(ends), groups),
            Statement::allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], [parts.logs.arn()]),
            Statement::allow("PublishMetrics", ["cloudwatch:PutMetricData"], [Expr::text("*")]).when(namespace),
        ];
        let names = self.shared.discovery.arns(&parts.service.name);
        if !names.is_empty() {
            let actions = ["servicediscovery:DeregisterInstance", "servicediscovery:RegisterInstance"];
            statements.push(Statement::allow("OwnName", actions, names));
        }
        statements
    }

    /// The values of its own secrets and of the databases it uses; nobody else reads them.
    fn secret_statements(&self, parts: &Parts<'_>, secrets: &Secrets) -> Vec<Statement> {
        let shells = secrets.shells.values().map(Handle::<Secret>::arn);
        let existing = |service: &str| {
            let service = format!(":{service}:");
            let arns = secrets.existing.iter().filter(move |arn| arn.contains(&service));
            arns.map(|arn| Expr::text(arn.as_str()))
        };
        let databases = parts.service.uses.iter().filter_map(|used| match &used.target {
            Target::Database(name) => {
                self.shared.databases.get(name).map(|database| database.instance.master_secret_arn())
            }
            _ => None,
        });
        let read = |sid: &'static str, action: &'static str, mut arns: Vec<Expr>| {
            arns.sort();
            arns.dedup();
            (!arns.is_empty()).then(|| Statement::allow(sid, [action], arns))
        };
        let values = shells.chain(existing("secretsmanager")).chain(databases).collect();
        let parameters = existing("ssm").collect();
        let values = read("ReadSecrets", "secretsmanager:GetSecretValue", values);
        values.into_iter().chain(read("ReadParameters", "ssm:GetParameter", parameters)).collect()
    }

    /// Pulls its own images, when they are in Amazon ECR.
    fn image_statements(&self, parts: &Parts<'_>) -> Vec<Statement> {
        let spec = &parts.service.spec;
        let beside = spec.containers.values().map(|container| &container.image);
        let before = spec.init.iter().filter_map(|container| container.image.as_ref());
        let mut repositories: Vec<Expr> = spec
            .image
            .iter()
            .chain(beside)
            .chain(before)
            .filter_map(|image| {
                let (account, rest) = image.registry().split_once(".dkr.ecr.")?;
                let region = rest.split('.').next()?;
                let repository = format!(":ecr:{region}:{account}:repository/{}", image.repository());
                Some(Expr::join([Expr::text("arn:"), Expr::Pseudo(Pseudo::Partition), Expr::text(repository)]))
            })
            .collect();
        repositories.sort();
        repositories.dedup();
        if repositories.is_empty() {
            return Vec::new();
        }
        let pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
        vec![
            Statement::allow("PullImages", pull, repositories),
            Statement::allow("SignInToRegistry", ["ecr:GetAuthorizationToken"], [Expr::text("*")]),
        ]
    }
}

fn sid(verb: &str, name: &Name) -> String {
    sid_text(verb, name.as_str())
}

/// A statement's name: letters and digits.
fn sid_text(verb: &str, name: &str) -> String {
    let mut sid = String::with_capacity(verb.len() + name.len());
    sid.push_str(verb);
    for word in name.split(|character: char| !character.is_ascii_alphanumeric()) {
        let (first, rest) = word.split_at(word.len().min(1));
        sid.push_str(&first.to_ascii_uppercase());
        sid.push_str(rest);
    }
    sid
}
