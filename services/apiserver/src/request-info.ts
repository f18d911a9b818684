/** What a request is about, read off its method and path as upstream's RequestInfo does. */
export interface RequestInfo {
  /** A path under /api or /apis that names a resource. */
  isResource: boolean;
  path: string;
  verb: string;
  group: string;
  version: string;
  namespace: string;
  resource: string;
  subresource: string;
  name: string;
}

import { isTrue } from './query.ts';

const verbs: Record<string, string> = { POST: 'create', GET: 'get', HEAD: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
/** Sub-resources of namespaces, so that `/namespaces/x/status` is not a resource called `status`. */
const namespaceSubresources = new Set(['status', 'finalize']);

/** Throws URIError on a path with broken escapes. */
export function requestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const info: RequestInfo = {
    isResource: false,
    path,
    verb: method.toLowerCase(),
    group: '',
    version: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
  };
  // An escaped slash divides as any other: no name holds one.
  let parts = (path.includes('%') ? decodeURIComponent(path) : path).split('/').slice(1);
  if (parts.at(-1) === '') parts.pop();
  if (parts[0] === 'apis' && parts.length >= 4) {
    info.group = parts[1] ?? '';
    parts = parts.slice(2);
  } else if (parts[0] === 'api' && parts.length >= 3) {
    parts = parts.slice(1);
  } else {
    return info;
  }
  info.isResource = true;
  info.version = parts[0] ?? '';
  parts = parts.slice(1);
  info.verb = verbs[method] ?? '';
  // The older way to ask for a watch: of one object, too.
  const isWatch = parts[0] === 'watch' && parts.length > 1;
  if (isWatch) {
    info.verb = info.verb === 'get' ? 'watch' : '';
    parts = parts.slice(1);
  }
  if (parts[0] === 'namespaces' && parts.length > 1) {
    info.namespace = parts[1] ?? '';
    if (parts.length > 2 && !(parts.length === 3 && namespaceSubresources.has(parts[2] ?? ''))) parts = parts.slice(2);
  }
  info.resource = parts[0] ?? '';
  info.name = parts[1] ?? '';
  info.subresource = parts.slice(2).join('/');
  if (info.name === '') {
    if (info.verb === 'get') info.verb = isTrue(query.get('watch')) ? 'watch' : 'list';
    else if (info.verb === 'delete') info.verb = 'deletecollection';
  }
  return info;
}

/** Sub-resources whose requests last as long as their client wants. */
const streams = new Set(['log', 'exec', 'attach', 'portforward', 'proxy']);

export const isLongRunning = ({ verb, subresource }: RequestInfo): boolean =>
  verb === 'watch' || streams.has(subresource.split('/', 1)[0] ?? '');
