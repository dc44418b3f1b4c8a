//! `skiff demo`: the example service.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::Project;

struct Service {
    child: Child,
    address: String,
    _project: Project,
}

impl Service {
    fn start(variables: &[(&str, &str)]) -> Self {
        let project = Project::new();
        let mut command = project.command(&["demo"]);
        command.env("PORT", "0").envs(variables.iter().copied()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit(' ').next().unwrap().to_owned();
        Self { child, address, _project: project }
    }

    fn get(&self, path: &str) -> String {
        get(&self.address, path)
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: demo\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn it_says_its_version_and_fails_its_share() {
    let service = Service::start(&[("VERSION", "v7"), ("ERROR_RATE", "25%")]);
    let answers: Vec<_> = (0..8).map(|_| service.get("/")).collect();
    assert!(answers[0].contains("x-version: v7\r\n") && answers[0].ends_with("hello from v7\n"), "{}", answers[0]);
    let failed: Vec<_> = (1..=8).filter(|number| answers[number - 1].starts_with("HTTP/1.1 500")).collect();
    assert_eq!(failed, [4, 8]);
    assert!(service.get("/healthz").starts_with("HTTP/1.1 200"));
}

#[test]
fn it_takes_its_time_when_asked() {
    let service = Service::start(&[("LATENCY_MS", "100")]);
    let begun = Instant::now();
    assert!(service.get("/slow?ms=200").starts_with("HTTP/1.1 200"));
    assert!(begun.elapsed() >= Duration::from_millis(300));
    assert!(service.get("/slow?ms=lots").starts_with("HTTP/1.1 400"));
}

#[test]
fn it_finishes_what_is_in_flight_before_it_ends() {
    let mut service = Service::start(&[]);
    let address = service.address.clone();
    let slow = thread::spawn(move || get(&address, "/slow?ms=1500"));
    thread::sleep(Duration::from_millis(500));
    service.signal("-TERM");
    assert!(slow.join().unwrap().ends_with("hello from v1\n"));
    assert_eq!(service.child.wait().unwrap().code(), Some(0));
    assert!(TcpStream::connect(&service.address).is_err());
}

#[test]
fn what_it_cannot_do_is_said() {
    let service = Service::start(&[]);
    let port = service.address.rsplit(':').next().unwrap();
    let project = Project::new();
    let taken = project.command(&["demo"]).env("PORT", port).output().unwrap();
    assert_eq!(taken.status.code(), Some(6));
    assert!(String::from_utf8_lossy(&taken.stderr).contains(port));
    let wrong = project.command(&["demo"]).env("ERROR_RATE", "lots").output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("ERROR_RATE"));
}
