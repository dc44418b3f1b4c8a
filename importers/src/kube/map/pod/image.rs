//! The image of a container: normalised, or a stand-in where nothing can be pulled.

use skiff_compiler::spec::values::{ImageReference, Scalar};

use crate::{
    kube::{codes::pod as codes, object::Field},
    names,
};

/// Names that Docker Hub has without a publisher, so that a workload may well be called like its image.
///
/// Source: the library of official images, <https://github.com/docker-library/official-images>.
static OFFICIAL: &[&str] = &[
    "adminer",
    "alpine",
    "amazonlinux",
    "arangodb",
    "bash",
    "bonita",
    "buildpack-deps",
    "busybox",
    "caddy",
    "cassandra",
    "centos",
    "chronograf",
    "clojure",
    "consul",
    "couchbase",
    "couchdb",
    "crate",
    "debian",
    "docker",
    "drupal",
    "eclipse-mosquitto",
    "eclipse-temurin",
    "elasticsearch",
    "elixir",
    "emqx",
    "erlang",
    "fedora",
    "flink",
    "fluentd",
    "gcc",
    "ghost",
    "golang",
    "gradle",
    "groovy",
    "haproxy",
    "hello-world",
    "httpd",
    "influxdb",
    "jenkins",
    "jetty",
    "joomla",
    "kapacitor",
    "kibana",
    "kong",
    "logstash",
    "mariadb",
    "matomo",
    "maven",
    "mediawiki",
    "memcached",
    "mongo",
    "mongo-express",
    "mysql",
    "nats",
    "nats-streaming",
    "neo4j",
    "neurodebian",
    "nextcloud",
    "nginx",
    "node",
    "odoo",
    "openjdk",
    "openresty",
    "percona",
    "perl",
    "photon",
    "php",
    "postgres",
    "python",
    "rabbitmq",
    "redis",
    "redmine",
    "registry",
    "rethinkdb",
    "rocket.chat",
    "ruby",
    "rust",
    "solr",
    "sonarqube",
    "spark",
    "storm",
    "swift",
    "telegraf",
    "tomcat",
    "traefik",
    "ubuntu",
    "unit",
    "varnish",
    "vault",
    "wordpress",
    "xwiki",
    "yourls",
    "zookeeper",
];

/// Tags that are moved to a newer image all the time.
static MOVING: &[&str] = &["latest", "main", "master", "dev", "develop", "edge", "nightly", "stable", "canary"];

/// The image of a container of the named workload.
pub(super) fn of(container: Field<'_>, workload: &str, said: &mut bool) -> ImageReference {
    let stand_in = || {
        let name = names::tidy(container.text_of("name").unwrap_or(workload));
        ImageReference::parse(&format!("fill-in/{name}")).unwrap_or_else(ImageReference::stand_in)
    };
    let Some(field) = container.get("image") else { return stand_in() };
    let written = field.written().unwrap_or_default().trim();
    let parsed = ImageReference::parse(&full(written)).filter(|_| !is_placeholder(written));
    let Some(image) = parsed else {
        let action = "fill it in before the import, or correct `image`";
        field.say(&codes::BAD_IMAGE, format!("`{written}` is a placeholder and no image"), action);
        return stand_in();
    };
    if is_of_a_build(written, workload, container) {
        let reason = format!(
            "`{written}` has no registry and no tag and is called like its workload: a build puts the real name there"
        );
        field.say(&codes::BAD_IMAGE, reason, "import what your build renders, or correct `image`");
    } else if container.text_of("imagePullPolicy") == Some("Never") {
        let reason = "a new VM has no images, and this one is never pulled";
        field.say(&codes::BAD_IMAGE, reason, "push it to a registry, and name it there");
    } else if is_moving(&image) && !std::mem::replace(said, true) {
        let tag = image.tag().unwrap_or("latest");
        let reason = format!("the tag `{tag}` moves, and members started later would run something else");
        field.say(&codes::MUTABLE_TAG, reason, "`skiff lock` pins it; better name a version");
    }
    if let Some(policy) = container.get("imagePullPolicy").filter(|policy| policy.text() == Some("Never")) {
        let reason = "a new VM has no images";
        match container.get("image") {
            Some(_) => policy.share(&codes::BAD_IMAGE, reason),
            None => policy.say(&codes::BAD_IMAGE, reason, "let it be pulled from a registry"),
        }
    }
    image
}

/// Says what a login for a registry is worth: nothing where all images of the pod are in Amazon ECR.
pub(in super::super) fn pull_secrets(pod: Field<'_>, holder: Field<'_>) {
    let mut images = pod.list("containers").chain(pod.list("initContainers")).filter_map(|each| each.get("image"));
    let is_own = images.all(|image| image.written().is_some_and(is_from_ecr));
    for name in holder.list("imagePullSecrets").filter_map(|secret| secret.get("name")) {
        if is_own {
            name.ignore("all images are in Amazon ECR, where members pull with their own role");
        } else {
            name.touch();
        }
    }
}

/// Whether an image is in a private or the public registry of Amazon ECR.
fn is_from_ecr(image: &str) -> bool {
    let host = image.trim().split('/').next().unwrap_or_default();
    let private =
        host.contains(".dkr.ecr.") && (host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn"));
    private || host == "public.ecr.aws"
}

/// The reference with registry and publisher, as Docker completes it.
fn full(written: &str) -> String {
    let short = written.trim_start_matches("index.docker.io/");
    let first = short.split('/').next().unwrap_or_default();
    let has_registry = short.contains('/') && (first.contains(['.', ':']) || first == "localhost");
    match short.contains('/') {
        _ if has_registry => short.to_owned(),
        true => format!("docker.io/{short}"),
        false => format!("docker.io/library/{short}"),
    }
}

/// Words that stand for a name somebody should fill in.
fn is_placeholder(written: &str) -> bool {
    let lower = written.to_lowercase();
    let words = ["replace-me", "replaceme", "replace_me", "changeme", "change-me", "placeholder", "your-", "your_"];
    written.contains(['$', '<', '>', '{', '}', '%']) || words.iter().any(|word| lower.contains(word))
}

/// What a build tool replaces: the bare name of the workload or of its container.
fn is_of_a_build(written: &str, workload: &str, container: Field<'_>) -> bool {
    let bare = !written.contains(['/', ':', '@']);
    bare && !OFFICIAL.contains(&written) && (written == workload || container.text_of("name") == Some(written))
}

fn is_moving(image: &ImageReference) -> bool {
    image.digest().is_none() && image.tag().is_none_or(|tag| MOVING.contains(&tag))
}

#[cfg(test)]
mod tests {
    use super::{full, is_placeholder};

    #[test]
    fn short_names_are_completed_as_docker_does() {
        for (written, expected) in [
            ("nginx:1.27", "docker.io/library/nginx:1.27"),
            ("acme/shop", "docker.io/acme/shop"),
            ("localhost/shop", "localhost/shop"),
            ("registry:5000/shop:1", "registry:5000/shop:1"),
            ("ghcr.io/acme/shop:1.4", "ghcr.io/acme/shop:1.4"),
            ("index.docker.io/library/redis:7", "docker.io/library/redis:7"),
        ] {
            assert_eq!(full(written), expected);
        }
    }

    #[test]
    fn placeholders_are_told_from_names() {
        for written in ["${IMAGE}", "<image>", "$IMAGE", "REPLACE_ME", "gcr.io/your-project/x:1", "{{ .image }}"] {
            assert!(is_placeholder(written), "{written}");
        }
        for written in ["nginx", "ghcr.io/acme/tod-o:1", "quay.io/yourls/yourls:1"] {
            assert!(!is_placeholder(written), "{written}");
        }
    }
}
