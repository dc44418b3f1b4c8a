//! `skiff-runner`: started by the VM's boot service with the path of its configuration.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::from(2)
}
