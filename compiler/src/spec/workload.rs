//! What a container may do, take and know on its VM, and how it finds others.

use super::{
    declare::{choice, mapping},
    decode::Spanned,
    values::{Cpu, HostName, MemorySize},
};

choice! {
    /// What the runner knows of a member.
    Fact, "a fact about the member" {
        /// Its name: the service's, `-`, and the instance id.
        Name = "name",
        /// The id of its EC2 instance.
        InstanceId = "instance-id",
        /// Its private IPv4 address.
        Ip = "ip",
        /// Its Availability Zone.
        Zone = "zone",
        /// Its region.
        Region = "region",
        /// The release that it runs.
        Release = "release",
    }
}

mapping! {
    /// Whom a container runs as, and what it may do on the VM.
    Security, "security settings" {
        /// The user id; default the image's.
        release user: Option<Spanned<u32>>,
        /// The group id; default the image's.
        release group: Option<Spanned<u32>>,
        /// More group ids.
        release groups: Vec<Spanned<u32>>,
        /// The group that owns the volumes it mounts; they are given to it before the start.
        release volume_group: Option<Spanned<u32>>,
        /// Whether an image that would run as root is refused; default false.
        release non_root: Option<bool>,
        /// Whether its root file system cannot be written; default false.
        release read_only: Option<bool>,
        /// Whether a process may gain more privileges than its parent; default true.
        release privilege_escalation: Option<bool>,
        /// Linux capabilities that it gets, without `CAP_`.
        release add_capabilities: Vec<Spanned<String>>,
        /// Linux capabilities that it loses, without `CAP_`; `ALL` for all.
        release drop_capabilities: Vec<Spanned<String>>,
        /// Whether it is root on the VM; default false.
        release privileged: Option<bool>,
    }
}

mapping! {
    /// The most that a container may take of its VM; above the memory it is killed.
    Limits, "limits" {
        /// Processor time.
        release cpu: Option<Cpu>,
        /// Memory.
        release memory: Option<MemorySize>,
    }
}

mapping! {
    /// What runs when a container has started and before it is stopped.
    Hooks, "hooks" {
        /// After its start; a failure restarts it.
        release after_start: Option<Hook>,
        /// Before SIGTERM, within the grace.
        release before_stop: Option<Hook>,
    }
}

mapping! {
    /// One hook: exactly one of `exec` and `http`.
    Hook, "a hook" {
        /// Command, run in the container.
        release exec: Vec<String>,
        /// HTTP path that is asked for.
        release http: Option<String>,
        /// The port of `http`, a number or a name; default the service's port.
        release port: Option<Spanned<String>>,
    }
}

mapping! {
    /// More names and ports under which services that use this one find it.
    Discovery, "discovery settings" {
        /// More names, such as `checkout.shop.svc.cluster.local`; what follows the first label becomes a private zone.
        shape names: Vec<Spanned<HostName>>,
        /// Ports that the runner listens on and passes on to another port of the member.
        shape forward: Vec<ForwardedPort>,
    }
}

mapping! {
    /// A port that leads to another one of the same member.
    ForwardedPort, "a forwarded port" {
        /// What others connect to.
        shape port: Spanned<u16>,
        /// What the process listens on: a number, or a name of `ports`; default the service's port.
        shape to: Option<Spanned<String>>,
    }
}

mapping! {
    /// How containers resolve names.
    Resolver, "resolver settings" {
        /// Domains that are tried in turn behind a short name.
        release search: Vec<Spanned<HostName>>,
        /// Name servers, instead of the VPC's.
        release servers: Vec<Spanned<String>>,
        /// Options of `resolv.conf`, such as `ndots:2`.
        release options: Vec<Spanned<String>>,
    }
}
