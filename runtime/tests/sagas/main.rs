//! Every saga in a made-up world: what it does, what it takes back, and that it survives its driver's death anywhere.

mod asking;
mod deploy;
mod destroy;
mod mechanics;
mod mutants;
mod people;
mod rivals;
mod scenario;
mod stage;
