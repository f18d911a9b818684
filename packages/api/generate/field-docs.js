/** Descriptions of fields that lead to another type: the models of client-node leave them out, kubernetes-types (v1.30) has them. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const home = dirname(createRequire(import.meta.url).resolve('kubernetes-types/package.json'));
const files = new Map();

/** Undefined where the package doesn't know the type or the field. `goPackage` is such as `io.k8s.api.apps.v1`. */
export function fieldDescription(goPackage, type, field) {
  const [version, group] = goPackage.split('.').reverse();
  const docs = docsOf(join(home, group, `${version}.d.ts`));
  // Types of several groups or versions carry these in our names: `CoreEvent`, `HorizontalPodAutoscalerV2`.
  return [type, type.replace(/^[A-Z][a-z]+(?=[A-Z])/, ''), type.replace(/V2(?=(List)?$)/, '')]
    .map((name) => docs.get(`${name}.${field}`))
    .find(Boolean);
}

function docsOf(file) {
  const known = files.get(file);
  if (known) return known;
  const docs = new Map();
  files.set(file, docs);
  if (!existsSync(file)) return docs;
  for (const [, type, body] of readFileSync(file, 'utf8').matchAll(/export interface (\w+) \{\n([\s\S]*?)\n\}/g))
    for (const [, text, field] of body.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+(?:readonly )?"?([^\s"?:]+)"?\??:/g))
      docs.set(`${type}.${field}`, text.replaceAll(/\n\s*\* ?/g, '\n').trim());
  return docs;
}
