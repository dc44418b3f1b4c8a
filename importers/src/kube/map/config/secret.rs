//! Secrets: what each is for, and whether it can be read at all. No value goes anywhere.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::kube::{
    codes::{pod, workload as codes},
    object::Object,
    read::Node,
};

/// Checks the encoding of a Secret, and says what its type means.
pub(super) fn say(secret: &Object<'_>) {
    let data = secret.at("data");
    // The nodes are looked at without reading the fields: a value that no workload uses stays unread.
    let nodes = secret.manifest.node.get("data").map(Node::entries).unwrap_or_default();
    for entry in nodes.iter().filter(|entry| !entry.node.text().is_none_or(|text| is_base64(text))) {
        if let Some(field) = data.and_then(|data| data.get(&entry.key)) {
            let action = "encode it, or put the text under `stringData`";
            field.say(
                &codes::BAD_BASE64,
                format!("the value of `{}` is not base64, and the API refuses the Secret", entry.key),
                action,
            );
        }
    }
    say_type(secret);
}

/// The API takes standard base64 with padding; line breaks within it are skipped.
fn is_base64(text: &str) -> bool {
    let text: String = text.chars().filter(|letter| !matches!(letter, '\n' | '\r')).collect();
    STANDARD.decode(text).is_ok()
}

fn say_type(secret: &Object<'_>) {
    let Some(field) = secret.at("type") else { return };
    match field.text() {
        Some("kubernetes.io/service-account-token") => {
            let reason = "it is a token of the cluster, which proves nothing outside it";
            secret.say(&codes::OTHER_IDENTITY, reason, "take it out of the application");
        }
        Some("kubernetes.io/dockerconfigjson" | "kubernetes.io/dockercfg") => {
            let reason = "it is a login for a registry, and members pull with their own role";
            secret.say(&pod::REGISTRY_LOGIN, reason, "copy the images to Amazon ECR");
        }
        Some("kubernetes.io/tls") => {
            field.ignore("a certificate of the load balancer is one of AWS Certificate Manager");
        }
        _ => {}
    }
}
