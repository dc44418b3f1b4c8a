//! A change of protocol, as to WebSocket: bytes both ways, and the request in flight until one side ends.

use skiff_runtime::local::balancer::Target;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    raw,
    setup::{Balanced, eventually, pause},
    target::Server,
};

const WANTED: &str = "GET /chat HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
                      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

/// Changes the protocol and sends every byte back, in capitals.
async fn shouting() -> (Target, Server) {
    let health = Server::start("health").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                head.push(char::from(stream.read_u8().await.expect("a head")));
            }
            assert!(head.contains("upgrade: websocket") && head.contains("sec-websocket-key: "), "{head}");
            let answer = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\nHELLO";
            stream.write_all(answer.as_bytes()).await.expect("bytes");
            tokio::spawn(async move {
                let mut part = [0; 1024];
                while let Ok(count @ 1..) = stream.read(&mut part).await {
                    stream.write_all(&part[..count].to_ascii_uppercase()).await.expect("bytes");
                }
            });
        }
    });
    (Target { instance: "shouting".into(), address, health: health.address }, health)
}

async fn until(stream: &mut TcpStream, end: &str) -> String {
    let mut seen = String::new();
    while !seen.ends_with(end) {
        seen.push(char::from(stream.read_u8().await.expect("a byte")));
    }
    seen
}

#[tokio::test]
async fn a_websocket_gets_through() {
    let (target, _health) = shouting().await;
    let balanced = Balanced::of(&[("a", &[target], 1)]).await;
    balanced.healthy(1).await;
    let mut stream = TcpStream::connect(balanced.address).await.expect("a connection");
    stream.write_all(WANTED.as_bytes()).await.expect("bytes");
    let head = until(&mut stream, "\r\n\r\n").await;
    assert!(
        raw::status(&head) == 101 && head.contains("upgrade: websocket") && head.contains("sec-websocket-accept: x"),
        "{head}"
    );
    until(&mut stream, "HELLO").await;
    for word in ["one", "two", "three"] {
        stream.write_all(word.as_bytes()).await.expect("bytes");
        until(&mut stream, &word.to_ascii_uppercase()).await;
    }
    assert_eq!(balanced.in_flight().await, 1);
    let traffic = balanced.client.traffic().await.expect("traffic");
    assert_eq!(traffic.groups["a"].total.answers["1xx"], 1);
    drop(stream);
    eventually("nothing is in flight", async || balanced.in_flight().await == 0).await;
}

#[tokio::test]
async fn a_tunnel_in_which_nothing_moves_ends() {
    let (target, _health) = shouting().await;
    let mut balanced = Balanced::of(&[("a", &[target], 1)]).await;
    balanced.change(|configuration| configuration.limits.idle_ms = 200).await;
    balanced.healthy(1).await;
    let mut stream = TcpStream::connect(balanced.address).await.expect("a connection");
    stream.write_all(WANTED.as_bytes()).await.expect("bytes");
    until(&mut stream, "HELLO").await;
    for _ in 0..6 {
        pause(100).await;
        stream.write_all(b"x").await.expect("bytes");
        until(&mut stream, "X").await;
    }
    assert_eq!(stream.read(&mut [0]).await.expect("an end"), 0);
    eventually("nothing is in flight", async || balanced.in_flight().await == 0).await;
}

#[tokio::test]
async fn a_target_that_does_not_change_the_protocol_answers_as_ever() {
    let one = Server::start("a1").await;
    let balanced = Balanced::of(&[("a", &[one.target()], 1)]).await;
    balanced.healthy(1).await;
    let mut stream = TcpStream::connect(balanced.address).await.expect("a connection");
    stream.write_all(WANTED.as_bytes()).await.expect("bytes");
    let answer = until(&mut stream, "a1\n").await;
    assert_eq!(raw::status(&answer), 200, "{answer}");
}
