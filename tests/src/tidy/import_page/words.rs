//! The prose of the pages of the imports.

/// Everything above the tables.
pub(super) const INTRODUCTION: &str = "\
# Importing Kubernetes manifests

`skiff import kube` reads the manifests that `kubectl apply` takes and writes a `skiff.yaml`. Beside it stands an account of
every leaf of the input: no field is dropped in silence.

```sh
skiff import kube ./k8s --app shop --account 111122223333 --region eu-west-1 --report import.md
skiff check
skiff plan
```

## What is read

Files, folders to their depths (`*.yaml`, `*.yml`, `*.json`, sorted, without hidden folders and without following links), and
standard input as `-`. A file may hold several documents, `List` objects, JSON, and old API versions. It is read as kubectl
reads it, value for value; a document that kubectl would refuse costs one finding, and never the rest of its file.

What another tool must render first is named with the command that does it:

| in the input | import instead |
|---|---|
| a kustomization | `kubectl kustomize DIRECTORY \\| skiff import kube -` |
| a Helm chart, whose templates are not read | `helm template NAME DIRECTORY \\| skiff import kube -` |
| a template, Jsonnet, CUE and others | what the tool prints, through `skiff import kube -` |
| something that runs in a cluster | `kubectl get deploy,sts,ds,cronjob,svc,ing,hpa,pdb,cm,sa,netpol -o yaml \\| skiff import kube -` |

Nothing is asked of a cluster or of AWS. Import one environment at a time: of two objects with one kind, namespace and name
the last counts, as it would with `kubectl apply`; files are taken in the order of their names.

## What comes out

`skiff.yaml` holds only what differs from Skiff's defaults. What is lost, unknown or to be filled in stands as a comment at
the place it would have: above its key, at the end of its service, or above all services.

```yaml
    # UNSUPPORTED SK0890 Deployment shop/web spec.template.spec.containers[0].securityContext.privileged: …
```

Each leaf, which is a scalar, a null, or an empty list or mapping, has exactly one fate:

| fate | means | you |
|---|---|---|
| `mapped` | it means the same in `skiff.yaml` | need do nothing |
| `changed` | it is in `skiff.yaml`, and means something else there; the finding says what | decide whether that is what you want |
| `assumed` | the input leaves it open, and Skiff chose | confirm it |
| `ignored` | nothing is lost without it; the report says why | need do nothing |
| `unsupported` | something is lost; the finding says what to do instead | act |
| `unknown` | the API has no such field or value: probably a typo | correct it |

`--report FILE` writes all of it, leaf by leaf: as Markdown for `*.md`, else as JSON
([its schema](schema/import-report.v1.json)). The values of leaves are in no report, and no value of a Secret is in any output:
`skiff.yaml` refers to secrets by name, and the summary lists which ones to create, with their keys.

## How it ends

| exit | when |
|---|---|
| 0 | nothing worse than `changed` |
| 3 | something is `unsupported` or `unknown`; with `--strict` also when something is `changed` or `assumed` |
| 12 | something could not be read, or a cluster would refuse it |
| 5 | there is nothing to import |
| 6 | the file exists already, and `--force` was not given |

With 0, 3 and 12 the file is written, as long as any object could be read. `--allow CODE`, by id or by name, says that a
finding of this code is all right; it may be given several times. `skiff explain CODE` prints the page of one. `--dry-run`
prints the file and writes nothing.

## The field table

What becomes of each field, made from the declarations that do the mapping, and held against the Kubernetes API by a test. A
row is what becomes of a field by itself: a single value may fare otherwise, and its finding says so. `[]` is any item of a
list, `<map>` any key of your own, `**` everything below. A field that the API has and no row names is `unsupported`.
";

/// Above the table of kinds that become nothing.
pub(super) const OTHERS: &str = "
## Other kinds of objects

These become nothing as a whole. Of two rows that fit, the first counts. Any other kind is `unsupported`, with
[SK0834](diagnostics.md#sk0834).

";

/// The page of the import from Compose, above its tables.
pub(super) const COMPOSE: &str = "\
# Importing a Compose file

`skiff import compose` reads a Compose file and writes a `skiff.yaml`, with the same account of every leaf, the same report
and the same exit codes as [the import from Kubernetes](import-kubernetes.md).

```sh
docker compose config | skiff import compose - --app shop --report import.md
```

`docker compose config` puts everything into one file: variables of the shell and of `.env`, `env_file`, `extends`, `include`
and several `-f` files. An import reads only what it is given; without that step it takes the default of `${NAME:-default}`,
and what has none is reported.

- **Each service is a service**: `worker`, or `web` when it publishes a port that speaks HTTP. The only published service gets
  every request; several get a host each, to be corrected.
- **A variable of the shell** (`KEY: ${KEY}`, or `KEY:` alone) becomes a key of the secret `environment`, to be filled in.
- **Who reaches whom** is read from `depends_on`, `links`, and names of services in variables and commands: it becomes `uses`.
  The names stay: `redis` is found as `redis`, through a private zone `APP.compose.internal`.
- **One named volume of a private service** becomes the volume of a `stateful` service; its data is not copied. A bind mount is
  unsupported: a VM starts without the machine's files.
- **A health check** decides about requests and restarts nothing, as in Compose.
- **The architecture** is `x86_64` unless `platform` says otherwise.

## The field table

A row is what becomes of a field by itself: a single value may fare otherwise, and its finding says so. `[]` is any item of a
list, `<map>` any key of your own, `**` everything below. Keys that begin with `x-` are ignored, as Compose does.
";
