/** `kubectl auth reconcile`: roles get the rules and bindings the subjects that files say, besides what they have. */
import { isDeepStrictEqual } from 'node:util';
import type { PolicyRule, RbacSubject } from '@t8s/api';
import { isStatus } from '@t8s/meta';
import { type Located, objectsInFiles } from '../../resources/located.ts';
import { type AnyObject, write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import { Failure, Failures } from '../failure.ts';
import { dryRunOf, Outcome } from '../outcome.ts';
import { dryRunFlag, fileFlags, outputFlag } from '../shared-flags.ts';
import type { Invocation, Verb } from '../verb.ts';

export const reconcileVerb: Verb = {
  name: 'reconcile',
  summary: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
  about: 'What is missing is created, namespaces too. What roles and bindings have besides stays, unless a flag says otherwise.',
  examples: `# Bring roles and bindings to what a file says
kubectl auth reconcile -f my-rbac-rules.yaml`,
  usage: '-f FILENAME',
  flags: [
    dryRunFlag,
    ...fileFlags('identifying the resource to reconcile.'),
    outputFlag,
    { name: 'remove-extra-permissions', type: 'boolean', default: false, help: 'If true, removes extra permissions added to roles' },
    { name: 'remove-extra-subjects', type: 'boolean', default: false, help: 'If true, removes extra subjects added to rolebindings' },
  ],
  run: reconcile,
};

const group = 'rbac.authorization.k8s.io';
const autoUpdate = 'rbac.authorization.kubernetes.io/autoupdate';
/** Somebody else may be at the same object. */
const mostAttempts = 3;

async function reconcile(invocation: Invocation): Promise<void> {
  const { session, flags } = invocation;
  if (flags.list('filename').length === 0) throw new Failure('error: must specify one of -f and -k');
  if (dryRunOf(flags) === 'server') throw new Failure('error: --dry-run=server for command reconcile is not supported yet');
  const outcome = new Outcome(session.io, flags);
  const failures = new Failures();
  for await (const located of objectsInFiles(session, flags, failures))
    await failures.attempt(async () => {
      if (located.resource.group !== group) return;
      const { object, operation, isProtected, missing, extra } = await reconcileOne(invocation, located);
      outcome.tell({ object, resource: located.resource, isTyped: true }, 'reconciled');
      if (operation === 'none') return;
      const caveat = isProtected ? `, but object opted out (${autoUpdate}: false)` : '';
      session.io.err(`\treconciliation required ${operation}${caveat}\n`);
      const what = isRole(located) ? 'rules' : 'subjects';
      for (const [said, items] of [
        [`missing ${what} added`, missing],
        [`extra ${what} removed`, extra],
      ] as const)
        if (items.length > 0) session.io.err([`\t${said}:`, ...items.map((item) => `\t\t${item}`), ''].join('\n'));
    });
  failures.throwAny();
}

interface Result extends Decided {
  operation: 'none' | 'create' | 'update' | 'recreate';
  isProtected: boolean;
}

/** What an object is to become, and what of its rules or subjects it lacked, or is to lose. */
interface Decided {
  object: AnyObject;
  missing: readonly string[];
  extra: readonly string[];
}

const isRole = ({ resource: { resource } }: Located): boolean => resource === 'roles' || resource === 'clusterroles';

async function reconcileOne(invocation: Invocation, located: Located, attempt = 1): Promise<Result> {
  const { session, flags } = invocation;
  const { object: wanted, resource, namespace } = located;
  const place = { namespace, name: wanted.metadata.name };
  const found = await unless(session.client.getJson<AnyObject>(pathOf(resource, place)), 'NotFound');
  const decided = await (isRole(located) ? decideRole : decideBinding)(found, wanted, invocation);
  const { object } = decided;
  const operation = !found ? 'create' : object === wanted ? 'recreate' : isDeepStrictEqual(object, found) ? 'none' : 'update';
  const isProtected = found?.metadata.annotations?.[autoUpdate] === 'false';
  if (isProtected || operation === 'none' || dryRunOf(flags) !== 'none') return { ...decided, operation, isProtected };
  try {
    if (operation === 'update')
      return {
        ...decided,
        operation,
        isProtected,
        object: (await write(session.client, 'PUT', pathOf(resource, place), { body: object })).object,
      };
    if (operation === 'recreate') {
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: found?.metadata.uid } };
      await unless(write(session.client, 'DELETE', pathOf(resource, place), { body }), 'NotFound');
    } else if (namespace !== undefined) await ensureNamespace(invocation, namespace);
    const made = await write(session.client, 'POST', pathOf(resource, { namespace }), { body: object });
    return { ...decided, operation, isProtected, object: made.object };
  } catch (error) {
    const isLate =
      isStatus(error, operation === 'update' ? 'NotFound' : 'AlreadyExists') || (operation === 'recreate' && isStatus(error, 'Conflict'));
    if (!isLate || attempt === mostAttempts) throw error;
    return reconcileOne(invocation, located, attempt + 1);
  }
}

/** Who may not make namespaces may yet make something in one that is there. */
async function ensureNamespace({ session: { client } }: Invocation, name: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  await unless(write(client, 'POST', '/api/v1/namespaces', { body }), 'AlreadyExists', 'Forbidden');
}

/** Undefined where it fails with one of these. */
async function unless<T>(asked: Promise<T>, ...reasons: ('NotFound' | 'AlreadyExists' | 'Forbidden')[]): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isStatus(error, ...reasons)) return undefined;
    throw error;
  }
}

const rulesOf = (object: AnyObject): PolicyRule[] => (object['rules'] as PolicyRule[] | undefined) ?? [];
const subjectsOf = (object: AnyObject): RbacSubject[] => (object['subjects'] as RbacSubject[] | undefined) ?? [];

async function decideRole(found: AnyObject | undefined, wanted: AnyObject, { flags }: Invocation): Promise<Decided> {
  if (!found) return { object: wanted, missing: rulesOf(wanted).map(ruleText), extra: [] };
  // Loaded here: no other verb compares rules.
  const { uncovered } = await import('@t8s/auth');
  const removes = flags.on('remove-extra-permissions');
  const object = withMetadata(found, wanted);
  const isGathered = found['aggregationRule'] !== undefined && wanted['aggregationRule'] !== undefined;
  const missing = isGathered ? [] : uncovered(rulesOf(found), rulesOf(wanted));
  const extra = isGathered || !removes ? [] : uncovered(rulesOf(wanted), rulesOf(found));
  if (missing.length + extra.length > 0) object['rules'] = removes ? rulesOf(wanted) : [...rulesOf(found), ...missing];
  reconcileSelectors(object, wanted, removes);
  return { object, missing: missing.map(ruleText), extra: extra.map(ruleText) };
}

interface Gathering {
  clusterRoleSelectors?: object[];
}

function reconcileSelectors(object: AnyObject, wanted: AnyObject, removes: boolean): void {
  const [now, asked] = [object, wanted].map((one) => one['aggregationRule'] as Gathering | undefined);
  const [held = [], selectors = []] = [now?.clusterRoleSelectors, asked?.clusterRoleSelectors];
  const missing = selectors.filter((one) => !held.some((other) => isDeepStrictEqual(one, other)));
  if (now && !asked) delete object['aggregationRule'];
  else if (missing.length > 0 || (removes && held.length > selectors.length))
    object['aggregationRule'] = removes ? asked : { clusterRoleSelectors: [...held, ...missing] };
}

/** A binding to another role is made anew. */
async function decideBinding(found: AnyObject | undefined, wanted: AnyObject, { flags }: Invocation): Promise<Decided> {
  if (!found) return { object: wanted, missing: subjectsOf(wanted).map(subjectText), extra: [] };
  if (roleText(found) !== roleText(wanted)) return { object: wanted, missing: [], extra: [] };
  const removes = flags.on('remove-extra-subjects');
  const object = withMetadata(found, wanted);
  const [held, asked] = [subjectsOf(found), subjectsOf(wanted)];
  const missing = without(asked, held);
  const extra = removes ? without(held, asked) : [];
  if (missing.length + extra.length > 0) object['subjects'] = removes ? asked : [...held, ...missing];
  return { object, missing: missing.map(subjectText), extra: extra.map(subjectText) };
}

const roleText = ({ roleRef }: AnyObject): string => {
  const { apiGroup = '', kind, name } = roleRef as { apiGroup?: string; kind: string; name: string };
  return `${apiGroup} ${kind} ${name}`;
};

const without = (all: readonly RbacSubject[], others: readonly RbacSubject[]): RbacSubject[] =>
  all.filter((one) => !others.some((other) => subjectText(one) === subjectText(other)));

/** What is there, with labels and annotations that it lacks. */
function withMetadata(found: AnyObject, { metadata: wanted }: AnyObject): AnyObject {
  const metadata = { ...found.metadata };
  for (const field of ['labels', 'annotations'] as const) if (wanted[field]) metadata[field] = { ...wanted[field], ...metadata[field] };
  return { ...found, metadata };
}

const list = (items: readonly string[] = []): string => `[${items.join(' ')}]`;

/** As Go prints them. */
const ruleText = ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string =>
  `{Verbs:${list(verbs)} APIGroups:${list(apiGroups)} Resources:${list(resources)} ResourceNames:${list(resourceNames)} NonResourceURLs:${list(nonResourceURLs)}}`;

const subjectText = ({ kind, apiGroup = '', name, namespace = '' }: RbacSubject): string =>
  `{Kind:${kind} APIGroup:${apiGroup} Name:${name} Namespace:${namespace}}`;
