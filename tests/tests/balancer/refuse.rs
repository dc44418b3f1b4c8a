//! What is malformed or smuggled is refused, and no target sees it.

use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::{raw, setup::Balanced, target::Server};

async fn balanced() -> (Balanced, Server) {
    let one = Server::start("a1").await;
    let balanced = Balanced::of(&[("a", &[one.target()], 1)]).await;
    balanced.healthy(1).await;
    (balanced, one)
}

#[tokio::test]
async fn a_length_said_twice_is_refused_and_nothing_after_it_is_served() {
    let (balanced, one) = balanced().await;
    let inner = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let length_first = "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n";
    let chunks_first = "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n";
    for lengths in [length_first, chunks_first, "transfer-encoding:\tchunked\r\ncontent-length:0\r\n"] {
        let request = format!("POST / HTTP/1.1\r\nHost: localhost\r\n{lengths}\r\n0\r\n\r\n{inner}");
        let answer = raw::say(balanced.address, &request).await;
        assert!(raw::status(&answer) == 400 && answer.contains("x-skiff-reason: bad-request"), "{answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
    }
    assert_eq!(one.requests(), 0);
    // On a connection that was good so far, too.
    let good = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut stream = TcpStream::connect(balanced.address).await.expect("a connection");
    stream.write_all(good.as_bytes()).await.expect("bytes");
    crate::setup::eventually("it was served", async || one.requests() == 1).await;
    let bad = format!("POST / HTTP/1.1\r\nHost: localhost\r\n{length_first}\r\n0\r\n\r\n{inner}");
    stream.write_all(bad.as_bytes()).await.expect("bytes");
    let answers = raw::read(&mut stream).await;
    assert_eq!(answers.matches("HTTP/1.1 400").count(), 1, "{answers}");
    assert_eq!(one.requests(), 1);
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let (balanced, one) = balanced().await;
    let long = "x".repeat(70_000);
    let many: String = (0..300).map(|number| format!("X-{number}: 1\r\n")).collect();
    let cases = [
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n".into(), 400),
        ("nonsense\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nBad Name: 1\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nName : 1\r\n\r\n".into(), 400),
        ("GET / HTTP/1.1\r\nHost: a\r\n folded: 1\r\n\r\n".into(), 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n".into(), 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n".into(), 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx".into(), 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n".into(), 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n".into(), 400),
        ("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".into(), 400),
        (format!("GET / HTTP/1.1\r\nHost: a\r\nX: {long}\r\n\r\n"), 431),
        (format!("GET / HTTP/1.1\r\nHost: a\r\n{many}\r\n"), 431),
        ("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n".into(), 405),
        ("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n".into(), 405),
    ];
    for (request, wanted) in cases {
        let answer = raw::say(balanced.address, &request).await;
        let line: String = request.chars().take(80).collect();
        assert_eq!(raw::status(&answer), wanted, "{line:?} got {answer}");
    }
    assert_eq!(one.requests(), 0);
    assert_eq!(raw::status(&raw::get(balanced.address, "localhost", "/").await), 200);
}

#[tokio::test]
async fn a_chunk_that_is_none_reaches_no_end() {
    let (balanced, one) = balanced().await;
    let request =
        "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n";
    let answer = raw::say(balanced.address, request).await;
    assert_eq!(raw::status(&answer), 400, "{answer}");
    assert!(!answer.contains("hello"));
    assert!(one.requests() <= 1);
}

#[tokio::test]
async fn headers_of_one_connection_stay_there_and_a_target_knows_the_client() {
    let (balanced, _one) = balanced().await;
    let port = balanced.address.port();
    let request = "GET /seen?x=1 HTTP/1.1\r\nHost: Shop.localhost\r\nConnection: close, X-Secret\r\nX-Secret: 1\r\n\
                   Keep-Alive: 5\r\nProxy-Authorization: x\r\nTE: gzip\r\nX-Forwarded-For: 203.0.113.9\r\nExpect: 100-continue\r\n\r\n";
    let seen = raw::say(balanced.address, request).await;
    assert!(seen.contains("GET /seen?x=1\n") && seen.contains("host: Shop.localhost\n"), "{seen}");
    let given = ["x-forwarded-for: 203.0.113.9, 127.0.0.1\n", "x-forwarded-proto: http\n", "x-amzn-trace-id: Root=1-"];
    assert!(given.iter().all(|line| seen.contains(line)), "{seen}");
    assert!(seen.contains(&format!("x-forwarded-port: {port}\n")), "{seen}");
    let body = seen.split("\r\n\r\n").nth(1).expect("a body");
    let gone = ["x-secret", "keep-alive", "proxy-authorization", "te: ", "expect", "connection"];
    assert!(gone.iter().all(|name| !body.contains(name)), "{body}");
}

#[tokio::test]
async fn http_1_0_is_served_and_an_absolute_target_has_the_last_word() {
    let (balanced, _one) = balanced().await;
    let answer = raw::say(balanced.address, "GET / HTTP/1.0\r\n\r\n").await;
    assert_eq!(raw::status(&answer), 200, "{answer}");
    let request = "GET http://real.localhost/seen HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n";
    let seen = raw::say(balanced.address, request).await;
    assert!(seen.contains("GET /seen\n") && seen.contains("host: real.localhost\n"), "{seen}");
}
