//! Requests as bytes, for what no HTTP client would send.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Sends bytes and gives all that comes back until the other side ends, or says nothing for two seconds.
pub async fn say(address: SocketAddr, bytes: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(bytes.as_bytes()).await.expect("bytes that are taken");
    read(&mut stream).await
}

/// Asks for a path and gives the whole answer.
pub async fn get(address: SocketAddr, host: &str, path: &str) -> String {
    say(address, &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await
}

/// All that comes until the end, or until nothing comes for two seconds.
pub async fn read(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let mut part = [0; 65_536];
    while let Ok(Ok(count)) = tokio::time::timeout(Duration::from_secs(2), stream.read(&mut part)).await {
        if count == 0 {
            break;
        }
        all.extend_from_slice(&part[..count]);
    }
    String::from_utf8_lossy(&all).into_owned()
}

/// The status of an answer, zero for none.
pub fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}
