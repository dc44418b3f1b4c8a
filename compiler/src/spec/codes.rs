//! Mistakes of the document's shape: `SK01xx`.

use crate::declare;

declare! {
    /// A key that Skiff does not know.
    ///
    /// Every key of `skiff.yaml` is checked, so that a misspelt one cannot silently do nothing. Look at the suggestion, or
    /// at the specification's reference for the keys of this mapping.
    ///
    /// ```yaml
    /// services:
    ///   shop:
    ///     kind: web
    ///     replica: 3      # `replicas`
    /// ```
    UNKNOWN_KEY = "SK0101" "unknown-key" ERROR "a key that Skiff does not know";

    /// A key that must be there is missing.
    ///
    /// Without it there is nothing sensible to assume. Add the key that the message names.
    MISSING_KEY = "SK0102" "missing-key" ERROR "a key that must be there is missing";

    /// A value has the wrong type.
    ///
    /// For example a list where a mapping belongs, or text where a number belongs. Mind that YAML reads `"80"` as text and
    /// `80` as a number, and that account ids must be quoted to stay text.
    WRONG_TYPE = "SK0103" "wrong-type" ERROR "a value has the wrong type";

    /// A word that is none of the choices.
    ///
    /// The field takes one of a few words; the message or its hint lists them.
    BAD_CHOICE = "SK0104" "bad-choice" ERROR "a word that is none of the choices";

    /// A text that does not have the form its field needs.
    ///
    /// Durations are whole numbers with a unit (`30s`, `5m`, `12h`, `7d`), sizes use `Mi`, `Gi`, `Ti`, percentages end with
    /// `%`, ranges are IPv4 CIDRs whose host bits are zero. The message says which form is needed.
    BAD_VALUE = "SK0105" "bad-value" ERROR "a text does not have the form its field needs";

    /// A name that cannot be one.
    ///
    /// Names of applications, environments, services, databases, queues and buckets become parts of AWS names and DNS
    /// labels. They consist of lower-case letters, digits and hyphens, begin with a letter, do not end with a hyphen and have
    /// at most 32 characters. Names of environment variables consist of letters, digits and underscores.
    BAD_NAME = "SK0106" "bad-name" ERROR "a name that cannot be one";

    /// A secret source that is neither a name nor an ARN.
    ///
    /// Under `secrets:` stands where a value comes from, never the value itself: the name of a secret that Skiff creates
    /// empty, or the ARN of one that exists. Should the text be the secret itself, it has been written to a file that is
    /// meant to be committed: take it out, and replace the secret.
    BAD_SECRET = "SK0107" "bad-secret" ERROR "a secret source that is neither a name nor an ARN";

    /// The environment that was asked for is not declared.
    ///
    /// `--env` takes a name under `environments:`. A file without environments has only `default`.
    UNKNOWN_ENVIRONMENT = "SK0108" "unknown-environment" ERROR "the environment is not declared";

    /// Several environments are declared and none was chosen.
    ///
    /// A plan is for one environment. Say which with `--env NAME`; `skiff check` without it checks them all.
    ENVIRONMENT_NEEDED = "SK0109" "environment-needed" ERROR "several environments are declared and none was chosen";
}
