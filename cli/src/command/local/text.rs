//! `skiff local` for people: a few lines that fit a terminal.

use skiff_runtime::local::{LocalStatus, UpReport};

/// One thing a line.
pub(super) fn lines(things: &[String]) -> String {
    things.iter().map(|thing| format!("{thing}\n")).collect()
}

/// What `up` did.
pub(super) fn up(report: &UpReport) -> String {
    let how = if report.started { "started" } else { "was up already" };
    let mut text = format!("http://127.0.0.1:{}  the load balancer ({how})\n", report.port);
    text.push_str(&format!("shape: {} applied, {} removed\n", report.applied.len(), report.removed.len()));
    text.push_str(&match &report.trust_root {
        Some(digest) => format!("trust root: {digest}\n"),
        None => "trust root: none yet; `skiff keys new`, then `skiff keys enroll`\n".into(),
    });
    if !report.not_honoured.is_empty() {
        text.push_str("\nNot honoured on this machine:\n");
        for one in &report.not_honoured {
            text.push_str(&format!("  {}: {}\n", one.what, one.reason));
        }
    }
    text
}

/// Which processes there are.
pub(super) fn status(status: &LocalStatus) -> String {
    let at = |port: Option<u16>, what: &str| {
        port.map_or_else(String::new, |port| format!("  {what}http://127.0.0.1:{port}"))
    };
    let (port, tests) = (at(status.port, ""), at(status.test_port, "tests "));
    let process = |record: &Option<skiff_runtime::local::desired::ProcessRecord>| {
        record.as_ref().map_or_else(|| "not there".to_owned(), |record| format!("pid {}", record.process.pid))
    };
    let mut text = format!("supervisor     {}\n", process(&status.supervisor));
    text.push_str(&format!("load balancer  {}{port}{tests}\n", process(&status.balancer)));
    for member in &status.members {
        let pid = member.process.map_or_else(|| "no process".to_owned(), |process| format!("pid {}", process.pid));
        let view = &member.view;
        text.push_str(&format!("{}  {pid}  {}, {}\n", view.instance, view.lifecycle, view.target_health));
        if let Some(reason) = &view.reason {
            text.push_str(&format!("  {reason}\n"));
        }
    }
    text
}
