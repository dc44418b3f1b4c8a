//! Bodies of any size and speed, both ways, and never held.

use std::{net::SocketAddr, time::Duration};

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
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

/// A target that reads no more than one head, then does what it is told with the connection.
async fn raw_target<F, R>(serve: F) -> (Target, Server)
where
    F: Fn(TcpStream) -> R + Send + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let health = Server::start("health").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.expect("a head"));
            }
            tokio::spawn(serve(stream));
        }
    });
    (Target { instance: "raw".into(), address, health: health.address }, health)
}

async fn echo(address: SocketAddr, body: Bytes) -> Bytes {
    let stream = TcpStream::connect(address).await.expect("a connection");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("HTTP");
    tokio::spawn(connection);
    let request = Request::post("/echo").header("host", "localhost").body(Full::new(body)).expect("a request");
    let response = sender.send_request(request).await.expect("an answer");
    assert_eq!(response.status(), 200);
    response.into_body().collect().await.expect("a body").to_bytes()
}

#[tokio::test]
async fn large_bodies_pass_both_ways_unchanged() {
    let one = Server::start("a1").await;
    let balanced = Balanced::of(&[("a", &[one.target()], 1)]).await;
    balanced.healthy(1).await;
    let body: Bytes = (0..16_000_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    assert!(echo(balanced.address, body.clone()).await == body);
    assert!(echo(balanced.address, Bytes::new()).await.is_empty());
}

#[tokio::test]
async fn chunks_and_trailers_come_as_they_are_sent() {
    let one = Server::start("a1").await;
    let balanced = Balanced::of(&[("a", &[one.target()], 1)]).await;
    balanced.healthy(1).await;
    let head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    let answer = raw::say(balanced.address, &format!("{head}5\r\nhello\r\n7;a=b\r\n, world\r\n0\r\n\r\n")).await;
    assert!(answer.ends_with("\r\n\r\nhello, world"), "{answer}");
}

#[tokio::test]
async fn the_first_bytes_of_an_answer_do_not_wait_for_the_last() {
    let (target, _health) = raw_target(|mut stream| async move {
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n";
        stream.write_all(head).await.expect("bytes");
        pause(700).await;
        stream.write_all(b"4\r\nlast\r\n0\r\n\r\n").await.expect("bytes");
        pause(1_000).await;
    })
    .await;
    let balanced = Balanced::of(&[("a", &[target], 1)]).await;
    balanced.healthy(1).await;
    let mut stream = TcpStream::connect(balanced.address).await.expect("a connection");
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("bytes");
    let mut seen = String::new();
    let first = async {
        while !seen.contains("first") {
            seen.push(char::from(stream.read_u8().await.expect("a byte")));
        }
    };
    tokio::time::timeout(Duration::from_millis(500), first).await.expect("the first bytes at once");
    assert!(raw::read(&mut stream).await.contains("last"));
}

#[tokio::test]
async fn a_client_is_told_to_continue_when_a_target_takes_the_body() {
    let one = Server::start("a1").await;
    let balanced = Balanced::of(&[("a", &[one.target()], 1)]).await;
    balanced.healthy(1).await;
    let mut stream = TcpStream::connect(balanced.address).await.expect("a connection");
    let head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("bytes");
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).await.expect("an interim answer");
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"hello").await.expect("bytes");
    let answer = raw::read(&mut stream).await;
    assert!(raw::status(&answer) == 200 && answer.ends_with("hello"), "{answer}");
}

#[tokio::test]
async fn a_slow_client_is_served_and_one_that_stops_is_not_waited_for() {
    let one = Server::start("a1").await;
    let mut balanced = Balanced::of(&[("a", &[one.target()], 1)]).await;
    balanced.change(|configuration| configuration.limits.idle_ms = 300).await;
    balanced.healthy(1).await;
    let mut stream = TcpStream::connect(balanced.address).await.expect("a connection");
    let head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("bytes");
    for _ in 0..10 {
        pause(100).await;
        stream.write_all(b"x").await.expect("bytes");
    }
    let answer = raw::read(&mut stream).await;
    assert!(raw::status(&answer) == 200 && answer.ends_with("xxxxxxxxxx"), "{answer}");
    let answer = raw::say(balanced.address, &format!("{head}xxx")).await;
    assert!(raw::status(&answer) == 408 && answer.contains("x-skiff-reason: slow-request"), "{answer}");
    eventually("nothing is in flight", async || balanced.in_flight().await == 0).await;
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_not_waited_for_either() {
    let (target, _health) = raw_target(|mut stream| async move {
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n";
        stream.write_all(head).await.expect("bytes");
        while stream.write_all(&[b'x'; 65_536]).await.is_ok() {}
    })
    .await;
    let mut balanced = Balanced::of(&[("a", &[target], 1)]).await;
    balanced.change(|configuration| configuration.limits.idle_ms = 300).await;
    balanced.healthy(1).await;
    let mut stream = TcpStream::connect(balanced.address).await.expect("a connection");
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("bytes");
    eventually("the request is in flight", async || balanced.in_flight().await == 1).await;
    eventually("it was ended", async || balanced.in_flight().await == 0).await;
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_seen_to_break_off() {
    let (target, _health) = raw_target(|mut stream| async move {
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n";
        stream.write_all(head).await.expect("bytes");
    })
    .await;
    let balanced = Balanced::of(&[("a", &[target], 1)]).await;
    balanced.healthy(1).await;
    let answer = raw::get(balanced.address, "localhost", "/").await;
    assert!(answer.contains("first") && !answer.ends_with("0\r\n\r\n"), "{answer}");
}

#[tokio::test]
async fn a_body_above_the_limit_is_413_said_before_or_after() {
    let one = Server::start("a1").await;
    let mut balanced = Balanced::of(&[("a", &[one.target()], 1)]).await;
    balanced.change(|configuration| configuration.limits.body_bytes = Some(10)).await;
    balanced.healthy(1).await;
    let said = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n";
    let chunked =
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\n\r\n";
    for request in [said, chunked] {
        let answer = raw::say(balanced.address, request).await;
        assert!(raw::status(&answer) == 413 && answer.contains("x-skiff-reason: too-large"), "{answer}");
    }
    let fits = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123456789";
    assert_eq!(raw::status(&raw::say(balanced.address, fits).await), 200);
}
