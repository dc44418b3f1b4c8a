//! Databases, queues, buckets: each with what it needs to be private, encrypted and recoverable.

use std::collections::BTreeMap;

use super::{
    DatabaseHandles, Lowering,
    environment::{deny_plain_text, origin_of},
    names::{born, ending, slug},
};
use crate::{
    facts::{engines, limits},
    ir::{
        Expr, Handle, Id, Origin, Owner,
        identity::{Condition, PolicyDocument, Principal, Role, Statement},
        network::SecurityGroup,
        observability::{Alarm, Dimension, LogGroup, Metric, MetricQuery},
        storage::{
            BucketPolicy, DatabaseInstance, DatabaseParameterGroup, DatabaseSubnetGroup, Logging, MasterUserSecret,
            Queue, QueuePolicy, RedrivePolicy, Versioning,
        },
    },
    spec::{
        data::{Database, Engine, Queue as QueueSpec},
        decode::Spanned,
        values::{Duration, Name},
    },
};

/// What is particular to an engine: RDS names, the newest major version that Skiff knows, port, logs, TLS parameter.
///
/// Source: Amazon RDS user guide, "Supported engine versions" and "Parameters for DB instances".
struct EngineFacts {
    engine: &'static str,
    newest: &'static str,
    port: u16,
    logs: &'static [&'static str],
    parameters: &'static [(&'static str, &'static str)],
}

fn facts(engine: Engine) -> EngineFacts {
    match engine {
        Engine::Postgres => EngineFacts {
            engine: "postgres",
            newest: "17",
            port: 5432,
            logs: &["postgresql", "upgrade"],
            parameters: &[("log_min_duration_statement", "1000"), ("log_statement", "ddl"), ("rds.force_ssl", "1")],
        },
        Engine::Mysql => EngineFacts {
            engine: "mysql",
            newest: "8.4",
            port: 3306,
            logs: &["error", "slowquery"],
            parameters: &[("log_output", "FILE"), ("require_secure_transport", "1"), ("slow_query_log", "1")],
        },
        Engine::Mariadb => EngineFacts {
            engine: "mariadb",
            newest: "11.4",
            port: 3306,
            logs: &["error", "slowquery"],
            parameters: &[("log_output", "FILE"), ("require_secure_transport", "1"), ("slow_query_log", "1")],
        },
    }
}

/// The port of an engine.
pub(super) fn port(engine: Engine) -> u16 {
    facts(engine).port
}

/// The parameter-group family: the major version of PostgreSQL, two parts of the others.
fn family(engine: Engine, version: &str) -> String {
    let parts = if engine == Engine::Postgres { 1 } else { 2 };
    let kept: Vec<_> = version.split('.').take(parts).collect();
    format!("{}{}", facts(engine).engine, kept.join("."))
}

/// A database name: letters, digits and underscores.
pub(super) fn database_name(name: &str) -> String {
    name.replace('-', "_")
}

/// What the names of all log groups of RDS instances begin with.
pub(super) const DATABASE_LOGS: &str = "/aws/rds/instance/";

/// The user that RDS makes.
pub(super) const MASTER_USER: &str = "skiff";

impl Lowering<'_> {
    pub(super) fn databases(&mut self) {
        let databases = &self.resolved.spec.databases;
        if databases.is_empty() {
            return;
        }
        let origin = super::top("databases", self.resolved.spec.at.field("databases"));
        let subnets = DatabaseSubnetGroup {
            description: "Private subnets of the databases".into(),
            name: self.name(&["databases"]),
            subnet_ids: self.private_subnets(),
        };
        let subnets = self.ir.add(&Owner::Environment, "environment.database_subnets", &origin, subnets);
        let monitoring = self.monitoring_role(&origin);
        for (name, database) in databases {
            let origin = origin_of("databases", name.as_str(), database.at.whole);
            self.database(name, database, (&subnets, &monitoring), &origin);
        }
    }

    /// Lets RDS publish what the database's operating system does.
    fn monitoring_role(&mut self, origin: &Origin) -> Handle<Role> {
        let policy = Expr::join([
            Expr::text("arn:"),
            Expr::Pseudo(crate::ir::Pseudo::Partition),
            Expr::text(":iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"),
        ]);
        let role = Role {
            role_name: self.name(&["rds-monitoring"]),
            path: self.identity_path(),
            description: "Lets RDS publish enhanced monitoring".into(),
            assume_role_policy_document: PolicyDocument::trust_own_service("monitoring.rds.amazonaws.com"),
            managed_policy_arns: Some(vec![policy]),
            permissions_boundary: None,
            max_session_duration: None,
        };
        self.ir.add(&Owner::Environment, "environment.database_monitoring_role", origin, role)
    }

    fn database(
        &mut self,
        name: &Name,
        database: &Database,
        (subnets, monitoring): (&Handle<DatabaseSubnetGroup>, &Handle<Role>),
        origin: &Origin,
    ) {
        let owner = Owner::Environment;
        let born = born(name, database.was.as_ref());
        let group = self.group((born, &format!("Database {born}")), name.as_str(), &owner, origin);
        self.renamed(database.was.as_ref(), "environment.security_group.", "");
        let parameters = self.parameter_group(name, database, origin);
        let body = self.database_body(name, database, &group, (&parameters, subnets, monitoring));
        let exact = engines::is_exact(facts(database.engine).engine, &body.engine_version);
        let logs = self.database_logs(name, database, &body.instance_identifier, origin);
        let instance = self.ir.add(&owner, format!("environment.database.{name}"), origin, body);
        logs.iter().for_each(|group| self.ir.after(group));
        if !exact {
            let reason = "A series: RDS takes its newest release, and minor upgrades are automatic.";
            self.ir.accept("E3691", reason);
            self.ir.accept("W3691", reason);
        }
        if database.multi_az == Some(false) {
            self.ir.accept("CKV_AWS_157", "The spec says `multi_az: false`.");
        }
        self.renamed(database.was.as_ref(), "environment.database.", "");
        let name_within = database_name(born);
        let handles = DatabaseHandles { instance, group, engine: database.engine, name_within };
        self.shared.databases.insert(name.clone(), handles);
    }

    fn parameter_group(&mut self, name: &Name, database: &Database, origin: &Origin) -> Handle<DatabaseParameterGroup> {
        let facts = facts(database.engine);
        let family = family(database.engine, &version(database));
        // A group's family cannot change, and a database must have one: another major version is another group, made
        // before the database leaves the old one. Names of groups take no dots.
        let parts = [born(name, database.was.as_ref()), &slug(&family)];
        let body = DatabaseParameterGroup {
            name: self.name_within(limits::PARAMETER_GROUP_NAME_CHARACTERS, &parts),
            description: format!("Parameters of database {name}: TLS only, slow statements logged"),
            family,
            parameters: facts
                .parameters
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect::<BTreeMap<_, _>>(),
        };
        let parameters =
            self.ir.add(&Owner::Environment, format!("environment.database_parameters.{name}"), origin, body);
        self.renamed(database.was.as_ref(), "environment.database_parameters.", "");
        parameters
    }

    /// The log groups that RDS writes exported logs to. It would make them itself: kept for ever, and without our key.
    ///
    /// Source of their names: Amazon RDS user guide, "Publishing database logs to Amazon CloudWatch Logs".
    fn database_logs(
        &mut self,
        name: &Name,
        database: &Database,
        identifier: &str,
        origin: &Origin,
    ) -> Vec<Handle<LogGroup>> {
        let mut groups = Vec::new();
        for log in facts(database.engine).logs {
            let body = LogGroup {
                kms_key_id: None,
                log_group_name: format!("{DATABASE_LOGS}{identifier}/{log}"),
                retention_in_days: self.resolved.settings.retention_days,
            };
            let id = format!("environment.database_logs.{name}-{log}");
            groups.push(self.ir.add(&Owner::Environment, id, origin, body));
            self.renamed(database.was.as_ref(), "environment.database_logs.", &format!("-{log}"));
        }
        groups
    }

    fn database_body(
        &self,
        name: &Name,
        database: &Database,
        group: &Handle<SecurityGroup>,
        (parameters, subnets, monitoring): (
            &Handle<DatabaseParameterGroup>,
            &Handle<DatabaseSubnetGroup>,
            &Handle<Role>,
        ),
    ) -> DatabaseInstance {
        let facts = facts(database.engine);
        DatabaseInstance {
            allocated_storage: database.storage.as_ref().map_or(20, |storage| storage.gibibytes()).to_string(),
            // What restarts a database waits for its maintenance window.
            apply_immediately: false,
            auto_minor_version_upgrade: None,
            backup_retention_period: days(database.backup_retention.as_ref(), 7),
            copy_tags_to_snapshot: true,
            instance_class: database.class.as_ref().map_or_else(|| "db.t4g.micro".into(), |class| class.value.clone()),
            instance_identifier: self.name(&[born(name, database.was.as_ref())]),
            database_name: database_name(born(name, database.was.as_ref())),
            parameter_group_name: parameters.group_name(),
            subnet_group_name: subnets.group_name(),
            deletion_protection: database.deletion_protection.unwrap_or(true),
            enable_cloudwatch_logs_exports: facts.logs.iter().map(|log| (*log).to_owned()).collect(),
            enable_iam_database_authentication: true,
            engine: facts.engine.into(),
            engine_version: version(database),
            kms_key_id: None,
            manage_master_user_password: true,
            master_user_secret: MasterUserSecret { kms_key_id: None },
            master_username: MASTER_USER.into(),
            max_allocated_storage: database.storage_max.as_ref().map(|most| most.gibibytes()),
            monitoring_interval: 60,
            monitoring_role_arn: monitoring.arn(),
            multi_az: database.multi_az.unwrap_or(true),
            port: facts.port.to_string(),
            preferred_maintenance_window: database.maintenance_window.as_ref().map(ToString::to_string),
            publicly_accessible: false,
            storage_encrypted: true,
            storage_type: "gp3".into(),
            vpc_security_groups: vec![group.group_id()],
        }
    }

    pub(super) fn queues(&mut self) {
        for (name, queue) in &self.resolved.spec.queues {
            let origin = origin_of("queues", name.as_str(), queue.at.whole);
            self.queue(name, queue, &origin);
        }
    }

    fn queue(&mut self, name: &Name, spec: &QueueSpec, origin: &Origin) {
        let owner = Owner::Environment;
        let dead = self.queue_body(&[born(name, spec.was.as_ref()), "dead"], spec);
        let dead = Queue { message_retention_period: Some(14 * 86_400), ..dead };
        let dead = self.ir.add(&owner, format!("environment.dead_letter_queue.{name}"), origin, dead);
        self.renamed(spec.was.as_ref(), "environment.dead_letter_queue.", "");
        self.dead_letter_alarm(name, &dead, spec, origin);
        let redrive = RedrivePolicy {
            dead_letter_target_arn: dead.arn(),
            max_receive_count: spec.max_receives.as_ref().map_or(5, |receives| receives.value),
        };
        let body = Queue {
            message_retention_period: spec.retention.as_ref().map(|retention| retention.0),
            redrive_policy: Some(redrive),
            visibility_timeout: spec.visibility_timeout.as_ref().map(|timeout| timeout.0),
            ..self.queue_body(&[born(name, spec.was.as_ref())], spec)
        };
        let queue = self.ir.add(&owner, format!("environment.queue.{name}"), origin, body);
        self.renamed(spec.was.as_ref(), "environment.queue.", "");
        for (handle, kind) in [(&queue, "queue_policy"), (&dead, "dead_letter_queue_policy")] {
            let deny = Statement::deny("PlainText", ["sqs:*"], [handle.arn()])
                .to(Principal::Everyone)
                .when(Condition::new("Bool", "aws:SecureTransport", [Expr::text("false")]));
            let policy = QueuePolicy { policy_document: PolicyDocument::new([deny]), queues: vec![handle.url()] };
            self.ir.add(&owner, format!("environment.{kind}.{name}"), origin, policy);
            self.renamed(spec.was.as_ref(), &format!("environment.{kind}."), "");
        }
        self.shared.queues.insert(name.clone(), queue);
    }

    /// A message that nobody could handle is a message that somebody must look at.
    fn dead_letter_alarm(&mut self, name: &Name, dead: &Handle<Queue>, spec: &QueueSpec, origin: &Origin) {
        let metric = Metric {
            dimensions: vec![Dimension { name: "QueueName", value: dead.name() }],
            metric_name: "ApproximateNumberOfMessagesVisible",
            namespace: "AWS/SQS",
        };
        let target = self.shared.topic.clone().map(|topic| vec![topic]);
        let body = Alarm {
            actions_enabled: true,
            alarm_actions: target.clone(),
            alarm_description: format!("Messages of {name} could not be handled and wait in its dead-letter queue"),
            alarm_name: self.name_within(limits::ALARM_NAME_CHARACTERS, &[born(name, spec.was.as_ref()), "dead"]),
            comparison_operator: "GreaterThanThreshold",
            datapoints_to_alarm: None,
            evaluation_periods: 1,
            metrics: vec![
                MetricQuery::metric("waiting", metric, "Maximum", 300).returned("Messages in the dead-letter queue"),
            ],
            ok_actions: target,
            threshold: 0.0,
            treat_missing_data: "notBreaching",
        };
        self.ir.add(&Owner::Environment, format!("environment.alarm.{name}-dead"), origin, body);
        self.renamed(spec.was.as_ref(), "environment.alarm.", "-dead");
    }

    /// A FIFO queue's name ends with `.fifo`, which counts into its length.
    fn queue_body(&self, parts: &[&str], spec: &QueueSpec) -> Queue {
        let fifo = spec.fifo.unwrap_or(false);
        let queue_name = if fifo {
            let parts = [&[self.resolved.spec.app.as_str(), self.resolved.environment.as_str()], parts].concat();
            ending(&parts, ".fifo")
        } else {
            self.name(parts)
        };
        Queue {
            content_based_deduplication: fifo.then_some(true),
            fifo_queue: fifo.then_some(true),
            kms_data_key_reuse_period_seconds: None,
            kms_master_key_id: None,
            // Said, because AWS's own default and that of Terraform's provider differ.
            maximum_message_size: 256 * 1024,
            message_retention_period: None,
            queue_name,
            receive_message_wait_time_seconds: None,
            redrive_policy: None,
            visibility_timeout: None,
        }
    }

    pub(super) fn buckets(&mut self) {
        for (name, spec) in &self.resolved.spec.buckets {
            let origin = origin_of("buckets", name.as_str(), spec.at.whole);
            let expire = spec.expire_after.as_ref().map(|after| after.0 / 86_400);
            let versioned = spec.versioned.unwrap_or(true);
            let mut body = self.private_bucket(
                born(name, spec.was.as_ref()),
                expire,
                Some(days(spec.expire_old_versions.as_ref(), 30)),
            );
            body.versioning_configuration =
                Versioning { status: if versioned { "Enabled" } else { "Suspended" }.into() };
            body.logging_configuration = self.shared.log_bucket.as_ref().map(|(logs, _)| Logging {
                destination_bucket_name: logs.name(),
                log_file_prefix: format!("buckets/{name}/"),
            });
            let bucket = self.ir.add(&Owner::Environment, format!("environment.bucket.{name}"), &origin, body);
            if !versioned {
                self.ir.accept("CKV_AWS_21", "The spec says `versioned: false`.");
            }
            self.renamed(spec.was.as_ref(), "environment.bucket.", "");
            let policy_document = PolicyDocument::new([deny_plain_text(&bucket)]);
            let policy = BucketPolicy { bucket: bucket.name(), policy_document };
            self.ir.add(&Owner::Environment, format!("environment.bucket_policy.{name}"), &origin, policy);
            self.renamed(spec.was.as_ref(), "environment.bucket_policy.", "");
            self.shared.buckets.insert(name.clone(), bucket);
        }
    }

    /// Says of the resource added last under which id it was known before.
    pub(super) fn renamed(&mut self, was: Option<&Spanned<Name>>, prefix: &str, suffix: &str) {
        if let (Some(was), Some(last)) = (was, self.ir.resources.last_mut()) {
            last.was = Some(Id::from(format!("{prefix}{}{suffix}", was.value)));
        }
    }
}

fn version(database: &Database) -> String {
    database.version.as_ref().map_or_else(|| facts(database.engine).newest.to_owned(), |version| version.value.clone())
}

fn days(written: Option<&Spanned<Duration>>, default: u32) -> u32 {
    written.map_or(default, |time| time.0 / 86_400)
}
