//! The load balancer as a process of its own: this test's executable once more, told to be it.

use std::{
    net::TcpListener,
    os::fd::OwnedFd,
    path::Path,
    process::{Child, Command, Stdio},
};

use skiff_runtime::{local::balancer::serve_standard_input, world::World};

/// Where the control socket is to be; the process is a load balancer when this is set.
const CONTROL: &str = "SKIFF_TEST_BALANCER_CONTROL";

/// Starts the load balancer on a listening socket.
pub fn start(listener: &TcpListener, control: &Path) -> Child {
    let socket: OwnedFd = listener.try_clone().expect("a copy of the socket").into();
    Command::new(std::env::current_exe().expect("this executable"))
        .args(["--exact", "process::the_process", "--nocapture"])
        .env(CONTROL, control)
        .stdin(Stdio::from(socket))
        .stdout(Stdio::null())
        .spawn()
        .expect("a process")
}

/// Not a test by itself: what [`start`] runs. Without the variable there is nothing to be.
#[test]
fn the_process() {
    let Some(control) = std::env::var_os(CONTROL) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(serve_standard_input(Path::new(&control), World::real())).expect("a load balancer");
}

#[test]
fn standard_input_must_be_a_socket_that_listens() {
    let folder = tempfile::tempdir().expect("a folder");
    let child = Command::new(std::env::current_exe().expect("this executable"))
        .args(["--exact", "process::the_process", "--nocapture"])
        .env(CONTROL, folder.path().join("control.sock"))
        .stdin(Stdio::null())
        .output()
        .expect("a process");
    let said = String::from_utf8_lossy(&child.stderr).into_owned() + &String::from_utf8_lossy(&child.stdout);
    assert!(!child.status.success() && said.contains("SK2553"), "{said}");
}
