//! Whom a container runs as, and what it may do: ids and capabilities that exist, and no contradictions.

use super::{Written, codes};
use crate::{
    resolve::Reporter,
    spec::{
        decode::{Spanned, closest},
        workload::Security,
    },
};

/// Every capability of Linux 6, without `CAP_` (capabilities(7)).
#[rustfmt::skip]
const CAPABILITIES: &[&str] = &[
    "AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "CHOWN", "DAC_OVERRIDE",
    "DAC_READ_SEARCH", "FOWNER", "FSETID", "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE", "LINUX_IMMUTABLE", "MAC_ADMIN",
    "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_RAW", "PERFMON", "SETFCAP", "SETGID",
    "SETPCAP", "SETUID", "SYSLOG", "SYS_ADMIN", "SYS_BOOT", "SYS_CHROOT", "SYS_MODULE", "SYS_NICE", "SYS_PACCT",
    "SYS_PTRACE", "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "WAKE_ALARM",
];

/// Stands for all of them.
const ALL: &str = "ALL";

/// The kernel reads this id as "leave it as it is" (setresuid(2)).
const NO_ID: u32 = u32::MAX;

pub(super) fn check(written: &Written<'_>, report: &mut Reporter<'_>) {
    let Some(security) = written.security else { return };
    check_ids(security, report);
    for capability in security.add_capabilities.iter().chain(&security.drop_capabilities) {
        check_capability(capability, report);
    }
    check_contradictions(security, report);
}

fn check_ids(security: &Security, report: &mut Reporter<'_>) {
    let single = security.user.iter().chain(&security.group).chain(&security.volume_group);
    for id in single.chain(&security.groups).filter(|id| id.value == NO_ID) {
        let message = format!("{NO_ID} is no user and no group");
        report.report(&codes::BAD_SECURITY, id.span(), message, "ids are 0 to 4294967294");
    }
}

fn check_capability(written: &Spanned<String>, report: &mut Reporter<'_>) {
    if written.value == ALL || CAPABILITIES.contains(&written.as_str()) {
        return;
    }
    let upper = written.to_ascii_uppercase();
    let bare = upper.strip_prefix("CAP_").unwrap_or(&upper);
    let hint = match closest(bare, CAPABILITIES.iter().copied().chain([ALL])) {
        Some(exact) if exact == bare => format!("write `{exact}`: in capitals, without `CAP_`"),
        Some(near) => format!("did you mean `{near}`?"),
        None => "capabilities(7) lists them; write them in capitals, without `CAP_`".into(),
    };
    let message = format!("`{}` is not a capability", written.value);
    report.report(&codes::UNKNOWN_CAPABILITY, written.span(), message, hint);
}

fn check_contradictions(security: &Security, report: &mut Reporter<'_>) {
    if let Some(user) = security.user.as_ref().filter(|user| user.value == 0 && security.non_root == Some(true)) {
        let message = "user 0 is root, which `non_root` refuses";
        let related = (security.at.field("non_root"), "refuses root");
        let hint = "name another user, or take `non_root` away";
        report.report_related(&codes::BAD_SECURITY, (user.span(), message.into()), hint, related);
    }
    if security.privileged == Some(true) && security.privilege_escalation == Some(false) {
        let message = "a privileged container has all privileges already".to_owned();
        let related = (security.at.field("privileged"), "makes it privileged");
        let hint = "take one of the two away";
        let place = security.at.field("privilege_escalation");
        report.report_related(&codes::BAD_SECURITY, (place, message), hint, related);
    }
    for added in &security.add_capabilities {
        if let Some(dropped) = security.drop_capabilities.iter().find(|dropped| dropped.value == added.value) {
            let message = format!("`{}` is both added and dropped", added.value);
            let related = (added.span(), "added here");
            report.report_related(&codes::BAD_SECURITY, (dropped.span(), message), "keep one of the two", related);
        }
    }
}
