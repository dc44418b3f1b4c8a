//! The listening socket from one process to another, over a control connection that has changed its protocol.
//!
//! The asker says one byte when it is ready, and only then the socket comes, as `SCM_RIGHTS` beside one byte: a reader of plain
//! bytes that ran ahead would lose it (unix(7)).

use std::{
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
    net::TcpListener,
    os::fd::{AsFd, OwnedFd},
};

use bytes::Bytes;
use hyper::upgrade::{OnUpgrade, Parts, Upgraded};
use hyper_util::rt::TokioIo;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
    recvmsg, sendmsg,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, Interest},
    net::UnixStream,
};

/// The name of the protocol.
pub(super) const PROTOCOL: &str = "skiff-listener";

/// Gives the socket to whoever asked.
pub(super) async fn give(upgrade: OnUpgrade, listener: TcpListener) -> io::Result<()> {
    let (mut stream, read) = plain(upgrade.await.map_err(io::Error::other)?)?;
    // The byte may have come together with the head that changed the protocol.
    if read.is_empty() {
        stream.read_u8().await?;
    }
    stream.async_io(Interest::WRITABLE, || send(&stream, &listener)).await
}

/// Takes the socket that the other side gives.
pub(super) async fn take(upgrade: OnUpgrade) -> io::Result<TcpListener> {
    let (mut stream, _) = plain(upgrade.await.map_err(io::Error::other)?)?;
    stream.write_u8(b'?').await?;
    let socket = stream.async_io(Interest::READABLE, || receive(&stream)).await?;
    Ok(TcpListener::from(socket))
}

/// The connection itself, and the bytes that were read of it already.
fn plain(upgraded: Upgraded) -> io::Result<(UnixStream, Bytes)> {
    let parts: Parts<TokioIo<UnixStream>> =
        upgraded.downcast().map_err(|_| io::Error::other("the connection is no Unix socket"))?;
    Ok((parts.io.into_inner(), parts.read_buf))
}

fn send(stream: &UnixStream, listener: &TcpListener) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut rights = SendAncillaryBuffer::new(&mut space);
    let sockets = [listener.as_fd()];
    if !rights.push(SendAncillaryMessage::ScmRights(&sockets)) {
        return Err(io::Error::other("a message has no room for a socket"));
    }
    sendmsg(stream, &[IoSlice::new(b"!")], &mut rights, SendFlags::NOSIGNAL)?;
    Ok(())
}

fn receive(stream: &UnixStream) -> io::Result<OwnedFd> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut rights = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    recvmsg(stream, &mut [IoSliceMut::new(&mut byte)], &mut rights, RecvFlags::CMSG_CLOEXEC)?;
    let mut sockets = rights.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut sockets) => sockets.next(),
        _ => None,
    });
    sockets.next().ok_or_else(|| io::Error::other("the other side gave no socket"))
}
