//! The local load balancer against nginx: throughput and added latency, as ratios within one run.
//!
//! Target, load balancer and load are processes of their own; both load balancers have one thread and keep connections to
//! the target. nginx is `$SKIFF_NGINX`, or the one on the path (Debian's package `nginx`); without it, it says so.

#![allow(clippy::expect_used)] // A benchmark that cannot run has nothing better to do than to say so.

use std::{
    convert::Infallible,
    fmt::Write as _,
    net::{SocketAddr, TcpListener},
    os::fd::{AsFd, OwnedFd},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use skiff_runtime::{
    local::balancer::{
        Action, Check, Client, Configuration, Group, Rule, SCHEMA, Target, Weighted, serve_standard_input,
    },
    world::World,
};
use skiff_tests::load::{Load, Options, Report};

/// What this executable is when it is started once more.
const ROLE: &str = "SKIFF_BENCH_ROLE";
/// Rounds; each figure is the best of them, since everything else on the machine only makes it worse.
const ROUNDS: usize = 5;
const SECONDS: f64 = 2.0;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    match std::env::var(ROLE).unwrap_or_default().as_str() {
        "target" => runtime.block_on(target()),
        role if role.starts_with("balancer ") => {
            let control = Path::new(&role["balancer ".len()..]);
            runtime.block_on(serve_standard_input(control, World::real())).expect("a load balancer");
        }
        _ => runtime.block_on(compare()),
    }
}

/// Answers `/BYTES` with as many bytes.
async fn target() {
    let socket = std::io::stdin().as_fd().try_clone_to_owned().expect("a socket");
    let listener = TcpListener::from(socket);
    listener.set_nonblocking(true).expect("a socket");
    let listener = tokio::net::TcpListener::from_std(listener).expect("a socket");
    let content = Bytes::from(vec![b'x'; 1 << 20]);
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        stream.set_nodelay(true).expect("an option");
        let content = content.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let size = request.uri().path()[1..].parse().unwrap_or(2);
            let body = content.slice(..size);
            async move { Ok::<_, Infallible>(Response::new(Full::new(body))) }
        });
        tokio::spawn(async move {
            http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.unwrap_or_default();
        });
    }
}

/// A process that ends with this one's scope.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn again(role: &str, listener: &TcpListener) -> Ended {
    let socket: OwnedFd = listener.try_clone().expect("a copy of the socket").into();
    let executable = std::env::current_exe().expect("this executable");
    Ended(Command::new(executable).env(ROLE, role).stdin(Stdio::from(socket)).spawn().expect("a process"))
}

fn free() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    (listener, address)
}

async fn skiff(target: SocketAddr, folder: &Path) -> (Ended, SocketAddr) {
    let (listener, address) = free();
    let control = folder.join("control.sock");
    let process = again(&format!("balancer {}", control.display()), &listener);
    let check = Check {
        path: "/2".into(),
        codes: "200".into(),
        interval_ms: 10_000,
        timeout_ms: 1_000,
        healthy: 2,
        unhealthy: 3,
    };
    let targets = vec![Target { instance: "one".into(), address: target, health: target }];
    let group = Group { labels: [].into(), targets, check, deregistration_delay_ms: 0 };
    let action = Action::Forward { groups: vec![Weighted { group: "a".into(), weight: 100 }] };
    let rule = Rule { name: "all".into(), conditions: Vec::new(), action, rewrite: None };
    let groups = [("a".to_owned(), group)].into();
    let configuration =
        Configuration { schema: SCHEMA.into(), revision: 1, rules: vec![rule], groups, ..Configuration::empty() };
    let client = Client::new(&control);
    while client.put(&configuration).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    (process, address)
}

fn find_nginx() -> Option<PathBuf> {
    let named = std::env::var_os("SKIFF_NGINX").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    named.into_iter().chain(folders.map(|folder| folder.join("nginx"))).find(|file| file.is_file())
}

fn nginx(program: &Path, target: SocketAddr, folder: &Path) -> (Ended, SocketAddr) {
    let (listener, address) = free();
    drop(listener);
    let of = |name: &str| folder.join(name).display().to_string();
    let mut temporary = String::new();
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        let _ = writeln!(temporary, "{kind}_temp_path {};", of(kind));
    }
    let text = format!(
        "daemon off; worker_processes 1; pid {}; error_log stderr crit; user root;\n\
         events {{ worker_connections 4096; }}\n\
         http {{ access_log off; keepalive_requests 1000000000; {temporary}\n\
         upstream target {{ server {target}; keepalive 512; keepalive_requests 1000000000; }}\n\
         server {{ listen {address}; location / {{ proxy_pass http://target; proxy_http_version 1.1; proxy_set_header Connection \"\";\n\
         proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n\
         proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-Port $server_port; }} }} }}\n",
        of("nginx.pid")
    );
    std::fs::write(folder.join("nginx.conf"), text).expect("a file");
    let mut child = Command::new(program);
    child.arg("-e").arg("stderr").arg("-p").arg(folder).arg("-c").arg(folder.join("nginx.conf"));
    let process = Ended(child.spawn().expect("nginx"));
    while std::net::TcpStream::connect(address).is_err() {
        std::thread::sleep(Duration::from_millis(20));
    }
    (process, address)
}

/// One kind of load.
struct Case {
    name: &'static str,
    path: &'static str,
    connections: usize,
    rate: Option<f64>,
}

const CASES: [Case; 4] = [
    Case { name: "2 bytes, 32 connections", path: "/2", connections: 32, rate: None },
    Case { name: "2 bytes, 1 connection", path: "/2", connections: 1, rate: None },
    Case { name: "2 bytes, 500 a second", path: "/2", connections: 32, rate: Some(500.0) },
    Case { name: "1 MiB, 8 connections", path: "/1048576", connections: 8, rate: None },
];

async fn once(case: &Case, address: SocketAddr) -> Report {
    let mut options = Options::new(address);
    (options.path, options.connections, options.rate) = (case.path.into(), case.connections, case.rate);
    options.duration = Some(Duration::from_secs_f64(SECONDS));
    let report = Load::start(&options).expect("load").finished().await;
    assert_eq!(report.failed_requests(), 0, "{}: {:?}", case.name, report.failures);
    report
}

/// The best of what was seen of one way.
#[derive(Clone, Copy)]
struct Best {
    throughput: f64,
    p50: u64,
    p99: u64,
}

impl Best {
    const NONE: Self = Self { throughput: 0.0, p50: u64::MAX, p99: u64::MAX };

    fn or(self, report: &Report) -> Self {
        Self {
            throughput: self.throughput.max(report.throughput),
            p50: self.p50.min(report.latency.p50),
            p99: self.p99.min(report.latency.p99),
        }
    }
}

async fn compare() {
    let folder = tempfile::tempdir().expect("a folder");
    let (listener, direct) = free();
    let _target = again("target", &listener);
    let (_skiff, skiff) = skiff(direct, folder.path()).await;
    let nginx = find_nginx().map(|program| nginx(&program, direct, folder.path()));
    let mut ways = vec![("direct", direct), ("skiff", skiff)];
    match &nginx {
        Some((_, address)) => ways.push(("nginx", *address)),
        None => print("SKIPPED nginx: install Debian's package, or name the program in SKIFF_NGINX\n"),
    }
    print("| load | way | requests a second | p50, µs | p99, µs | added to p50, µs |\n|---|---|---|---|---|---|\n");
    for case in &CASES {
        let mut best = vec![Best::NONE; ways.len()];
        for _ in 0..ROUNDS {
            for (place, (_, address)) in ways.iter().enumerate() {
                best[place] = best[place].or(&once(case, *address).await);
            }
        }
        show(case, &ways, &best);
    }
}

fn show(case: &Case, ways: &[(&str, SocketAddr)], best: &[Best]) {
    for ((way, _), seen) in ways.iter().zip(best) {
        let added = seen.p50.saturating_sub(best[0].p50);
        print(&format!("| {} | {way} | {:.0} | {} | {} | {added} |\n", case.name, seen.throughput, seen.p50, seen.p99));
    }
    if let [direct, skiff, nginx] = best {
        let added = |seen: &Best| seen.p50.saturating_sub(direct.p50).max(1) as f64;
        let (throughput, latency) = (skiff.throughput / nginx.throughput, added(skiff) / added(nginx));
        print(&format!("| {} | skiff ÷ nginx | {throughput:.2}× | | | {latency:.2}× |\n", case.name));
    }
}

fn print(text: &str) {
    use std::io::Write;
    std::io::stdout().write_all(text.as_bytes()).expect("standard output");
}
