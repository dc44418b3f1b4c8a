//! trial
use std::collections::BTreeMap;
use skiff_tests::terraform::{Server, Terraform, Workspace};
use std::time::Instant;
#[test]
fn trial() {
    let terraform = Terraform::find().unwrap().unwrap();
    let server = Server::start().unwrap();
    let text = std::fs::read_to_string("/tmp/provider-npm/main.tf").unwrap();
    let files = BTreeMap::from([("main.tf".to_owned(), text)]);
    let none = BTreeMap::new();
    let t = Instant::now();
    let lap = |what: &str, t: &mut Instant| { eprintln!("{what} {:?}", t.elapsed()); *t = Instant::now(); };
    let mut t = t;
    let w = Workspace::new(&terraform, &server, &files, "").unwrap_or_else(|e| panic!("{e}"));
    lap("init", &mut t);
    w.fmt_check().unwrap_or_else(|e| panic!("{e}")); lap("fmt", &mut t);
    w.validate().unwrap_or_else(|e| panic!("{e}")); lap("validate", &mut t);
    let p = w.plan(&none).unwrap_or_else(|e| panic!("{e}")); lap("plan", &mut t);
    eprintln!("{:?}", p.changed());
    w.apply_plan().unwrap_or_else(|e| panic!("{e}")); lap("apply", &mut t);
    let p = w.plan(&none).unwrap_or_else(|e| panic!("{e}")); lap("plan", &mut t);
    eprintln!("{:?} {}", p.changed(), p.is_empty());
    let s = w.state().unwrap_or_else(|e| panic!("{e}")); lap("state", &mut t);
    eprintln!("{}", serde_json::to_string_pretty(&s["values"]["outputs"]).unwrap());
    w.destroy(&none).unwrap_or_else(|e| panic!("{e}")); lap("destroy", &mut t);
}
