//! Every saga in a made-up world: what it does, what it takes back, and that it survives its driver's death anywhere.

mod deploy;
mod mechanics;
mod scenario;
mod stage;
