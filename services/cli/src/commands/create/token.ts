/** `kubectl create token`: a token of a service account, printed and kept nowhere. */
import { StatusError } from '@t8s/meta';
import { objectPrinter } from '../../printers/object-printer.ts';
import { write } from '../../resources/requests.ts';
import { pathOf } from '../../resources/resource.ts';
import { Failure, usageFailure } from '../failure.ts';
import type { Invocation, Verb } from '../verb.ts';

export const createTokenVerb: Verb = {
  name: 'token',
  summary: 'Request a service account token',
  examples: `# A token to authenticate as "myapp" in the current namespace
kubectl create token myapp

# One that is good for an hour
kubectl create token myapp --duration 1h

# One that ends with a pod
kubectl create token myapp --bound-object-kind Pod --bound-object-name mypod`,
  usage: 'SERVICE_ACCOUNT_NAME',
  flags: [
    {
      name: 'audience',
      type: 'texts',
      help: 'Audience of the requested token. May be repeated to request a token valid for multiple audiences.',
    },
    { name: 'bound-object-kind', type: 'string', help: 'Kind of an object to bind the token to. Supported kinds are Node, Pod, Secret.' },
    { name: 'bound-object-name', type: 'string', help: 'Name of an object to bind the token to.' },
    {
      name: 'bound-object-uid',
      type: 'string',
      help: 'UID of an object to bind the token to. Requires --bound-object-kind and --bound-object-name.',
    },
    { name: 'duration', type: 'duration', default: '0s', help: 'Requested lifetime of the issued token.' },
    {
      name: 'output',
      short: 'o',
      type: 'string',
      help: 'Output format. One of: (json, yaml, name, jsonpath, jsonpath-as-json, jsonpath-file).',
    },
  ],
  run: createToken,
};

async function createToken({ session, args, flags, path }: Invocation): Promise<void> {
  const [name] = args;
  if (args.length !== 1 || name === undefined) throw usageFailure(path, `exactly one NAME is required, got ${args.length}`);
  const kind = flags.text('bound-object-kind');
  const boundName = flags.text('bound-object-name');
  if (kind === '' && boundName !== '') throw new Failure('error: --bound-object-name can only be set if --bound-object-kind is provided');
  if (kind === '' && flags.text('bound-object-uid') !== '')
    throw new Failure('error: --bound-object-uid can only be set if --bound-object-kind is provided');
  if (kind !== '' && !['Pod', 'Secret', 'Node'].includes(kind))
    throw new Failure(`error: supported --bound-object-kind values are Node, Pod, Secret`);
  if (kind !== '' && boundName === '') throw new Failure('error: --bound-object-name is required if --bound-object-kind is provided');
  const milliseconds = flags.number('duration');
  if (milliseconds < 0) throw new Failure('error: --duration must be greater than or equal to 0');
  if (milliseconds % 1000 !== 0) throw new Failure('error: --duration cannot be expressed in units less than seconds');
  const uid = flags.text('bound-object-uid');
  const spec = {
    ...(flags.list('audience').length > 0 && { audiences: flags.list('audience') }),
    ...(milliseconds > 0 && { expirationSeconds: milliseconds / 1000 }),
    ...(kind !== '' && { boundObjectRef: { kind, apiVersion: 'v1', name: boundName, ...(uid && { uid }) } }),
  };
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
  const accounts = await session.discovery.find('serviceaccounts');
  const place = pathOf(accounts, { namespace: session.namespace, name, subresource: 'token' });
  const { object } = await write(session.client, 'POST', place, { body }).catch((error: unknown) => {
    throw error instanceof StatusError ? new Failure(`error: failed to create token: ${error.message}`) : error;
  });
  const { token = '' } = (object['status'] ?? {}) as { token?: string };
  if (token === '') throw new Failure('error: failed to create token: no token in server response');
  const output = flags.text('output');
  if (output === '') session.io.out(`${token}\n`);
  else {
    const resource = { ...accounts, group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest', resource: 'tokenrequests' };
    session.io.out(objectPrinter({ output }).format([{ object, resource, isTyped: true }], false));
  }
}
