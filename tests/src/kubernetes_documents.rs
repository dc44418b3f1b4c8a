//! Manifests as JSON, one document each, so that a test can change one value and import again.

use serde_json::Value as Json;
use skiff_importers::{
    import::Input,
    kube::read::{self, Manifest, Meaning, Node, Path, Step, Value},
};

/// The manifests of some files, each as an input of its own.
#[derive(Debug, Clone)]
pub struct Documents {
    /// What was read, in the order of the files.
    pub manifests: Vec<Manifest>,
    /// The same as inputs; [`Documents::number`] gives the manifest of an input's name.
    pub inputs: Vec<Input>,
}

impl Documents {
    /// Reads the manifests of some files; lists are unrolled.
    #[must_use]
    pub fn of(files: &[Input]) -> Self {
        let readings = files.iter().map(|file| read::read(&file.name, &file.bytes));
        let manifests: Vec<_> = readings.flat_map(|reading| reading.manifests).collect();
        let inputs = manifests.iter().enumerate().map(|(number, manifest)| input(number, &json(&manifest.node)));
        Self { inputs: inputs.collect(), manifests }
    }

    /// The manifest that an input was made of.
    #[must_use]
    pub fn number(name: &str) -> Option<usize> {
        name.strip_suffix(".json")?.parse().ok()
    }

    /// The inputs with one value changed.
    #[must_use]
    pub fn with(&self, number: usize, path: &Path<'_>, value: Json) -> Vec<Input> {
        let mut inputs = self.inputs.clone();
        if let (Some(input), Some(manifest)) = (inputs.get_mut(number), self.manifests.get(number)) {
            let mut document = json(&manifest.node);
            if let Some(place) = at(&mut document, path) {
                *place = value;
            }
            *input = self::input(number, &document);
        }
        inputs
    }

    /// The inputs with every document as `change` leaves it.
    #[must_use]
    pub fn changed(&self, mut change: impl FnMut(&Manifest, &mut Json)) -> Vec<Input> {
        let changed = self.manifests.iter().enumerate().map(|(number, manifest)| {
            let mut document = json(&manifest.node);
            change(manifest, &mut document);
            input(number, &document)
        });
        changed.collect()
    }
}

/// A document as a file whose name keeps the order of the input.
#[must_use]
pub fn input(number: usize, document: &Json) -> Input {
    Input { name: format!("{number:06}.json"), bytes: document.to_string().into_bytes() }
}

fn at<'d>(document: &'d mut Json, path: &Path<'_>) -> Option<&'d mut Json> {
    path.steps.iter().try_fold(document, |inner, step| match *step {
        Step::Key(key) => inner.get_mut(key),
        Step::Index(index) => inner.get_mut(index),
    })
}

/// A tree as JSON. Recursion is safe: a tree is at most `limits::MAX_DEPTH` deep.
#[must_use]
pub fn json(node: &Node) -> Json {
    match &node.value {
        Value::Sequence(items) => Json::Array(items.iter().map(json).collect()),
        Value::Mapping(entries) => {
            Json::Object(entries.iter().map(|entry| (entry.key.to_string(), json(&entry.node))).collect())
        }
        Value::Scalar(scalar) => match scalar.meaning {
            Meaning::Null => Json::Null,
            Meaning::Boolean(boolean) => boolean.into(),
            Meaning::Integer(integer) => integer.into(),
            Meaning::Float(float) => float.into(),
            Meaning::Text => (&*scalar.text).into(),
        },
    }
}
