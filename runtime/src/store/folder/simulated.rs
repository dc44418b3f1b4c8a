//! A file system in memory that forgets, at a power failure, what was not synced; for the tests of the folder store.
//!
//! Names are entries of folders, and durable once their folder was synced: each unsynced change of an entry survives or not,
//! by itself, so a rename can be half there. The content of a file that was not synced is, after the failure, whole, cut
//! off, empty or other bytes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, io,
    path::{Component, Path},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::disk::{Disk, Kind, Lock};

/// The simulated disk; clones are the same disk, as another process sees it.
#[derive(Clone, Default)]
pub(super) struct SimulatedDisk {
    state: Arc<Mutex<State>>,
}

/// What a disk does not do although it says so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Lies {
    /// Syncing a file does nothing.
    pub(super) files: bool,
    /// Syncing a folder does nothing.
    pub(super) folders: bool,
    /// Notes in lock files are forgotten at once.
    pub(super) notes: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    File(usize),
    Folder(usize),
}

#[derive(Debug, Clone, Default)]
struct Content {
    bytes: Vec<u8>,
    synced: bool,
}

type Names = BTreeMap<(usize, String), Node>;

#[derive(Debug, Clone, Default)]
struct State {
    files: Vec<Content>,
    folders: usize,
    now: Names,
    durable: Names,
    unsynced: Vec<(usize, String, Option<Node>)>,
    notes: BTreeMap<String, String>,
    locked: BTreeSet<String>,
    lies: Lies,
    steps: u64,
    dies_at: Option<u64>,
    full: bool,
}

impl SimulatedDisk {
    pub(super) fn lying(lies: Lies) -> Self {
        let disk = Self::default();
        disk.state().lies = lies;
        disk
    }

    /// From this step on, counted from zero, nothing has an effect any more.
    pub(super) fn die_at(&self, step: u64) {
        let mut state = self.state();
        state.dies_at = Some(state.steps + step);
    }

    /// From now on there is space for names, and for no byte more; or there is space again.
    pub(super) fn fill(&self, full: bool) {
        self.state().full = full;
    }

    /// How many steps were made.
    pub(super) fn steps(&self) -> u64 {
        self.state().steps
    }

    /// The processes are killed: what they wrote is there, their locks are not.
    pub(super) fn after_kill(&self) -> Self {
        let state = State { locked: BTreeSet::new(), dies_at: None, ..self.state().clone() };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Every disk that a power failure can leave behind; a sample of them when there are very many.
    pub(super) fn after_power_failure(&self) -> Vec<Self> {
        let state = self.state();
        let changes = state.unsynced.len();
        let subsets: Vec<u64> = match changes {
            0..=4 => (0..1 << changes).collect(),
            _ => {
                (0..16_u64).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 7).chain([0, u64::MAX]).collect()
            }
        };
        let torn = if state.files.iter().all(|content| content.synced) { 3..4 } else { 0..4 };
        subsets.iter().flat_map(|subset| torn.clone().map(|torn| state.left(*subset, torn))).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What is left when of the unsynced changes this subset survives, and unsynced contents are torn in this way.
    fn left(&self, subset: u64, torn: u8) -> SimulatedDisk {
        let mut durable = self.durable.clone();
        for (place, (folder, name, node)) in self.unsynced.iter().enumerate() {
            if subset >> place & 1 == 1 {
                set(&mut durable, *folder, name, *node);
            }
        }
        let files = self.files.iter().map(|content| content.torn(torn)).collect();
        let state =
            State { files, folders: self.folders, now: durable.clone(), durable, lies: self.lies, ..State::default() };
        SimulatedDisk { state: Arc::new(Mutex::new(state)) }
    }

    /// One effect on the disk; refused once the process is dead.
    fn step(&mut self) -> io::Result<()> {
        self.steps += 1;
        match self.dies_at {
            Some(dies_at) if self.steps > dies_at => Err(io::Error::other("the process is dead")),
            _ => Ok(()),
        }
    }

    fn node(&self, path: &Path) -> Option<Node> {
        let names = path.components().filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        });
        names.into_iter().try_fold(Node::Folder(0), |node, name| match node {
            Node::Folder(folder) => self.now.get(&(folder, name)).copied(),
            Node::File(_) => None,
        })
    }

    fn folder(&self, path: &Path) -> io::Result<usize> {
        match self.node(path) {
            Some(Node::Folder(folder)) => Ok(folder),
            Some(Node::File(_)) => Err(io::ErrorKind::NotADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn entry(&self, path: &Path) -> io::Result<(usize, String)> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy().into_owned();
        Ok((self.folder(path.parent().ok_or(io::ErrorKind::InvalidInput)?)?, name))
    }

    fn change(&mut self, (folder, name): (usize, String), node: Option<Node>) {
        set(&mut self.now, folder, &name, node);
        self.unsynced.push((folder, name, node));
    }
}

fn set(names: &mut Names, folder: usize, name: &str, node: Option<Node>) {
    match node {
        Some(node) => names.insert((folder, name.to_owned()), node),
        None => names.remove(&(folder, name.to_owned())),
    };
}

impl Content {
    fn torn(&self, how: u8) -> Self {
        let half = self.bytes.get(..self.bytes.len() / 2).unwrap_or_default();
        let bytes = match how {
            _ if self.synced => self.bytes.clone(),
            0 => Vec::new(),
            1 => half.to_vec(),
            2 => vec![0; self.bytes.len()],
            _ => self.bytes.clone(),
        };
        Self { bytes, synced: true }
    }
}

impl Disk for SimulatedDisk {
    fn kind(&self, path: &Path) -> io::Result<Option<Kind>> {
        Ok(self.state().node(path).map(|node| if matches!(node, Node::File(_)) { Kind::File } else { Kind::Folder }))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let state = self.state();
        match state.node(path) {
            Some(Node::File(file)) => Ok(state.files[file].bytes.clone()),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn create(&self, path: &Path, body: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        state.step()?;
        let entry = state.entry(path)?;
        if state.now.contains_key(&entry) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let file = state.files.len();
        state.files.push(Content::default());
        state.change(entry, Some(Node::File(file)));
        state.step()?;
        if state.full {
            return Err(io::ErrorKind::StorageFull.into());
        }
        state.files[file].bytes = body.to_vec();
        state.step()?;
        state.files[file].synced = !state.lies.files;
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step()?;
        let (old, new) = (state.entry(from)?, state.entry(to)?);
        let node = state.now.get(&old).copied().ok_or(io::ErrorKind::NotFound)?;
        if matches!(state.now.get(&new), Some(Node::Folder(_))) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        state.change(new, Some(node));
        state.change(old, None);
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step()?;
        let entry = state.entry(path)?;
        state.now.get(&entry).ok_or(io::ErrorKind::NotFound)?;
        state.change(entry, None);
        Ok(())
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step()?;
        let entry = state.entry(path)?;
        match state.now.get(&entry) {
            Some(Node::Folder(_)) => return Ok(()),
            Some(Node::File(_)) => return Err(io::ErrorKind::AlreadyExists.into()),
            None => {}
        }
        state.folders += 1;
        let folder = state.folders;
        state.change(entry, Some(Node::Folder(folder)));
        Ok(())
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step()?;
        let synced = state.folder(path)?;
        if state.lies.folders {
            return Ok(());
        }
        for (folder, name, node) in std::mem::take(&mut state.unsynced) {
            if folder == synced {
                set(&mut state.durable, folder, &name, node);
            } else {
                state.unsynced.push((folder, name, node));
            }
        }
        Ok(())
    }

    fn entries(&self, path: &Path) -> io::Result<Vec<(String, Kind)>> {
        let state = self.state();
        let folder = state.folder(path)?;
        let inside = state.now.iter().filter(|((inside, _), _)| *inside == folder);
        let kind = |node: &Node| if matches!(node, Node::File(_)) { Kind::File } else { Kind::Folder };
        Ok(inside.map(|((_, name), node)| (name.clone(), kind(node))).collect())
    }

    fn lock(&self, path: &Path, alone: bool) -> io::Result<Option<Box<dyn Lock>>> {
        let name = path.display().to_string();
        let mut state = self.state();
        state.folder(path.parent().ok_or(io::ErrorKind::InvalidInput)?)?;
        if !alone && !state.notes.contains_key(&name) {
            return Err(io::ErrorKind::NotFound.into());
        }
        state.notes.entry(name.clone()).or_default();
        let free = !state.locked.contains(&name) && (!alone || state.locked.insert(name.clone()));
        let lock = SimulatedLock { disk: self.clone(), name, alone };
        Ok(free.then(|| Box::new(lock) as Box<dyn Lock>))
    }
}

struct SimulatedLock {
    disk: SimulatedDisk,
    name: String,
    alone: bool,
}

impl Lock for SimulatedLock {
    fn note(&mut self) -> io::Result<String> {
        Ok(self.disk.state().notes.get(&self.name).cloned().unwrap_or_default())
    }

    fn leave(&mut self, note: &str) -> io::Result<()> {
        let mut state = self.disk.state();
        state.step()?;
        if !state.lies.notes {
            state.notes.insert(self.name.clone(), note.to_owned());
        }
        Ok(())
    }
}

impl Drop for SimulatedLock {
    fn drop(&mut self) {
        if self.alone {
            self.disk.state().locked.remove(&self.name);
        }
    }
}

impl fmt::Debug for SimulatedDisk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SimulatedDisk")
    }
}
