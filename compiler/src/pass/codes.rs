//! What policy does not allow: `SK05xx`.

use crate::declare;

declare! {
    /// An action with a wildcard.
    ///
    /// `*` in an action grants what AWS will invent tomorrow. Name the actions that the workload calls; the hint lists what the
    /// wildcard stands for today.
    ///
    /// ```yaml
    /// permissions:
    ///   - actions: ["s3:*"]           # ["s3:GetObject", "s3:PutObject"]
    ///     resources: ["arn:aws:s3:::acme-import/*"]
    /// ```
    WILDCARD_ACTION = "SK0501" "wildcard-action" ERROR "an action with a wildcard";

    /// Every resource, where AWS takes a narrower one.
    ///
    /// The action can be limited to resources, so `"*"` gives away more than is needed. Name the ARNs; a wildcard within an ARN,
    /// such as `arn:aws:s3:::acme-import/*`, is fine.
    WILDCARD_RESOURCE = "SK0502" "wildcard-resource" ERROR "every resource, where AWS takes a narrower one";

    /// An action that AWS does not have.
    ///
    /// Mind the spelling and the service's prefix: `s3:GetObject`, `dynamodb:PutItem`. Skiff checks the services it has data
    /// for; `docs/data-sources.md` says which and of what date.
    UNKNOWN_ACTION = "SK0503" "unknown-action" ERROR "an action that AWS does not have";

    /// A port for remote shells.
    ///
    /// Nothing listens on 22 or 3389: members are not logged in to, they are replaced. For a look inside use Session Manager,
    /// which needs no open port.
    REMOTE_SHELL = "SK0504" "remote-shell" ERROR "a port for remote shells";

    /// A way out to everywhere.
    ///
    /// A destination of `0.0.0.0/0` on anything but port 443 lets a compromised member talk to whom it likes. Name the ranges
    /// that are really needed.
    WIDE_EGRESS = "SK0505" "wide-egress" ERROR "a way out to everywhere";

    /// Permissions that do not fit a role.
    ///
    /// The inline policies of a role have at most 10,240 characters without white space. Use fewer and wider ARNs (a prefix
    /// and `*`), or split the service.
    POLICY_TOO_LARGE = "SK0506" "policy-too-large" ERROR "permissions that do not fit a role";

    /// A workload that manages permissions.
    ///
    /// The action changes who may do what, which lets the workload give itself more than it has. If it must, bind it to
    /// resources that cannot include its own role.
    MANAGES_PERMISSIONS = "SK0507" "manages-permissions" WARNING "a workload that manages permissions";
}
