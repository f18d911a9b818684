import { StatusError } from '@t8s/meta';
import { relaxedPath } from '../../printers/json-path.ts';
import { objectPrinter, type Printed } from '../../printers/object-printer.ts';
import { readFiles } from '../../resources/files.ts';
import { all } from '../../resources/located.ts';
import { getObject, listObjects } from '../../resources/requests.ts';
import { apiVersionOf } from '../../resources/resource.ts';
import { parseTargets, type Target } from '../../resources/targets.ts';
import { Failure, Failures, failureText } from '../failure.ts';
import type { Flags, Invocation, VerbBody } from '../verb.ts';
import { getFlags } from './flags.ts';
import { sortedBy } from './sort.ts';
import { printTables } from './tables.ts';
import { watch } from './watch.ts';

export const getVerb: VerbBody = {
  about: `Prints a table of the most important facts about the resources you name. A label selector (-l) picks some of them. Without -n or -A only the current namespace is looked at.`,
  examples: `# List all pods as a table
kubectl get pods

# More columns: addresses, nodes
kubectl get pods -o wide

# One deployment as YAML
kubectl get deployment web -o yaml

# Pods and services together
kubectl get pods,services

# Several objects by type and name
kubectl get deployment/web service/web

# Only the names of the images
kubectl get pods -o jsonpath='{.items[*].spec.containers[*].image}'

# Columns of your own
kubectl get pods -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName

# Watch pods come and go
kubectl get pods -w`,
  usage:
    '[(-o|--output=)json|yaml|name|jsonpath|custom-columns|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]',
  flags: getFlags,
  run: get,
};

async function get(invocation: Invocation): Promise<void> {
  const { session, flags, path } = invocation;
  if (flags.text('raw') !== '') {
    const { body } = await session.client.request({ method: 'GET', path: flags.text('raw') });
    session.io.out(body.toString());
    return;
  }
  const targets = await targetsOf(invocation);
  if (targets.length === 0 && flags.list('filename').length > 0) {
    session.io.err(`No resources found in ${session.namespace} namespace.\n`);
    return;
  }
  if (targets.length === 0) {
    session.io.err(
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n',
    );
    throw new Failure(
      `error: Required resource not specified.\nUse "${path.split(' ')[0]} explain <resource>" for a detailed description of that resource (e.g. ${path.split(' ')[0]} explain pods).\nSee '${path} -h' for help and examples`,
    );
  }
  if (targets.some(({ name }) => name !== undefined) && (flags.text('selector') !== '' || flags.text('field-selector') !== ''))
    throw new Failure('error: name cannot be provided when a selector is specified');
  if (targets.some(({ name }) => name !== undefined) && flags.on('all-namespaces'))
    throw new Failure('error: a resource cannot be retrieved by name across all namespaces');
  if (flags.on('output-watch-events') && !flags.on('watch') && !flags.on('watch-only'))
    throw new Failure('error: --output-watch-events option can only be used with --watch or --watch-only');
  if (flags.on('watch') || flags.on('watch-only')) return watch(invocation, targets);
  const output = outputOf(flags);
  if (output === '' || output === 'wide') return printTables(invocation, targets);
  return printObjects(invocation, targets);
}

/** A template alone is a Go template. */
export const outputOf = (flags: Flags): string => flags.text('output') || (flags.text('template') === '' ? '' : 'go-template');

/** From the arguments, or from the objects in files. */
async function targetsOf({ session, args, flags }: Invocation): Promise<Target[]> {
  const files = flags.list('filename');
  if (files.length === 0) return parseTargets(args, session.discovery);
  const failures = new Failures();
  const objects = await all(readFiles(files, { recursive: flags.on('recursive'), io: session.io, validate: false, failures }));
  failures.throwAny();
  return Promise.all(
    objects.map(async ({ object, source }) => ({
      resource: await session.discovery.ofKind(object.apiVersion ?? '', object.kind ?? '', { object, source }),
      name: object.metadata.name ?? '',
      ...(object.metadata.namespace !== undefined && { namespace: object.metadata.namespace }),
    })),
  );
}

async function printObjects({ session, flags }: Invocation, targets: readonly Target[]): Promise<void> {
  const printer = objectPrinter({
    output: outputOf(flags),
    template: flags.text('template'),
    headers: !flags.on('no-headers'),
    showManagedFields: flags.on('show-managed-fields'),
    allowMissingKeys: flags.on('allow-missing-template-keys'),
  });
  const { client } = session;
  const found: Printed[] = [];
  const errors: StatusError[] = [];
  for (const { resource, name, namespace = session.namespace } of targets) {
    try {
      if (name === undefined) {
        const { items } = await listObjects(client, resource, {
          namespace: flags.on('all-namespaces') ? undefined : namespace,
          labelSelector: flags.text('selector'),
          fieldSelector: flags.text('field-selector'),
        });
        found.push(...items.map((object) => ({ object, resource })));
      } else {
        const object = await getObject(client, resource, { namespace, name, subresource: flags.text('subresource') || undefined });
        found.push({
          object: { ...object, apiVersion: object.apiVersion ?? apiVersionOf(resource), kind: object.kind ?? resource.kind },
          resource,
        });
      }
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (!(error.reason === 'NotFound' && flags.on('ignore-not-found'))) errors.push(error);
    }
  }
  const sortBy = flags.text('sort-by');
  const single = targets.length === 1 && targets[0]?.name !== undefined;
  if (sortBy !== '' && found.length > 0 && !single) {
    const sorted = sortedBy(found, sortBy, ({ object }) => object);
    if (!sorted) throw new Failure(`error: couldn't find any field with path "${relaxedPath(sortBy)}" in the list of objects`);
    found.splice(0, found.length, ...sorted);
  }
  if (found.length > 0 || (!single && errors.length === 0)) session.io.out(printer.format(found, !single));
  if (errors.length > 0) throw new Failure(errors.map(failureText).join('\n'));
}
