//! A Secret stays one: no value of it is in anything that an import gives.

use skiff_tests::{
    Problems,
    kubernetes_secrets::{Form, leaks},
    listed,
};

use super::{Unit, repositories, say};

#[test]
fn no_value_of_a_secret_comes_out() {
    let (mut problems, mut values) = (Problems::new(), 0);
    for repository in repositories() {
        for (name, files) in Unit::Folder.imports(&repository).into_iter().chain(Unit::Repository.imports(&repository))
        {
            for form in [Form::Encoded, Form::Plain] {
                let (count, found) = leaks(&files, form).unwrap_or_else(|problem| panic!("{name}: {problem}"));
                values += count;
                problems.extend(found);
            }
        }
    }
    if values > 0 {
        say(&format!("import: {values} values of Secrets replaced and looked for"));
    }
    assert!(problems.is_empty(), "{}", listed(&problems));
}
