/** Requests for all that is served, most of them wrong in some way; the same for the same seed. */

import type { Random } from '@t8s/testkit';
import type { Example } from '../examples/example.ts';
import type { Ask } from '../raw.ts';
import { pathOf, type ServedResource } from '../served-resource.ts';
import { mutatedText, mutatedTree } from './mutations.ts';

const patchTypes = ['json-patch+json', 'merge-patch+json', 'strategic-merge-patch+json', 'apply-patch+yaml'] as const;
const bodyTypes: readonly [string, ...string[]] = [
  ...(['application/json', 'application/json', 'application/json', 'application/json', 'application/yaml', 'application/yaml'] as const),
  'text/plain',
  ';',
  'application/x;=',
];
const queries: readonly [string, ...string[]] = [
  '',
  '',
  '',
  'fieldManager=f&force=true',
  'fieldManager=f',
  'fieldValidation=Strict',
  'fieldValidation=Ignore',
  'dryRun=All',
  'dryRun=x',
  'limit=-5&continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6OTksInN0YXJ0IjoiYSJ9',
  'labelSelector=a%20in%20(,)&fieldSelector=metadata.name%3D',
  'resourceVersion=99999999999999999999',
  'propagationPolicy=Foreground&gracePeriodSeconds=-1',
  'pretty=1&%zz',
];
/** What is asked beyond the server: of kubelets and of other servers. */
const relayed = /\/(exec|attach|portforward|proxy|log)$/;

export interface Subject {
  resource: ServedResource;
  example: Example;
}

/** What has nothing wrong in it: the object that the others are about. */
export function goodRequest({ resource, example: { full } }: Subject): Ask {
  const object = { ...full, metadata: { ...full.metadata, name: 'fuzz' } };
  return { method: 'POST', path: pathOf(resource), body: object };
}

/** One request; `subject` is what it is about. */
export function wrongRequest(random: Random, { resource, example }: Subject): Ask {
  const full = { apiVersion: resource.groupVersion, kind: resource.kind, ...(random.isIn(0.5) ? example.full : example.minimal) };
  const name = random.isIn(0.9) ? 'fuzz' : random.of(['.', '%2e%2e', 'a%00b', 'UPPER', 'x'.repeat(300)]);
  const named = { ...full, metadata: { ...full.metadata, name: 'fuzz' } };
  const body = random.isIn(0.1) ? named : mutatedTree(random, named);
  const inside = resource.subresources.map((sub) => sub.name.slice(resource.name.length)).filter((sub) => !relayed.test(sub));
  const sub = random.isIn(0.25) ? (inside[random.below(inside.length)] ?? '') : '';
  const collection = pathOf(resource);
  const object = `${collection}/${name}${sub}`;
  const query = random.of(queries);
  const path = (to: string): string => (query === '' ? to : `${to}?${query}`);
  const create = (): Ask => ({ method: 'POST', path: path(sub === '' ? collection : object), ...sent(random, body) });
  const update = (): Ask => ({ method: 'PUT', path: path(object), ...sent(random, body) });
  const change = (): Ask => patch(random, path(object), body);
  const asks: readonly [() => Ask, ...(() => Ask)[]] = [
    create,
    create,
    update,
    update,
    change,
    change,
    change,
    change,
    () => ({ path: path(random.isIn(0.5) ? object : collection) }),
    () => ({ method: 'DELETE', path: path(object), ...(random.isIn(0.5) && sent(random, mutatedTree(random, deletion))) }),
  ];
  return random.of(asks)();
}

const deletion = {
  apiVersion: 'v1',
  kind: 'DeleteOptions',
  gracePeriodSeconds: 0,
  propagationPolicy: 'Background',
  preconditions: { uid: 'a', resourceVersion: '1' },
  dryRun: ['All'],
};

function sent(random: Random, body: object, type = random.of(bodyTypes)): Pick<Ask, 'body' | 'headers'> {
  const text = JSON.stringify(body);
  return { body: random.isIn(0.3) ? mutatedText(random, text) : text, headers: { 'content-type': type } };
}

function patch(random: Random, path: string, body: object): Ask {
  const kind = random.of(patchTypes);
  const operation = {
    op: random.of(['add', 'remove', 'replace', 'move', 'copy', 'test', 'x']),
    path: pointer(random, body),
    from: pointer(random, body),
  };
  const document = kind === 'json-patch+json' ? [mutatedTree(random, { ...operation, value: body })] : body;
  return { method: 'PATCH', path, ...sent(random, document, `application/${kind}`) };
}

/** Somewhere in the object, or past its end. */
function pointer(random: Random, object: object): string {
  let at: unknown = object;
  let path = '';
  while (typeof at === 'object' && at !== null && random.isIn(0.8)) {
    const names = [...Object.keys(at), '-', '__proto__'];
    const name = names[random.below(names.length)] ?? '';
    path += `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    at = Object.hasOwn(at, name) ? (at as Record<string, unknown>)[name] : undefined;
  }
  return path;
}
