//! Compiles `skiff.yaml` into a typed intermediate representation of what is to exist on AWS.
//!
//! ```text
//! Sources ─ read ─► Document ─ overlay ─► Node ─ decode ─► Spec ─ resolve ─► Resolved ─ lower ─► Ir ─ passes ─► Ir
//! ```
//!
//! 1. [`read`] gives a tree with places and comments: [`node::Document`].
//! 2. [`spec::overlay`] lays the chosen environment over it.
//! 3. [`spec::decode`] turns it into a [`spec::Spec`], the types of the file.
//! 4. [`resolve`] finds references and makes defaults explicit: [`resolve::Resolved`].
//! 5. [`lower`] decides which resources there are: [`ir::Ir`].
//! 6. [`pass`] adds what follows from them: security-group rules, policies, keys, tags, cost.
//!
//! **Invariants.** The compiler reads no file, no clock, no environment and no network. No stage stops at the first
//! mistake. No stage panics. The same input gives the same IR, whatever the order of keys. Nothing is emitted from a spec
//! with an error.
//!
//! To add a field: `spec`, then `resolve` or `lower`. To add a diagnostic: the stage's `codes.rs` and a folder in
//! `golden/reject`. To add a pass: `pass`. To add a resource type: `ir`.
//!
//! ```
//! use skiff_compiler::{compile, source::Sources};
//! let text = "
//! app: hello
//! account: '111122223333'
//! region: eu-west-1
//! network: { egress: nat }
//! services:
//!   web:
//!     kind: worker
//!     image: ghcr.io/acme/hello:1
//! ";
//! let compilation = compile(&Sources::new("skiff.yaml", text, None), &skiff_wire::Lock::default());
//! let ir = compilation.ir.expect("the example compiles");
//! assert!(ir.resources.iter().any(|resource| &*resource.id == "web.auto_scaling_group.a"));
//! ```

pub use skiff_wire::declare;

pub mod diagnostic;
pub mod facts;
pub mod ir;
pub mod lower;
pub mod node;
pub mod pass;
pub mod read;
pub mod resolve;
pub mod source;
pub mod spec;

use diagnostic::{Code, Diagnostics};
use ir::Ir;
use skiff_wire::Lock;
use source::Sources;
use spec::{Spec, decode::Decode, overlay};

/// What one compilation gives: the IR when nothing was wrong, and everything that was found.
#[derive(Debug)]
pub struct Compilation {
    /// Present when there is no error.
    pub ir: Option<Ir>,
    /// Errors, warnings and notes.
    pub diagnostics: Diagnostics,
}

/// Compiles one spec for one environment.
#[must_use]
pub fn compile(sources: &Sources, lock: &Lock) -> Compilation {
    let mut diagnostics = Diagnostics::default();
    let ir = stages(sources, lock, &mut diagnostics);
    Compilation { ir: ir.filter(|_| !diagnostics.has_errors()), diagnostics }
}

fn stages(sources: &Sources, lock: &Lock, diagnostics: &mut Diagnostics) -> Option<Ir> {
    let document = read::read(&sources.file, diagnostics)?;
    // A text that breaks off has no more to say: what it does not hold would all be reported as missing.
    if diagnostics.any_of(read::codes::BREAKS_OFF) {
        return None;
    }
    let (environment, tree) = overlay::select(document.root, sources.environment.as_deref(), diagnostics)?;
    let spec = Spec::decode(&tree, diagnostics);
    let resolved = resolve::resolve(spec, environment, lock, diagnostics);
    let ir = lower::lower(&resolved, lock);
    Some(pass::run(ir, diagnostics))
}

/// The codes whose place may hold a secret: whoever shows the source blanks it out.
pub const MAY_BE_SECRETS: &[&str] = &["SK0107", "SK0322"];

/// Every code that the compiler can raise, by id.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    let of_resolve = [resolve::codes::CODES, resolve::workload::codes::CODES].concat();
    let mut codes = [read::codes::CODES, spec::codes::CODES, &of_resolve, pass::codes::CODES].concat();
    codes.sort_by_key(|code| code.id);
    codes
}
