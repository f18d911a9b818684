/** What a command is about: `pods`, `pods,services`, `pod a b`, `pod/a service/b`. */
import { Failure } from '../commands/failure.ts';
import type { Discovery } from './discovery.ts';
import type { Resource } from './resource.ts';

export interface Target {
  resource: Resource;
  /** Absent: all of them, or those a selector picks. */
  name?: string;
  /** Where a file says so; the session's otherwise. */
  namespace?: string;
}

/** Reads TYPE[,TYPE] [NAME…] or TYPE/NAME…; categories become their members. Fails in kubectl's words. */
export async function parseTargets(args: readonly string[], discovery: Discovery): Promise<Target[]> {
  const withSlash = args.filter((arg) => arg.includes('/')).length;
  if (withSlash > 0) {
    if (withSlash < args.length) {
      throw new Failure(
        "error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
      );
    }
    return Promise.all(args.map((arg) => slashTarget(arg, discovery)));
  }
  const [types = '', ...names] = args;
  const resources: Resource[] = [];
  for (const type of types.split(',').filter(Boolean))
    resources.push(...((await discovery.category(type)) ?? [await discovery.find(type)]));
  if (names.length === 0) return resources.map((resource) => ({ resource }));
  return resources.flatMap((resource) => names.map((name) => ({ resource, name })));
}

async function slashTarget(arg: string, discovery: Discovery): Promise<Target> {
  const parts = arg.split('/');
  const [type = '', name = ''] = parts;
  if (parts.length !== 2) throw new Failure(`error: arguments in resource/name form may not have more than one slash`);
  if (type === '' || name === '' || type.includes(','))
    throw new Failure(`error: arguments in resource/name form must have a single resource and name`);
  return { resource: await discovery.find(type), name };
}
