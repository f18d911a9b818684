/** `kubectl auth can-i`: whether the server would let one do something. */
import { Columns } from '../../printers/columns.ts';
import { write } from '../../resources/requests.ts';
import type { Resource } from '../../resources/resource.ts';
import { Failure, usageFailure } from '../failure.ts';
import type { Invocation, Verb } from '../verb.ts';

export const canIVerb: Verb = {
  name: 'can-i',
  summary: 'Check whether an action is allowed',
  about: 'The answer is yes or no, and an exit code of 0 or 1.',
  examples: `# Whether pods can be created in any namespace
kubectl auth can-i create pods --all-namespaces

# Whether deployments can be listed in this one
kubectl auth can-i list deployments.apps

# All that is allowed here
kubectl auth can-i --list --namespace=foo

# Whether someone else may
kubectl auth can-i list pods --as=system:serviceaccount:dev:foo -n prod`,
  usage: 'VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
  flags: [
    { name: 'all-namespaces', short: 'A', type: 'boolean', default: false, help: 'If true, check the specified action in all namespaces.' },
    { name: 'list', type: 'boolean', default: false, help: 'If true, prints all allowed actions.' },
    { name: 'no-headers', type: 'boolean', default: false, help: 'If true, prints allowed actions without headers' },
    { name: 'quiet', short: 'q', type: 'boolean', default: false, help: 'If true, suppress output and just return the exit code.' },
    { name: 'subresource', type: 'string', help: 'SubResource such as pod/log or deployment/scale' },
  ],
  run: canI,
};

interface Review {
  status?: { allowed?: boolean; reason?: string; evaluationError?: string };
}

async function canI(invocation: Invocation): Promise<void> {
  const { session, args, flags, path } = invocation;
  if (flags.on('list')) {
    if (args.length > 0) throw new Failure('error: list option must be specified with no arguments');
    return list(invocation);
  }
  if (args.length < 2 || args.length > 3)
    throw new Failure(`${usageFailure(path, 'you must specify two arguments: verb resource or verb resource/resourceName.').message}.`);
  const [verb = '', what = '', third] = args;
  const spec = what.startsWith('/')
    ? { nonResourceAttributes: { path: what, verb } }
    : await resourceSpec(invocation, verb, third ? `${what}/${third}` : what);
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec };
  const answer = await write(session.client, 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { body });
  const { allowed = false, reason = '', evaluationError = '' } = (answer.object as Review).status ?? {};
  if (!flags.on('quiet')) {
    const parts = [allowed ? 'yes' : 'no', ...(reason ? [` - ${reason}`] : []), ...(evaluationError ? [` - ${evaluationError}`] : [])];
    session.io.out(`${(allowed ? parts.slice(0, 1) : parts).join('')}\n`);
  }
  if (!allowed) throw new Failure('');
}

const verbs = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'use',
  'bind',
  'impersonate',
  '*',
  'approve',
  'sign',
  'escalate',
  'attest',
];

async function resourceSpec({ session, flags }: Invocation, verb: string, text: string): Promise<object> {
  const warn = (message: string): void => session.io.err(`Warning: ${message}\n\n`);
  const [type = '', name = ''] = text.split('/');
  const resource = type === '*' ? undefined : await known(type);
  if (!resource && type !== '*') warn(`the server doesn't have a resource type '${type}'`);
  if (resource && !resource.namespaced && !flags.on('all-namespaces'))
    warn(`resource '${resource.resource}' is not namespace scoped${resource.group ? ` in group '${resource.group}'` : ''}`);
  if (!verbs.includes(verb)) warn(`verb '${verb}' is not a known verb`);
  const [plain = '', ...group] = type.split('.');
  return {
    resourceAttributes: {
      ...(!flags.on('all-namespaces') && { namespace: session.namespace }),
      verb,
      group: resource?.group ?? group.join('.'),
      resource: resource?.resource ?? plain,
      subresource: flags.text('subresource'),
      name,
    },
  };

  async function known(text: string): Promise<Resource | undefined> {
    return session.discovery.find(text).catch((error: unknown) => {
      if (error instanceof Failure) return undefined;
      throw error;
    });
  }
}

interface Rule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

interface Rules {
  status?: { resourceRules?: Rule[]; nonResourceRules?: Rule[]; evaluationError?: string; incomplete?: boolean };
}

async function list({ session, flags }: Invocation): Promise<void> {
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: session.namespace } };
  const answer = await write(session.client, 'POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { body });
  const { resourceRules = [], nonResourceRules = [], incomplete, evaluationError } = (answer.object as Rules).status ?? {};
  if (incomplete) session.io.err(`warning: the list may be incomplete: ${evaluationError}\n`);
  const simple = [...compacted(resourceRules.flatMap(ofOneResource)), ...nonResourceRules.flatMap(ofOnePath)];
  const rows = simple
    .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
    .map(({ verbs: of, apiGroups, resources, resourceNames, nonResourceURLs }) => {
      const [group, resource = ''] = [apiGroups?.[0], resources?.[0]];
      return [group ? `${resource}.${group}` : resource, words(nonResourceURLs), words(resourceNames), words(of)];
    });
  const header = ['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs'];
  session.io.out(new Columns().format(flags.on('no-headers') ? rows : [header, ...rows]));
}

const words = (items: readonly string[] = []): string => `[${items.join(' ')}]`;

const ofOneResource = ({ apiGroups = [''], resources = [], ...rule }: Rule): Rule[] =>
  apiGroups.flatMap((group) => resources.map((resource) => ({ ...rule, apiGroups: [group], resources: [resource] })));

const ofOnePath = ({ nonResourceURLs = [], verbs: of }: Rule): Rule[] =>
  nonResourceURLs.map((url) => ({ verbs: of, nonResourceURLs: [url] }));

/** One rule for each resource: what several say of it together. */
function compacted(rules: readonly Rule[]): Rule[] {
  const known = new Map<string, Rule>();
  for (const rule of rules) {
    const key = `${rule.apiGroups} ${rule.resources} ${rule.resourceNames ?? ''}`;
    known.set(key, { ...rule, verbs: [...new Set([...(known.get(key)?.verbs ?? []), ...rule.verbs])] });
  }
  return [...known.values()];
}

/** They stand in the order of their texts. */
const orderOf = ({ verbs: of, apiGroups, resources, resourceNames, nonResourceURLs }: Rule): string =>
  [of, apiGroups, resources, resourceNames, nonResourceURLs].map(words).join(',');
