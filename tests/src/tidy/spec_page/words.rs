//! What no type can say about `skiff.yaml`: the hand-written beginning of its reference.

pub(super) const INTRODUCTION: &str = r#"# skiff.yaml

The reference of the spec: one file an application, beside a `skiff.lock` that `skiff lock` writes. Made from the types of
the compiler; `SKIFF_BLESS=1 cargo test -p skiff-tests --test tidy` makes it anew. To begin with, see
[getting started](getting-started.md); for specs that run, see [the examples](../examples/).

```yaml
app: hello
account: "111122223333"
region: eu-west-1
network: { egress: nat }
services:
  web:
    kind: web
    image: docker.io/nginxinc/nginx-unprivileged:1.29
    port: 8080
    routes:
      - { path: /, tls: false }
```

Every key is checked: one that Skiff does not know is an error with a suggestion, and so is one that has no effect where it
stands (a `schedule` of a web service). `skiff check` reports every mistake of a file in one run, each under its line.

## Editors

`skiff init` begins a file with a line that names the JSON Schema by its id,
`# yaml-language-server: $schema=https://skiff.dev/schema/skiff.v1.json`. Editors with the YAML language server complete and
check keys by it. To use a copy of your own, without a network:

```sh
skiff schema spec > skiff.schema.json    # then: # yaml-language-server: $schema=skiff.schema.json
```

[The schema](schema/skiff.v1.json) is committed here as well. It knows less than `skiff check`: forms of values, not what
they mean together.

## Environments

What stands under an environment's name is laid over the rest of the file: mappings are merged key by key, anything else
(lists too) is replaced as a whole, and `null` removes a key. A file without `environments` has one, called `default`.
Where several are declared, `skiff plan` wants to know which with `--env`; `skiff check` and `skiff lock` take all of them.

```yaml
environments:
  staging:
    account: "444455556666"
    services: { web: { replicas: 2 } }
  prod:
    account: "111122223333"
```

## Shape and release

Each key has an owner, in the tables below. **shape** is what stands in the cloud between two deploys: load balancer, roles,
sizes. **release** is what a deploy carries: image, command, environment variables, how the release is rolled out. A plan
shows the two apart. **local** is what only one's own machine sees; no plan contains it. **mixed** is a mapping whose keys have owners of their own.

## Names

Services, databases, queues and buckets share one space of names, since `uses` refers to all of them. Names become parts of
AWS names, most of which are cut to 32 characters with a hash where they would be longer. To rename something, say what it
was called: `was: old-name`. It keeps the AWS names it was born with, so `was` stays as long as the thing lives.

## What `uses` gives

`uses: [orders]` lets a service reach a database, queue, bucket or other service of the same file: the permissions of its
role, the rule of its security group, and these variables in its environment. The name is written in capitals, with `_` for
`-`.

| what is used | variable | value |
|---|---|---|
| a database `orders` | `ORDERS_HOST` | the host name of its endpoint |
| | `ORDERS_PORT` | its port |
| | `ORDERS_NAME` | the name of the database within the server |
| | `ORDERS_USER` | the user's name |
| | `ORDERS_PASSWORD` | the password, read from the secret that RDS keeps; never in the plan |
| a queue `invoices` | `INVOICES_QUEUE_URL` | the URL of the queue |
| a bucket `documents` | `DOCUMENTS_BUCKET` | the bucket's name |
| a service `pricing` with a port | `PRICING_URL` | `http://pricing.ENVIRONMENT.APP.internal:PORT` |

Queues and buckets take `access: read`, `write` or `read-write`:

```yaml
uses:
  - orders
  - { name: invoices, access: write }
  - { name: cache, variables: false } # reachable, and no variable is set
```

## Variables in variables

`$(NAME)` stands for the value of the variable NAME of the same container, wherever that comes from: `env`, `secrets`,
`facts`, or what `uses` gives. The runner replaces it before the start, without a shell, in

- the values of `env`,
- `command` and `args`, and the command of `rollout.before`,
- the commands of hooks and of `exec` probes.

`$$` is a `$` that begins nothing, so `$$(NAME)` stays `$(NAME)`. A name that no variable of the container has stays as it
is, and so does a reference within a variable's own value that leads back to it. The order of `env` means nothing. Values of
secrets and facts are taken as they are.

```yaml
facts: { MEMBER: name, ADDRESS: ip }
env:
  LABEL: worker $(MEMBER)          # worker mailer-i-0abc…
command: [bin/mailer, --listen=$(ADDRESS):2525, --price=$$5]
```

Whoever may list the processes of a VM sees what stands in a command, so a secret is better read from the environment.

## Containers of one member

`containers` run beside the main one, `init` before it, one after the other, each to success. A container with `first: true`
is there before the first of `init` and stops after the main one. All share the network of the VM, and each has variables,
secrets, files, `security` and `limits` of its own; what `uses` gives is the main one's. `dns`, `hosts` and `sysctls` hold for
all of them.

A path of `files` or `mounts` is used once in each container. Containers beside a stateful service see its volume when they
mount `volume`.

## Secrets

`secrets` maps a variable to where its value comes from, never to the value. A name is a secret that Skiff creates empty, to
be filled in AWS Secrets Manager; an ARN is one that exists there. `{ name: stripe, key: api_key }` takes one key of a secret
that holds JSON.
"#;

/// What the table of the whole file cannot say: an environment may give what the file needs.
pub(super) const THE_FILE: &str = r#"## The file

`account` and `region` are needed too, here or under every environment.
"#;
