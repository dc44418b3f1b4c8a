//! What lost nothing compiles, and the schemas of AWS and of its Terraform provider accept what is made of it.

use std::{collections::BTreeMap, num::NonZero, thread};

use skiff_tests::{Problems, kubernetes_compile, kubernetes_import, listed};

use super::{Unit, repositories, say};

#[test]
fn what_lost_nothing_compiles() {
    let repositories = repositories();
    let imports =
        repositories.iter().flat_map(|repository| Unit::ALL.into_iter().flat_map(move |unit| unit.imports(repository)));
    let mut clean = BTreeMap::new();
    let mut all = 0;
    for (name, files) in imports {
        all += 1;
        let import = kubernetes_import::import(&files).ok().filter(kubernetes_import::is_clean);
        if let Some(import) = import.filter(|import| !import.spec.services.is_empty()) {
            clean.entry(import.text.clone()).or_insert((name, import));
        }
    }
    if all == 0 {
        return;
    }
    let clean: Vec<_> = clean.into_values().collect();
    let workers = thread::available_parallelism().map_or(2, NonZero::get);
    let problems: Problems = thread::scope(|scope| {
        let judge = |worker: usize| {
            let mine = clean.iter().skip(worker).step_by(workers);
            mine.flat_map(|(name, import)| {
                kubernetes_compile::problems(import).into_iter().map(move |problem| format!("{name}: {problem}"))
            })
            .collect::<Problems>()
        };
        let workers: Vec<_> = (0..workers).map(|worker| scope.spawn(move || judge(worker))).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no check panics")).collect()
    });
    say(&format!("import: {} different applications of {all} imports lost nothing and have a service", clean.len()));
    assert!(problems.is_empty(), "{}", listed(&problems));
}
