//! Limits by control groups (cgroups v2), where the runner may make them.
//!
//! A group with processes of its own cannot have limited children (kernel documentation, "No Internal Process Constraint"),
//! so the runner moves itself into a leaf beside those of its workloads. Where any of it is refused, the workload runs
//! without limits and the reason is said.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use skiff_wire::Limits;

/// Where cgroups v2 are mounted, alone or beside those of version 1.
const MOUNTS: [&str; 2] = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"];
/// The period that processor time is measured in, in microseconds (the kernel's default).
const PERIOD: u64 = 100_000;

/// The group that holds a member's workloads.
#[derive(Debug, Clone)]
pub(crate) struct ControlGroups {
    base: PathBuf,
}

impl ControlGroups {
    /// Makes room for limited workloads beside the runner; the error says why it cannot.
    pub(crate) fn make() -> Result<Self, String> {
        let base = own()?;
        let offered = fs::read_to_string(base.join("cgroup.controllers")).map_err(|error| error.to_string())?;
        for controller in ["cpu", "memory"] {
            if !offered.split_whitespace().any(|name| name == controller) {
                return Err(format!("`{}` offers no `{controller}` controller", base.display()));
            }
        }
        let failed = |error: io::Error| format!("`{}` may not be changed: {error}", base.display());
        let leaf = base.join("skiff-runner");
        fs::create_dir_all(&leaf).map_err(failed)?;
        fs::write(leaf.join("cgroup.procs"), "0").map_err(failed)?;
        fs::write(base.join("cgroup.subtree_control"), "+cpu +memory").map_err(failed)?;
        Ok(Self { base })
    }

    /// Makes the group of a workload with its limits.
    pub(crate) fn limit(&self, name: &str, limits: &Limits) -> Result<PathBuf, String> {
        let group = self.base.join(format!("skiff-{name}"));
        let failed = |error: io::Error| format!("`{}` may not be made: {error}", group.display());
        fs::create_dir_all(&group).map_err(failed)?;
        for (file, value) in settings(limits) {
            fs::write(group.join(file), value).map_err(failed)?;
        }
        Ok(group)
    }
}

/// Files of a group, and what they get.
fn settings(limits: &Limits) -> Vec<(&'static str, String)> {
    let mut settings = Vec::new();
    if let Some(millis) = limits.cpu_millis {
        settings.push(("cpu.max", format!("{} {PERIOD}", u64::from(millis) * PERIOD / 1000)));
    }
    if let Some(mib) = limits.memory_mib {
        settings.push(("memory.max", (u64::from(mib) * 1024 * 1024).to_string()));
        settings.push(("memory.oom.group", "1".into()));
    }
    settings
}

/// The group that the runner is in.
fn own() -> Result<PathBuf, String> {
    let text = fs::read_to_string("/proc/self/cgroup").map_err(|error| error.to_string())?;
    let path = text.lines().find_map(|line| line.strip_prefix("0::")).ok_or("the machine has no cgroups v2")?;
    let mounted = |mount: &&&str| Path::new(mount).join("cgroup.controllers").exists();
    let mount = MOUNTS.iter().find(mounted).ok_or("cgroups v2 are not mounted")?;
    Ok(Path::new(mount).join(path.trim_start_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_written_as_the_kernel_reads_them() {
        let limits = Limits { cpu_millis: Some(250), memory_mib: Some(64) };
        let expected = [("cpu.max", "25000 100000"), ("memory.max", "67108864"), ("memory.oom.group", "1")];
        assert_eq!(settings(&limits), expected.map(|(file, value)| (file, value.to_owned())));
        assert_eq!(settings(&Limits::default()), []);
    }
}
