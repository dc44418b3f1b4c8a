//! TLS to a source: rustls with ring, the roots of this machine, and the name of the host verified.
//!
//! Which roots the machine has is the system's business; `SSL_CERT_FILE` and `SSL_CERT_DIR` name others, as for most programs.

use std::sync::Arc;

use rustls::{
    ClientConfig,
    crypto::ring::default_provider,
    pki_types::{CertificateDer, ServerName},
};
use rustls_platform_verifier::Verifier;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Begins TLS with a host on a connection to it; `roots` are trusted beside those of the machine.
pub(super) async fn wrap(
    stream: TcpStream,
    host: &str,
    roots: &[CertificateDer<'static>],
) -> Result<TlsStream<TcpStream>, String> {
    let failed = |error: rustls::Error| format!("TLS cannot be set up: {error}");
    // Read anew each time: a worker lives for months, and roots come and go.
    let configuration = configuration(roots).map_err(failed)?;
    let name = ServerName::try_from(host.to_owned()).map_err(|error| format!("`{host}` is no host: {error}"))?;
    let connector = TlsConnector::from(Arc::new(configuration));
    connector.connect(name, stream).await.map_err(|error| format!("no TLS could be agreed on: {error}"))
}

fn configuration(roots: &[CertificateDer<'static>]) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(default_provider());
    let verifier = Arc::new(Verifier::new_with_extra_roots(roots.to_vec(), Arc::clone(&provider))?);
    let mut configuration = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        // Only named so: this verifier asks for no less than the usual one, and takes the roots from the system.
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    configuration.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(configuration)
}
