//! Mistakes of the text itself: `SK00xx`.

use crate::declare;

declare! {
    /// The text is not YAML.
    ///
    /// Skiff could not read on after this place, so mistakes further down are not shown yet. Most often a bracket or a
    /// quote is not closed, a line is indented differently from its neighbours, or the file was cut off.
    ///
    /// Wrong:
    ///
    /// ```yaml
    /// command: [bin/web, --port, "8080"
    /// replicas: 2
    /// ```
    ///
    /// Right:
    ///
    /// ```yaml
    /// command: [bin/web, --port, "8080"]
    /// replicas: 2
    /// ```
    SYNTAX = "SK0001" "syntax" ERROR "the text is not YAML";

    /// The file is not UTF-8.
    ///
    /// Skiff reads UTF-8, with or without a byte-order mark. A file in another encoding would be read as other letters
    /// than you see, so it is refused. Every wrong place is shown with a `�`.
    ///
    /// Wrong: a file saved as Latin-1 or UTF-16. An `é` in Latin-1 is the single byte `E9`.
    ///
    /// Right: save the file as UTF-8 in your editor, or convert it:
    ///
    /// ```sh
    /// iconv -f latin1 -t utf-8 skiff.yaml > fixed.yaml
    /// ```
    NOT_UTF8 = "SK0002" "not-utf8" ERROR "the file is not UTF-8";

    /// The document is empty.
    ///
    /// There is nothing to compile: the file has no text, or only comments. Often a redirection wrote an empty file.
    ///
    /// Wrong:
    ///
    /// ```yaml
    /// # app: shop
    /// ```
    ///
    /// Right: describe an application. `skiff init web NAME` writes one to begin with.
    ///
    /// ```yaml
    /// app: shop
    /// ```
    EMPTY = "SK0003" "empty-document" ERROR "the document is empty";

    /// The file holds more than one document.
    ///
    /// One file describes one application, so a `---` after the first document begins something that would never be
    /// built. Only the first document was read.
    ///
    /// Wrong:
    ///
    /// ```yaml
    /// app: shop
    /// ---
    /// app: blog
    /// ```
    ///
    /// Right: two files, or one application with two services. A `---` before the first document is fine.
    SEVERAL_DOCUMENTS = "SK0004" "several-documents" ERROR "the file holds more than one document";

    /// A key stands twice in one mapping.
    ///
    /// YAML asks for unique keys. Most tools keep the last one in silence, so one of the two settings would have no
    /// effect and nobody would know which.
    ///
    /// Wrong:
    ///
    /// ```yaml
    /// env:
    ///   LOG_LEVEL: info
    ///   LOG_LEVEL: debug
    /// ```
    ///
    /// Right: keep one.
    ///
    /// ```yaml
    /// env:
    ///   LOG_LEVEL: debug
    /// ```
    DUPLICATE_KEY = "SK0005" "duplicate-key" ERROR "a key stands twice";

    /// A key is not text.
    ///
    /// YAML allows a list or a mapping as a key; no key of a spec is one. It mostly comes from a template that was not
    /// filled in, whose braces YAML reads as a mapping, or from a line that begins with a colon.
    ///
    /// Wrong:
    ///
    /// ```yaml
    /// env:
    ///   {{ name }}: value
    /// ```
    ///
    /// Right: fill the template in, or quote the key.
    ///
    /// ```yaml
    /// env:
    ///   NAME: value
    /// ```
    KEY_NOT_TEXT = "SK0006" "key-not-text" ERROR "a key is not text";

    /// An alias names no anchor.
    ///
    /// `*name` repeats the value that `&name` marks further up in the same file. There is no such anchor above. A text
    /// that begins with `*` must be quoted.
    ///
    /// Wrong:
    ///
    /// ```yaml
    /// host: *.example.com
    /// ```
    ///
    /// Right:
    ///
    /// ```yaml
    /// host: "*.example.com"
    /// ```
    UNKNOWN_ALIAS = "SK0007" "unknown-alias" ERROR "an alias names no anchor";

    /// An alias stands inside the value that it names.
    ///
    /// The value would contain itself without end.
    ///
    /// Wrong:
    ///
    /// ```yaml
    /// defaults: &defaults
    ///   env: *defaults
    /// ```
    ///
    /// Right: put the anchor on the part that is meant.
    ///
    /// ```yaml
    /// defaults:
    ///   env: &env {LOG_LEVEL: info}
    /// other: *env
    /// ```
    ALIAS_IN_ITSELF = "SK0008" "alias-in-itself" ERROR "an alias stands inside its own value";

    /// The aliases stand for too much.
    ///
    /// Anchors that hold aliases of anchors grow with each step; a few lines can stand for billions of values and fill
    /// the memory of whoever reads them. All aliases of a file together may bring 100,000 values and 16 MiB of text.
    ///
    /// Wrong:
    ///
    /// ```yaml
    /// a: &a [x, x, x, x, x, x, x, x, x, x]
    /// b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
    /// c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
    /// ```
    ///
    /// … and so on. Right: write out what is needed, and use aliases for small values.
    ALIAS_EXPANSION = "SK0009" "alias-expansion" ERROR "the aliases stand for too much";

    /// Lists and mappings stand too deep in each other.
    ///
    /// At most 64 levels are read. No field of a spec needs more than a dozen, so this is a slip of brackets or
    /// indentation, or a file that was not made for Skiff. What is deeper was not read.
    ///
    /// Wrong:
    ///
    /// ```yaml
    /// command: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[bin/web]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
    /// ```
    ///
    /// Right:
    ///
    /// ```yaml
    /// command: [bin/web]
    /// ```
    TOO_DEEP = "SK0010" "too-deep" ERROR "lists and mappings stand too deep";

    /// One text is too large.
    ///
    /// A single value may have 1 MiB. AWS limits what such a value may become far below that, 16 KiB for the user data
    /// of a machine, so a larger one is data that belongs elsewhere.
    ///
    /// Wrong: a certificate bundle, an archive in base64 or a database dump as the value of a key.
    ///
    /// Right: ship it in the artifact, or put it into a bucket or a secret, and name it in the spec.
    SCALAR_TOO_LARGE = "SK0011" "scalar-too-large" ERROR "one text is too large";

    /// The file is too large.
    ///
    /// At most 64 MiB are read. A spec of a thousand services has about one; a file of this size is most likely another
    /// file, such as a log or an archive.
    ///
    /// Wrong: `skiff check backup.tar`
    ///
    /// Right: `skiff check skiff.yaml`
    FILE_TOO_LARGE = "SK0012" "file-too-large" ERROR "the file is too large";

    /// A tag is not supported, or does not fit.
    ///
    /// A tag such as `!Ref` gives a value a meaning of its own in some tools. In a spec it would be dropped in silence, so
    /// it is refused. The tags of YAML's core schema (`!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, `!!seq`, `!!map`)
    /// are understood before a plain value that fits.
    ///
    /// Wrong:
    ///
    /// ```yaml
    /// password: !Secret shop/database
    /// port: !!int "8080"
    /// ```
    ///
    /// Right:
    ///
    /// ```yaml
    /// port: 8080
    /// version: !!str 1.10
    /// ```
    TAG = "SK0013" "unsupported-tag" ERROR "a tag is not supported here";

    /// `<<` merges something that is not a mapping.
    ///
    /// `<<` brings the keys of another mapping into this one; keys that stand here win. Its value is an alias of a
    /// mapping, a mapping, or a list of those, of which an earlier one wins.
    ///
    /// Wrong:
    ///
    /// ```yaml
    /// defaults: &defaults [a, b]
    /// env:
    ///   <<: *defaults
    /// ```
    ///
    /// Right:
    ///
    /// ```yaml
    /// defaults: &defaults {LOG_LEVEL: info}
    /// env:
    ///   <<: *defaults
    ///   PORT: "8080"
    /// ```
    ///
    /// To use a key that is really called `<<`, quote it.
    MERGE = "SK0014" "bad-merge" ERROR "`<<` merges something that is not a mapping";

    /// A tab indents a line.
    ///
    /// YAML forbids tabs in indentation, since nobody agrees how wide one is. Skiff could not read on after this line.
    ///
    /// Wrong (`→` is a tab):
    ///
    /// ```text
    /// services:
    /// →web:
    /// ```
    ///
    /// Right:
    ///
    /// ```yaml
    /// services:
    ///   web:
    /// ```
    ///
    /// In an `.editorconfig`: `[*.yaml]`, then `indent_style = space` and `indent_size = 2`.
    TAB = "SK0015" "tab-indentation" ERROR "a tab indents a line";

    /// A control character stands in the text.
    ///
    /// YAML allows no control characters but tab and line breaks. A NUL byte mostly means that the file is not text, or is
    /// UTF-16. What follows the character may not have been read.
    ///
    /// Wrong: a bell character pasted from a terminal into a value.
    ///
    /// Right: remove it, or write it as an escape in double quotes:
    ///
    /// ```yaml
    /// prompt: "ready\x07"
    /// ```
    CONTROL_CHARACTER = "SK0016" "control-character" ERROR "a control character stands in the text";

    /// There are too many mistakes to show.
    ///
    /// The reader shows the first 500 mistakes of a text. So many mostly have one cause, such as a file of another kind.
    ///
    /// Wrong: `skiff check` on a file of exported data in which keys repeat on every line.
    ///
    /// Right: correct what is shown, then run again.
    TOO_MANY = "SK0017" "too-many-mistakes" ERROR "there are too many mistakes to show";
}

/// The mistakes after which the text was not read on: what is missing then was perhaps written.
pub static BREAKS_OFF: &[&crate::diagnostic::Code] = &[&SYNTAX, &TOO_DEEP, &TAB, &CONTROL_CHARACTER, &TOO_MANY];
