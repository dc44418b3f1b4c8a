//! What all services of an environment share: key, logs, alerts, state.

use super::{Lowering, data::DATABASE_LOGS, names, top};
use crate::{
    facts::regions::{self, LogDelivery},
    ir::{
        Expr, Handle, Origin, Owner, Pseudo,
        identity::{Alias, Condition, Key, PolicyDocument, Principal, Statement},
        observability::{Subscription, Topic},
        storage::{
            AbortUpload, Bucket, BucketEncryption, BucketPolicy, LifecycleConfiguration, LifecycleRule, Logging,
            NoncurrentExpiration, OwnershipControls, PublicAccessBlock, Versioning,
        },
    },
    resolve::{AlertTarget, needs_load_balancer},
};

impl Lowering<'_> {
    pub(super) fn environment(&mut self) {
        self.key();
        if self.resolved.settings.state_managed {
            self.ir.context.ledger_key.clone_from(&self.ir.context.key);
        }
        self.topic();
        self.network();
        self.log_bucket();
        self.state_bucket();
        self.zones();
        self.databases();
        self.queues();
        self.buckets();
        self.load_balancer();
    }

    /// One key for everything at rest, unless the spec names one.
    fn key(&mut self) {
        let spec = &self.resolved.spec;
        if let Some(existing) = &self.resolved.settings.key {
            self.ir.context.key = Some(Expr::text(existing.as_str()));
            return;
        }
        let origin = top("app", spec.at.field("app"));
        let description = format!("Encrypts everything at rest of {} in {}", spec.app, self.resolved.environment);
        let body =
            Key { description, enable_key_rotation: true, key_policy: self.key_policy(), pending_window_in_days: 30 };
        let key = self.ir.add(&Owner::Environment, "environment.key", &origin, body);
        let alias = Alias { alias_name: self.name_under("alias/", &["key"]), target_key_id: key.key_id() };
        self.ir.add(&Owner::Environment, "environment.key_alias", &origin, alias);
        self.ir.context.key = Some(key.arn());
    }

    /// The account administers; services use it for what is in this account; Auto Scaling may make encrypted VMs
    /// (`aws-rules` 17).
    fn key_policy(&self) -> PolicyDocument {
        let root = Expr::global_arn("iam", "root");
        let autoscaling =
            Expr::global_arn("iam", "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling");
        let this_key = || [Expr::text("*")];
        let use_key = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"];
        let services = ["cloudwatch.amazonaws.com".into(), "sns.amazonaws.com".into()];
        let of_account = |operator, key: &'static str| Condition::new(operator, key, [Expr::Pseudo(Pseudo::Account)]);
        let logs = format!("logs.{}.amazonaws.com", self.resolved.settings.region);
        let of_databases = (!self.resolved.spec.databases.is_empty()).then_some(DATABASE_LOGS);
        let log_groups = std::iter::once("/skiff/").chain(of_databases);
        let log_groups = log_groups.map(|prefix| Expr::arn("logs", Expr::text(format!("log-group:{prefix}*"))));
        let log_groups = Condition::new("ArnLike", "kms:EncryptionContext:aws:logs:arn", log_groups);
        PolicyDocument::new([
            Statement::allow("AccountAdministers", ["kms:*"], this_key()).to(Principal::Aws(vec![root])),
            Statement::allow("AutoScalingUses", use_key, this_key()).to(Principal::Aws(vec![autoscaling.clone()])),
            Statement::allow("AutoScalingGrants", ["kms:CreateGrant"], this_key())
                .to(Principal::Aws(vec![autoscaling]))
                .when(Condition::new("Bool", "kms:GrantIsForAWSResource", [Expr::text("true")])),
            Statement::allow("LogsUse", use_key, this_key()).to(Principal::Service(vec![logs])).when(log_groups),
            Statement::allow("AlarmsUse", ["kms:Decrypt", "kms:GenerateDataKey*"], this_key())
                .to(Principal::Service(services.to_vec()))
                .when(of_account("StringEquals", "aws:SourceAccount")),
        ])
    }

    fn topic(&mut self) {
        let origin = top("alerts", self.resolved.spec.at.field("alerts"));
        match self.resolved.settings.alerts.clone() {
            None => {}
            Some(AlertTarget::Topic(arn)) => self.shared.topic = Some(Expr::text(arn)),
            Some(AlertTarget::Email(address)) => {
                let body = Topic { kms_master_key_id: None, topic_name: self.name(&["alerts"]) };
                let topic = self.ir.add(&Owner::Environment, "environment.alerts", &origin, body);
                let subscription = Subscription { endpoint: address, protocol: "email".into(), topic_arn: topic.arn() };
                self.ir.add(&Owner::Environment, "environment.alerts_subscription", &origin, subscription);
                self.shared.topic = Some(topic.arn());
            }
        }
    }

    /// Where the load balancer and the buckets write their access logs; S3's own keys, because nothing else is accepted.
    fn log_bucket(&mut self) {
        let spec = &self.resolved.spec;
        let serves = needs_load_balancer(spec);
        if !serves && spec.buckets.is_empty() && !self.resolved.settings.state_managed {
            return;
        }
        let origin = top("log_retention", spec.at.field("log_retention"));
        let body = self.private_bucket("access-logs", Some(self.resolved.settings.retention_days), None);
        let bucket = self.ir.add(&Owner::Environment, "environment.access_logs", &origin, body);
        self.ir.accept("CKV_AWS_18", "This bucket receives the access logs; its own would go in circles.");
        let policy = self.log_bucket_policy(&bucket);
        let policy = self.ir.add(&Owner::Environment, "environment.access_logs_policy", &origin, policy);
        self.shared.log_bucket = Some((bucket, policy));
    }

    fn log_bucket_policy(&self, bucket: &Handle<Bucket>) -> BucketPolicy {
        let under = |prefix: &str| Expr::join([bucket.arn(), Expr::text(format!("/{prefix}/*"))]);
        let account = || Condition::new("StringEquals", "aws:SourceAccount", [Expr::Pseudo(Pseudo::Account)]);
        // The account in the path is what keeps other accounts' load balancers out: whoever delivers serves them all.
        let of_balancers = Expr::join([
            bucket.arn(),
            Expr::text("/load-balancer/AWSLogs/"),
            Expr::Pseudo(Pseudo::Account),
            Expr::text("/*"),
        ]);
        let writer = |name: &str| Principal::Service(vec![name.into()]);
        let mut statements = vec![deny_plain_text(bucket)];
        statements.push(
            Statement::allow("BucketsWriteLogs", ["s3:PutObject"], [under("buckets")])
                .to(writer("logging.s3.amazonaws.com"))
                .when(account()),
        );
        statements
            .push(Statement::allow("LoadBalancerWritesLogs", ["s3:PutObject"], [of_balancers]).to(self.log_writer()));
        BucketPolicy { bucket: bucket.name(), policy_document: PolicyDocument::new(statements) }
    }

    /// Who writes the load balancer's logs: a service, or in China and GovCloud an account.
    fn log_writer(&self) -> Principal {
        let region = regions::find(&self.resolved.settings.region);
        match region.map_or(LogDelivery::Service(regions::LOG_DELIVERY_SERVICE), |region| region.log_delivery()) {
            LogDelivery::Service(name) => Principal::Service(vec![name.into()]),
            LogDelivery::Account(account) => Principal::Aws(vec![Expr::join([
                Expr::text("arn:"),
                Expr::Pseudo(Pseudo::Partition),
                Expr::text(format!(":iam::{account}:root")),
            ])]),
        }
    }

    /// The ledger, when this environment owns it (`aws-rules` 16, 22).
    fn state_bucket(&mut self) {
        let settings = &self.resolved.settings;
        if !settings.state_managed {
            return;
        }
        let origin = top("state", self.resolved.spec.at.field("state"));
        let name = settings.state_bucket.clone();
        let logs = self.shared.log_bucket.as_ref();
        let logging = logs.map(|(logs, _)| Logging {
            destination_bucket_name: logs.name(),
            log_file_prefix: "buckets/state/".into(),
        });
        let body = Bucket {
            bucket_name: name,
            logging_configuration: logging,
            ..self.private_bucket("state", None, Some(90))
        };
        let bucket = self.ir.add(&Owner::Environment, "environment.state", &origin, body);
        let policy = BucketPolicy { bucket: bucket.name(), policy_document: self.state_policy(&bucket) };
        self.ir.add(&Owner::Environment, "environment.state_policy", &origin, policy);
    }

    fn state_policy(&self, bucket: &Handle<Bucket>) -> PolicyDocument {
        let prefix = &self.resolved.settings.state_prefix;
        let key = |pattern: &str| Expr::join([bucket.arn(), Expr::text(format!("/{prefix}{pattern}"))]);
        let everyone = |statement: Statement| statement.to(Principal::Everyone);
        let absent = |name: &'static str| Condition::new("Null", name, [Expr::text("true")]);
        let (if_match, if_none_match) = ("s3:if-match", "s3:if-none-match");
        let control = ["*/shape/*", "*/control.json", "*/members/*"].map(key);
        let immutable =
            ["trust/*", "*/releases/*", "*/intent.json", "*/log/*", "*/idempotency/*", "*/events/*"].map(key);
        PolicyDocument::new([
            deny_plain_text(bucket),
            everyone(Statement::deny("UnconditionalControlWrites", ["s3:PutObject"], control))
                .when(absent(if_match))
                .when(absent(if_none_match)),
            everyone(Statement::deny("OverwritingWhatIsImmutable", ["s3:PutObject"], immutable))
                .when(absent(if_none_match)),
            everyone(Statement::deny(
                "DeletingEvidence",
                ["s3:DeleteObject", "s3:DeleteObjectVersion"],
                [key("probe/*")],
            ))
            .on_all_but(),
        ])
    }

    /// A bucket that nobody but its account reads, whose unfinished uploads go away.
    pub(super) fn private_bucket(&self, name: &str, expire: Option<u32>, expire_old: Option<u32>) -> Bucket {
        let settings = &self.resolved.settings;
        let parts = [self.resolved.spec.app.as_str(), self.resolved.environment.as_str(), name];
        let rule = LifecycleRule {
            abort_incomplete_multipart_upload: Some(AbortUpload { days_after_initiation: 7 }),
            expiration_in_days: expire,
            id: "expire".into(),
            noncurrent_version_expiration: Some(NoncurrentExpiration { noncurrent_days: expire_old.unwrap_or(30) }),
            status: "Enabled".into(),
        };
        Bucket {
            bucket_encryption: BucketEncryption::new(None),
            bucket_name: names::worldwide(&parts, &[&settings.account, &settings.region]),
            lifecycle_configuration: Some(LifecycleConfiguration { rules: vec![rule] }),
            logging_configuration: None,
            ownership_controls: OwnershipControls::enforced(),
            public_access_block_configuration: PublicAccessBlock::all(),
            versioning_configuration: Versioning { status: "Enabled".into() },
        }
    }
}

/// Denies whatever does not come by TLS.
pub(super) fn deny_plain_text(bucket: &Handle<Bucket>) -> Statement {
    let everything = [bucket.arn(), Expr::join([bucket.arn(), Expr::text("/*")])];
    Statement::deny("PlainText", ["s3:*"], everything).to(Principal::Everyone).when(Condition::new(
        "Bool",
        "aws:SecureTransport",
        [Expr::text("false")],
    ))
}

/// Names of things in the spec as origins.
pub(super) fn origin_of(kind: &str, name: &str, span: crate::source::Span) -> Origin {
    Origin::new(format!("{kind}.{name}"), span)
}
