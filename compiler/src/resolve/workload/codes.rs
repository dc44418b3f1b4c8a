//! What cannot be meant of the containers of a member: `SK039x`.

use crate::declare;

declare! {
    /// A file whose content cannot be.
    ///
    /// `base64` holds bytes that are no text, padded and in one line, as `base64 -w0 FILE` prints them. `key` picks one value
    /// out of the JSON of a secret, so it needs `secret`.
    ///
    /// ```yaml
    /// files:
    ///   /etc/shop/logo.png: { base64: iVBORw0KGgo= }
    ///   /etc/shop/password: { secret: database, key: password }
    /// ```
    BAD_CONTENT = "SK0390" "bad-content" ERROR "a file whose content cannot be";

    /// A hook that is not one hook.
    ///
    /// A hook is a command, `exec`, or a request, `http`. The request goes to the service's port, or to the one that `port`
    /// names; a command has none.
    ///
    /// ```yaml
    /// hooks:
    ///   before_stop: { http: /drain, port: admin }
    /// ```
    BAD_HOOK = "SK0391" "bad-hook" ERROR "a hook that is not one hook";

    /// A capability that Linux does not have.
    ///
    /// Capabilities are parts of what root may do, named as in capabilities(7), in capitals and without `CAP_`. `ALL` stands for
    /// all of them.
    ///
    /// ```yaml
    /// security:
    ///   drop_capabilities: [ALL]
    ///   add_capabilities: [CAP_NET_BIND_SERVICE]     # `NET_BIND_SERVICE`
    /// ```
    UNKNOWN_CAPABILITY = "SK0392" "unknown-capability" ERROR "a capability that Linux does not have";

    /// Security settings that contradict each other.
    ///
    /// One of them would have no effect, and which one is a bad thing to guess: user 0 with `non_root`, a `privileged` container
    /// that may not gain privileges, a capability that is both added and dropped. 4294967295 is no id: the kernel reads it as
    /// "leave it as it is".
    BAD_SECURITY = "SK0393" "bad-security" ERROR "security settings that contradict each other";

    /// Resolver settings that a resolver does not understand.
    ///
    /// Name servers are IP addresses, and only the first three are asked. Domains to search in have no wildcard. Options are
    /// those of resolv.conf(5): a word, or a word and a number, such as `ndots:2`.
    BAD_RESOLVER = "SK0394" "bad-resolver" ERROR "resolver settings that a resolver does not understand";

    /// A line of `/etc/hosts` that cannot be.
    ///
    /// Under `hosts` stands an IP address with the list of names that lead to it.
    ///
    /// ```yaml
    /// hosts:
    ///   10.20.0.4: [ledger.example.com, ledger]
    /// ```
    BAD_HOSTS = "SK0395" "bad-hosts" ERROR "a line of `/etc/hosts` that cannot be";

    /// A kernel parameter that cannot be.
    ///
    /// Parameters are named as sysctl(8) prints them, words joined by dots, and have a value in one line. They are those of the
    /// whole VM, so they are written once for the service, and not for each container.
    ///
    /// ```yaml
    /// sysctls:
    ///   net.core.somaxconn: "1024"
    /// ```
    BAD_SYSCTL = "SK0396" "bad-sysctl" ERROR "a kernel parameter that cannot be";

    /// A limit that is never reached.
    ///
    /// The VM has less than the container may take. The limit protects nobody, and when the memory of the VM is used up the
    /// kernel chooses what to kill. Raise the `size` of the service if the container needs as much, or lower the limit.
    LIMIT_OUT_OF_REACH = "SK0397" "limit-out-of-reach" WARNING "a limit that is never reached";
}
