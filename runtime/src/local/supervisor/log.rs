//! What the supervisor says: JSON lines in a file that does not grow without end.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    path::PathBuf,
};

use serde_json::{Map, Value, json};

use crate::world::World;

/// The most bytes of a log; the one before it is kept as `.1`.
const LIMIT: u64 = 4 << 20;

/// The log. A line that cannot be written is lost: nothing that runs shall stop for it.
pub(super) struct Log {
    path: PathBuf,
    world: World,
    file: Option<File>,
    bytes: u64,
}

impl Log {
    pub(super) fn open(path: PathBuf, world: World) -> Self {
        let mut log = Self { path, world, file: None, bytes: 0 };
        log.reopen();
        log
    }

    /// Says one thing: a stable word, a sentence, and what it is about.
    pub(super) fn say(&mut self, event: &str, message: &str, about: Value) {
        let mut line = Map::new();
        line.insert("at".into(), json!(self.world.clock.now()));
        line.insert("event".into(), json!(event));
        line.insert("message".into(), json!(message));
        if let Value::Object(about) = about {
            line.extend(about);
        }
        let text = format!("{}\n", Value::Object(line));
        if self.bytes.saturating_add(text.len() as u64) > LIMIT {
            self.rotate();
        }
        if let Some(file) = &mut self.file
            && file.write_all(text.as_bytes()).is_ok()
        {
            self.bytes += text.len() as u64;
        }
    }

    fn rotate(&mut self) {
        let mut before = self.path.clone().into_os_string();
        before.push(".1");
        // Without the other name the file is cut instead: better to lose old lines than to fill the disk.
        if fs::rename(&self.path, &before).is_err()
            && let Some(file) = &self.file
        {
            let _cut = file.set_len(0);
        }
        self.reopen();
    }

    fn reopen(&mut self) {
        self.file = OpenOptions::new().create(true).append(true).open(&self.path).ok();
        self.bytes = self.file.as_ref().and_then(|file| file.metadata().ok()).map_or(0, |metadata| metadata.len());
    }
}
