//! Imports the files that are named, and prints the spec and the account.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a look at what the importer does")]

use skiff_importers::{
    account::Fate,
    import::{Input, Options},
    kube,
};

fn main() {
    let inputs: Vec<_> =
        std::env::args().skip(1).map(|name| Input { bytes: std::fs::read(&name).unwrap(), name }).collect();
    let options = Options { app: "shop".into(), account: None, region: None, certificates: Vec::new() };
    let compose = inputs.iter().any(|input| input.name.contains("compose"));
    let import =
        if compose { skiff_importers::compose::import(&inputs, &options) } else { kube::import(&inputs, &options) };
    println!("{}", import.text);
    for finding in &import.account.findings {
        let place = format!("{}:{}:{}", finding.file, finding.place.line, finding.place.column);
        println!(
            "{} {} {place} {} {}\n    {}\n    {}",
            finding.code.id,
            finding.severity.word(),
            finding.name.as_deref().unwrap_or_default(),
            finding.path,
            finding.reason,
            finding.action
        );
    }
    for object in &import.account.objects {
        println!("{} {}", object.kind, object.name.as_deref().unwrap_or_default());
        for leaf in &object.leaves {
            println!("  {:11} {:60} {} {}", leaf.fate.word(), leaf.path, leaf.home, leaf.reason);
        }
    }
    let totals = import.account.totals();
    for fate in Fate::ALL {
        println!("{} {}", fate.word(), totals.of(fate));
    }
}
