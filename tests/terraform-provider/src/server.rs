//! A provider that lives in this process, for Terraform to attach to.

use std::{
    io::{self, Write},
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    thread,
};

use serde_json::json;
use tokio::{net::TcpListener, runtime, sync::oneshot};

use crate::{account::SharedAccount, answer::Session, grpc};

/// The address under which Terraform knows the AWS provider.
pub const PROVIDER_ADDRESS: &str = "registry.terraform.io/hashicorp/aws";

/// A running provider with an account of its own; it stops when this is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    account: SharedAccount,
    /// Dropping it ends the thread that serves.
    _stop: oneshot::Sender<()>,
}

impl Server {
    /// Starts a provider with an empty account on a free port of this machine. Several may run at once.
    ///
    /// # Errors
    /// No port, or no thread, can be had.
    pub fn start() -> io::Result<Self> {
        let account = SharedAccount::default();
        let (stop, stopped) = oneshot::channel();
        let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        runtime.spawn(accept(listener, account.clone()));
        let serve = move || {
            // An error says that the other end was dropped, which is how it is told to stop.
            let _ = runtime.block_on(stopped);
        };
        thread::Builder::new().name("terraform-provider".to_owned()).spawn(serve)?;
        Ok(Self { address, account, _stop: stop })
    }

    /// The value of `TF_REATTACH_PROVIDERS` that makes Terraform use this provider, instead of starting one.
    #[must_use]
    pub fn reattach(&self) -> String {
        let provider = json!({
            "Protocol": "grpc",
            "ProtocolVersion": 5,
            "Pid": std::process::id(),
            // Keeps Terraform from ending the process, which is this one.
            "Test": true,
            "Addr": {"Network": "tcp", "String": self.address.to_string()},
        });
        json!({PROVIDER_ADDRESS: provider}).to_string()
    }

    /// What was applied through this provider, to look at or to add to.
    #[must_use]
    pub fn account(&self) -> &SharedAccount {
        &self.account
    }
}

/// Serves every connection that comes, each with a configuration of its own: Terraform opens one for each `provider`
/// block.
async fn accept(listener: TcpListener, account: SharedAccount) {
    while let Ok((socket, _)) = listener.accept().await {
        tokio::spawn(grpc::serve(socket, Arc::new(Session::new(account.clone()))));
    }
}

/// Serves as a plugin that Terraform started: says on standard output where it listens, and ends when Terraform, which
/// opens one connection, closes it.
///
/// # Errors
/// No port can be had, or standard output is closed.
pub fn serve_as_plugin() -> io::Result<()> {
    let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        announce(listener.local_addr()?)?;
        let (socket, _) = listener.accept().await?;
        grpc::serve(socket, Arc::new(Session::new(SharedAccount::default()))).await;
        Ok(())
    })
}

/// The line by which a plugin says that it is ready: version of the handshake, of the protocol, and where it listens.
fn announce(address: SocketAddr) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "1|5|tcp|{address}|grpc")?;
    output.flush()
}
