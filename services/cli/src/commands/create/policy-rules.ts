/** What roles allow: verbs on resources, from --verb, --resource and --resource-name. */
import type { Session } from '../../session.ts';
import { Failure } from '../failure.ts';
import type { Flag, Flags } from '../verb.ts';

export const policyRuleFlags: readonly Flag[] = [
  { name: 'resource', type: 'strings', help: 'Resource that the rule applies to' },
  {
    name: 'resource-name',
    type: 'texts',
    help: 'Resource in the white list that the rule applies to, repeat this flag for multiple items',
  },
  { name: 'verb', type: 'strings', help: 'Verb that applies to the resources contained in the rule' },
];

const standard = new Set([
  'get',
  'delete',
  'list',
  'create',
  'update',
  'patch',
  'watch',
  'proxy',
  'deletecollection',
  'use',
  'bind',
  'escalate',
  'impersonate',
  '*',
]);

/** `*` among several stands for all. */
export function verbsOf(flags: Flags): string[] {
  const verbs = [...new Set(flags.list('verb'))];
  return verbs.includes('*') ? ['*'] : verbs;
}

/** One rule for each group, groups in order. Fails where the server does not have a resource. */
export async function resourceRules(session: Session, flags: Flags): Promise<object[]> {
  const verbs = verbsOf(flags);
  for (const verb of verbs) if (!standard.has(verb)) session.io.err(`Warning: '${verb}' is not a standard resource verb\n`);
  const groups = new Map<string, Set<string>>();
  for (const text of flags.list('resource')) {
    const { group, name } = await read(session, text);
    groups.set(group, (groups.get(group) ?? new Set()).add(name));
  }
  const resourceNames = flags.list('resource-name');
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, resources]) => ({
      apiGroups: [group],
      ...(resourceNames.length > 0 && { resourceNames }),
      resources: [...resources],
      verbs,
    }));
}

/** `deployments.apps/scale` */
async function read({ discovery }: Session, text: string): Promise<{ group: string; name: string }> {
  const [type = '', subresource] = text.split(/\/(.*)/s);
  if (type === '*') return { group: '', name: text };
  const [plain = '', ...group] = type.split('.');
  const resource = await discovery.find(type).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(
      `the server doesn't have a resource type ${JSON.stringify(plain)}${group.length > 0 ? ` in group ${JSON.stringify(group.join('.'))}` : ''}`,
    );
  });
  return { group: resource.group, name: subresource ? `${resource.resource}/${subresource}` : resource.resource };
}
