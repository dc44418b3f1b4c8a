//! What may be said of an input that is read: `SK08xx`.

use skiff_compiler::declare;

declare! {
    /// A file of manifests is too large.
    ///
    /// Skiff reads files of up to 64 MiB; no file of manifests comes near that. Check that the file is the one you
    /// meant, or split it at its `---` lines:
    ///
    /// ```sh
    /// csplit --elide-empty-files all.yaml '/^---/' '{*}'
    /// ```
    FILE_TOO_LARGE = "SK0801" "manifest-file-too-large" ERROR "the file of manifests is too large";

    /// A document is not UTF-8.
    ///
    /// Kubernetes reads UTF-8. A file that begins with the byte-order mark of UTF-16 is decoded; bytes that are neither
    /// cost the document they stand in. Convert the file:
    ///
    /// ```sh
    /// iconv -f latin1 -t utf-8 web.yaml > fixed.yaml
    /// ```
    NOT_UTF8 = "SK0802" "manifest-not-utf8" ERROR "a document is not UTF-8";

    /// A document holds a control character.
    ///
    /// YAML allows tabs and line ends and no other control characters, nor a byte-order mark inside the text; kubectl
    /// refuses the document, and so does Skiff. Such characters often come with text that was pasted from a terminal.
    ///
    /// Right: remove the character, or write it as an escape in double quotes, such as `"\x07"`.
    CONTROL_CHARACTER = "SK0803" "manifest-control-character" ERROR "a document holds a control character";

    /// Something stands behind `---`.
    ///
    /// kubectl splits a file at the lines that begin with `---`, before it reads any YAML, and accepts only a comment
    /// behind them. What follows such a line, up to the next separator, is not read.
    ///
    /// Wrong: `--- {kind: Service}`, `----`
    ///
    /// Right: `---` on a line of its own, or `--- # web`.
    SEPARATOR = "SK0804" "manifest-separator" ERROR "something stands behind `---`";

    /// A document is not YAML, or not JSON.
    ///
    /// The document is left out, and the others of the file are read. Most often a line is indented differently from
    /// its neighbours, a bracket or a quote is not closed, or a text with `: ` or ` #` in it needs quotes.
    ///
    /// kubectl refuses the document too: `kubectl apply --dry-run=client -f FILE` shows its view.
    SYNTAX = "SK0805" "manifest-syntax" ERROR "a document cannot be read";

    /// Text follows the end of a document.
    ///
    /// After `...`, or after a value that is complete, kubectl reads nothing more up to the next `---`, and says
    /// nothing about it. What stands there is not part of any manifest.
    ///
    /// Right: begin a new document with `---`, or remove the text.
    TEXT_AFTER_END = "SK0806" "manifest-text-after-end" WARNING "text after the end of a document is not read";

    /// Lists and mappings stand too deep inside each other.
    ///
    /// Skiff reads up to 128 levels; no object of Kubernetes needs a third of that. The brackets or the indentation
    /// are probably wrong. The document is left out.
    TOO_DEEP = "SK0807" "manifest-too-deep" ERROR "a document is nested too deep";

    /// A file holds too many values.
    ///
    /// Skiff reads up to a million values of one file. The document in which the limit is reached, and those after it,
    /// are left out: split the file into several.
    TOO_MANY_VALUES = "SK0808" "manifest-too-many-values" ERROR "a file holds too many values";

    /// An alias names an anchor that is not there.
    ///
    /// `*name` stands for the value that `&name` marks further up in the same document; anchors do not reach over
    /// `---`. A text that begins with `*` needs quotes:
    ///
    /// Wrong: `host: *.example.com`
    ///
    /// Right: `host: "*.example.com"`
    UNKNOWN_ALIAS = "SK0809" "manifest-unknown-alias" ERROR "an alias names no anchor";

    /// An alias stands inside the value that it names.
    ///
    /// Such a value would have no end. The document is left out, as by kubectl: write the value out, or move the
    /// anchor.
    ALIAS_IN_ITSELF = "SK0810" "manifest-alias-in-itself" ERROR "an alias stands inside the value that it names";

    /// Aliases stand for too many values.
    ///
    /// A few lines of aliases of aliases can stand for billions of values. kubectl refuses a document when nearly all
    /// of its values would come from aliases, and Skiff does by the same rule.
    ///
    /// Right: write fewer aliases of large values.
    ALIAS_EXPANSION = "SK0811" "manifest-alias-expansion" ERROR "aliases stand for too many values";

    /// A key is no text.
    ///
    /// The keys of an object are texts in JSON. Numbers and booleans become texts (`yes:` is the key `true`), and
    /// lists, mappings, nothing and huge numbers cannot. Most often a template's `{{ … }}` was not filled in.
    ///
    /// Right: quote the key, or render the template first.
    KEY = "SK0812" "manifest-key" ERROR "a key is no text";

    /// A key stands twice in a mapping.
    ///
    /// kubectl takes the last one and sends nothing of the first; a server with strict validation refuses both. Skiff
    /// reads what kubectl sends. One of the two is a mistake: remove it.
    DUPLICATE_KEY = "SK0813" "manifest-duplicate-key" WARNING "a key stands twice in a mapping";

    /// `<<` merges something that is no mapping.
    ///
    /// `<<` takes the keys of another mapping, or of a list of mappings, into the one it stands in:
    ///
    /// ```yaml
    /// web:
    ///   <<: *defaults
    /// ```
    MERGE = "SK0814" "manifest-merge" ERROR "`<<` merges something that is no mapping";

    /// A `<<` replaces a key that stands above it.
    ///
    /// By the definition of `<<` a mapping's own keys win over what is merged. kubectl's reader carries merges out in
    /// the order of the text instead, so that a `<<` replaces what stands above it. Skiff reads what kubectl sends.
    ///
    /// Right: let `<<` be the first key of its mapping; then both readings agree.
    MERGE_REPLACES = "SK0815" "manifest-merge-replaces" WARNING "a `<<` replaces a key above it";

    /// A scalar cannot be what it is written as.
    ///
    /// `.inf` and `.nan` are numbers of YAML that JSON, and so Kubernetes, does not have; a tag such as `!!int` must
    /// fit its value. The document is left out, as by kubectl.
    ///
    /// Right: quote what is meant as text, and remove the tag.
    SCALAR = "SK0816" "manifest-scalar" ERROR "a scalar cannot be what it is written as";

    /// A document is no object of Kubernetes.
    ///
    /// An object has an `apiVersion` and a `kind`. Values of a Helm chart, patches of kustomize, files of compose and
    /// other YAML have none and are left out; of each file only the first is named.
    ///
    /// Right: leave the file out of the import, or render what it belongs to.
    NOT_KUBERNETES = "SK0817" "not-kubernetes" WARNING "a document is no object of Kubernetes";

    /// An item of a `List` is no object.
    ///
    /// The `items` of a `List` are objects with `apiVersion` and `kind`. Anything else is left out; a null is skipped,
    /// as kubectl does.
    LIST_ITEM = "SK0818" "manifest-list-item" ERROR "an item of a list is no object";

    /// A kustomization must be built first.
    ///
    /// The files it names are parts and patches: read one by one they miss names, images and replicas. Import what it
    /// builds:
    ///
    /// ```sh
    /// kubectl kustomize ./overlays/prod | skiff import kube - --out skiff.yaml
    /// ```
    KUSTOMIZATION = "SK0819" "kustomization" WARNING "a kustomization must be built first";

    /// A Helm chart must be rendered first.
    ///
    /// The files below `templates/` are no YAML before their `{{ … }}` are filled in. Import what Helm renders:
    ///
    /// ```sh
    /// helm template web ./chart --values prod.yaml | skiff import kube - --out skiff.yaml
    /// ```
    HELM_CHART = "SK0820" "helm-chart" WARNING "a Helm chart must be rendered first";

    /// A template must be rendered first.
    ///
    /// The document cannot be read and holds `{{ … }}` or the like: it is a template, of Helm or of another tool.
    /// Import what that tool renders, such as `helm template` or `jinja2`, through `skiff import kube -`.
    TEMPLATE = "SK0821" "manifest-template" ERROR "a template must be rendered first";

    /// A program that makes manifests must be run first.
    ///
    /// Jsonnet, CUE, KCL and others describe manifests in languages of their own. Import what they print:
    ///
    /// ```sh
    /// jsonnet -y web.jsonnet | skiff import kube - --out skiff.yaml
    /// ```
    OTHER_LANGUAGE = "SK0822" "manifest-program" ERROR "a program that makes manifests must be run first";

    /// A character ends a line for kubectl and for hardly anything else.
    ///
    /// U+0085, U+2028 and U+2029 are line ends in YAML 1.1, which kubectl reads, and letters in YAML 1.2, which Skiff
    /// reads here; so the two may read the lines around it differently. They come with pasted text and cannot be seen.
    ///
    /// Right: remove the character, or write it as an escape in double quotes, such as `"\u2028"`.
    LINE_SEPARATOR = "SK0823" "manifest-line-separator" WARNING "a character ends a line for kubectl alone";
}
