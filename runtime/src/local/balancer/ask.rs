//! One request on a connection of its own, driven by whoever waits for the answer.

use std::io;

use bytes::Bytes;
use http::{Request, Response};
use hyper::{
    body::{Body, Incoming},
    client::conn::http1,
};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

/// Asks, and gives what `read` makes of the answer. The connection ends with it: nothing is left behind.
///
/// # Errors
/// The connection broke, or the other side does not speak HTTP.
pub(super) async fn exchange<S, B, F, R, T>(stream: S, request: Request<B>, read: F) -> io::Result<T>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    F: FnOnce(Response<Incoming>) -> R,
    R: Future<Output = io::Result<T>>,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    let answer = async { read(sender.send_request(request).await.map_err(io::Error::other)?).await };
    tokio::pin!(connection, answer);
    tokio::select! {
        biased;
        outcome = &mut answer => outcome,
        outcome = &mut connection => {
            outcome.map_err(io::Error::other)?;
            answer.await
        }
    }
}
