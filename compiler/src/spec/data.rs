//! What services use: managed databases, queues, buckets.

use super::{
    declare::{choice, mapping},
    decode::Spanned,
    values::{Duration, MaintenanceWindow, MemorySize, Name},
};

choice! {
    /// A database engine.
    Engine, "a database engine" {
        /// PostgreSQL.
        Postgres = "postgres",
        /// MySQL.
        Mysql = "mysql",
        /// MariaDB.
        Mariadb = "mariadb",
    }
}

mapping! {
    /// A managed relational database (Amazon RDS).
    Database, "a database" {
        /// The name it had before.
        shape was: Option<Spanned<Name>>,
        /// The engine.
        shape engine: Engine,
        /// The engine's version, such as `17` or `17.4`; default the newest major that Skiff knows.
        shape version: Option<Spanned<String>>,
        /// The instance class, such as `db.t4g.small`; default `db.t4g.micro`.
        shape class: Option<Spanned<String>>,
        /// Storage; default `20Gi`.
        shape storage: Option<Spanned<MemorySize>>,
        /// How far storage may grow by itself; absent, it does not grow.
        shape storage_max: Option<Spanned<MemorySize>>,
        /// Whether a standby in a second zone takes over; default true.
        shape multi_az: Option<bool>,
        /// How long automatic backups are kept, 1d to 35d; default `7d`.
        shape backup_retention: Option<Spanned<Duration>>,
        /// When AWS may patch it, in UTC.
        shape maintenance_window: Option<MaintenanceWindow>,
        /// Whether deletion is refused; default true.
        shape deletion_protection: Option<bool>,
    }
}

mapping! {
    /// A queue (Amazon SQS) with a dead-letter queue.
    Queue, "a queue" {
        /// The name it had before.
        shape was: Option<Spanned<Name>>,
        /// Whether order is kept and duplicates are dropped.
        shape fifo: Option<bool>,
        /// How long a received message stays hidden; default `30s`, at most 12h.
        shape visibility_timeout: Option<Spanned<Duration>>,
        /// How long a message is kept, 1m to 14d; default `4d`.
        shape retention: Option<Spanned<Duration>>,
        /// Receives after which a message goes to the dead-letter queue; default 5.
        shape max_receives: Option<Spanned<u32>>,
    }
}

mapping! {
    /// A bucket (Amazon S3): private, encrypted, versioned.
    Bucket, "a bucket" {
        /// The name it had before.
        shape was: Option<Spanned<Name>>,
        /// Whether old versions are kept; default true.
        shape versioned: Option<bool>,
        /// When an object is deleted; absent, never.
        shape expire_after: Option<Spanned<Duration>>,
        /// When an old version is deleted; default `30d`.
        shape expire_old_versions: Option<Spanned<Duration>>,
    }
}
