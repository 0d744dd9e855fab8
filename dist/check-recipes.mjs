// check-recipes.mjs FOLDER FILE...
//
// Says what is wrong with manifests for Kubernetes by its own schemas, and with recipes for images; FOLDER is where npm has
// installed kubernetes-models, yaml and dockerfile-utils.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';

const [folder, ...files] = process.argv.slice(2);
const require = createRequire(resolve(folder, 'here'));

// The schemas let pass members that they do not know, so the validator is watched: it reads all that it knows.
function watched(value, path, unread) {
  if (value === null || typeof value !== 'object') {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((element, i) => watched(element, `${path}/${i}`, unread));
  }
  const copy = {};
  for (const [name, member] of Object.entries(value)) {
    const at = `${path}/${name}`;
    const inner = watched(member, at, unread);
    unread.add(at);
    const get = () => {
      unread.delete(at);
      return inner;
    };
    Object.defineProperty(copy, name, { enumerable: true, get });
  }
  return copy;
}

function mistakesOfManifest(manifest) {
  const [version, group = 'core'] = manifest.apiVersion.split('/').reverse();
  const name = [group.split('.')[0], version].map((word) => word[0].toUpperCase() + word.slice(1)).join('');
  const schema = `node_modules/kubernetes-models/_schemas/IoK8sApi${name}${manifest.kind}.js`;
  const { validate } = require(resolve(folder, schema));
  const unread = new Set();
  validate(watched(manifest, '', unread));
  return [
    ...(validate.errors ?? []).map((error) => `${error.instancePath}: ${error.keyword} ${JSON.stringify(error.params)}`),
    ...[...unread].map((path) => `${path}: unknown`),
  ].map((mistake) => `${manifest.kind} ${manifest.metadata.name}: ${mistake}`);
}

function mistakesOf(file) {
  const text = readFileSync(file, 'utf8');
  if (basename(file) === 'Dockerfile') {
    return require('dockerfile-utils').validate(text).map((mistake) => `line ${mistake.range.start.line + 1}: ${mistake.message}`);
  }
  return require('yaml')
    .parseAllDocuments(text)
    .flatMap((document) => (document.errors.length > 0 ? document.errors.map(String) : mistakesOfManifest(document.toJS())));
}

const mistakes = files.flatMap((file) => mistakesOf(file).map((mistake) => `${file}: ${mistake}`));
mistakes.forEach((mistake) => console.log(mistake));
process.exitCode = mistakes.length === 0 ? 0 : 1;
