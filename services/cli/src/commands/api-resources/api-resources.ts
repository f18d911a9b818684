/** What the server offers: kinds of objects, and versions of groups. */
import { Columns } from '../../printers/columns.ts';
import { apiVersionOf, type Resource, resourceName } from '../../resources/resource.ts';
import { Failure, usageFailure } from '../failure.ts';
import type { Invocation, VerbBody } from '../verb.ts';

export const apiResourcesVerb: VerbBody = {
  examples: `# The kinds of objects there are
kubectl api-resources

# With more about each
kubectl api-resources -o wide

# Those outside namespaces
kubectl api-resources --namespaced=false

# Those of one group
kubectl api-resources --api-group=apps`,
  flags: [
    { name: 'api-group', type: 'string', help: 'Limit to resources in the specified API group.' },
    { name: 'categories', type: 'strings', help: 'Limit to resources that belong to the specified categories.' },
    { name: 'namespaced', type: 'boolean', default: true, help: 'If false, non-namespaced resources will be returned.' },
    {
      name: 'no-headers',
      type: 'boolean',
      default: false,
      help: "When using the default or custom-column output format, don't print headers.",
    },
    { name: 'output', short: 'o', type: 'string', help: 'Output format. One of: (wide, name).' },
    { name: 'sort-by', type: 'string', help: "If non-empty, sort list of resources using specified field: 'name' or 'kind'." },
    { name: 'verbs', type: 'strings', help: 'Limit to resources that support the specified verbs.' },
  ],
  run: apiResources,
};

async function apiResources({ session, args, flags, path }: Invocation): Promise<void> {
  if (args.length > 0) throw usageFailure(path, `unexpected arguments: [${args.join(' ')}]`);
  const output = flags.text('output');
  if (!['', 'wide', 'name'].includes(output)) throw new Failure(`error: --output ${output} is not available`);
  const sortBy = flags.text('sort-by');
  if (!['', 'name', 'kind'].includes(sortBy)) throw new Failure('error: --sort-by accepts only name or kind');
  const isWanted = ({ group, namespaced, verbs, categories }: Resource): boolean =>
    (!flags.given('api-group') || group === flags.text('api-group')) &&
    (!flags.given('namespaced') || namespaced === flags.on('namespaced')) &&
    flags.list('categories').every((category) => categories.includes(category)) &&
    flags.list('verbs').every((verb) => verbs.includes(verb));
  const found = preferred(await session.discovery.all()).filter(isWanted);
  const key = (resource: Resource): string => (sortBy === 'kind' ? resource.kind : sortBy === 'name' ? resource.resource : '');
  const byGroup = (resource: Resource): string => `${resource.group}\0${resource.resource}`;
  found.sort((a, b) => compare(key(a), key(b)) || compare(byGroup(a), byGroup(b)));
  if (output === 'name') {
    session.io.out(found.map((resource) => `${resourceName(resource)}\n`).join(''));
    return;
  }
  const isWide = output === 'wide';
  const head = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND', ...(isWide ? ['VERBS', 'CATEGORIES'] : [])];
  const rows = found.map((resource) => [
    resource.resource,
    resource.shortNames.join(','),
    apiVersionOf(resource),
    String(resource.namespaced),
    resource.kind,
    ...(isWide ? [[...resource.verbs].sort().join(','), resource.categories.join(',')] : []),
  ]);
  session.io.out(new Columns().format(flags.on('no-headers') ? rows : [head, ...rows]));
}

/** Of several versions of a resource the first, which is the one the server prefers. */
const preferred = (all: readonly Resource[]): Resource[] =>
  all.filter((one, i) => all.findIndex(({ group, resource }) => group === one.group && resource === one.resource) === i);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export const apiVersionsVerb: VerbBody = {
  examples: '# Print the supported API versions\nkubectl api-versions',
  run: async ({ session }) => {
    const versions = [...new Set((await session.discovery.all()).map(apiVersionOf))].sort();
    session.io.out(versions.map((version) => `${version}\n`).join(''));
  },
};
