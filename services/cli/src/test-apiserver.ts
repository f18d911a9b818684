/** A small apiserver in memory over the real kinds and patches: what the commands' tests (and a real kubectl) talk to. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Kind, kinds, validateObjectMeta } from '@t8s/api';
import { applyJsonPatch, applyMergePatch, applyStrategicMergePatch, canonicalize, decodeProtobuf } from '@t8s/codec';
import {
  alreadyExists,
  formatApiVersion,
  formatTime,
  invalid,
  type KubeObject,
  notFound,
  parseFieldSelector,
  parseLabelSelector,
  StatusError,
  unknownPath,
} from '@t8s/meta';

type Json = Record<string, unknown>;
type Stored = KubeObject & Json;

interface Call {
  kind: Kind;
  namespace: string;
  name: string | undefined;
  subresource: string | undefined;
  query: URLSearchParams;
  accept: string;
}

/** Answers for paths of a test's own: logs, version. */
export type Extra = (request: IncomingMessage, response: ServerResponse) => boolean;
/** Takes over connections that become something else: exec, attach, port-forward. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export class TestApiserver {
  readonly url: string;
  readonly objects = new Map<string, Stored>();
  /** `METHOD path` of every request that is no discovery. */
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #watchers = new Set<(type: string, object: Stored, call: { kind: Kind }) => void>();
  #revision = 100;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(extra: Extra = () => false, upgrade?: Upgrade): Promise<TestApiserver> {
    const server = createServer();
    if (upgrade) server.on('upgrade', upgrade);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const api = new TestApiserver(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (extra(request, response)) return;
      api.#answer(request, response).catch((error: unknown) => {
        const status =
          error instanceof StatusError ? error.status : { kind: 'Status', status: 'Failure', code: 500, message: String(error) };
        send(response, { apiVersion: 'v1', ...status }, status.code ?? 500);
      });
    });
    return api;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Puts an object in place as it is, past all rules but defaults. */
  add(apiVersion: string, kindName: string, object: Json): void {
    const kind = kinds.find((k) => k.kind === kindName && formatApiVersion(k) === apiVersion) as Kind;
    const stored = structuredClone({ apiVersion, kind: kindName, ...object }) as Stored;
    kind.strategy.defaults?.(stored);
    this.#store(kind, stored, 'ADDED');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    if (url.pathname === '/api' || url.pathname === '/apis') return send(response, discovery(url.pathname === '/api'));
    if (url.pathname === '/version') return send(response, { major: '1', minor: '34', gitVersion: 'v1.34.0+test' });
    this.requests.push(`${request.method} ${request.url}`);
    const call = route(url, request.headers.accept ?? '');
    const body = await readBody(request, call.kind);
    if (request.method === 'GET' && call.query.get('watch')) return this.#watch(call, response);
    if (request.method === 'GET' && call.name === undefined) return send(response, rendered(call, this.#list(call)));
    if (request.method === 'GET') return send(response, rendered(call, this.#get(call)));
    if (request.method === 'POST' && call.subresource === undefined) return send(response, this.#create(call, body as Stored), 201);
    if (request.method === 'PUT') return send(response, this.#update(call, body as Stored));
    if (request.method === 'PATCH') return send(response, this.#patch(call, body, request.headers['content-type'] ?? ''));
    if (request.method === 'DELETE') return send(response, this.#delete(call));
    throw unknownPath();
  }

  #get({ kind, namespace, name = '' }: Call): Stored {
    const object = this.objects.get(keyOf(kind, namespace, name));
    if (!object) throw notFound(kind, name);
    return object;
  }

  #list({ kind, namespace, query }: Call): Stored[] {
    const labels = parseLabelSelector(query.get('labelSelector') ?? '');
    const fields = parseFieldSelector(query.get('fieldSelector') ?? '');
    const prefix = `${kind.group}/${kind.resource}/${namespace}`;
    return [...this.objects]
      .filter(([key]) => (namespace === '' ? key.startsWith(prefix) : key.startsWith(`${prefix}/`)))
      .map(([, object]) => object)
      .filter((object) => labels.matches(object.metadata.labels))
      .filter((object) =>
        fields.matches({
          'metadata.name': object.metadata.name ?? '',
          'metadata.namespace': object.metadata.namespace ?? '',
          ...kind.selectableFields?.(object),
        }),
      )
      .sort((a, b) => (keyOf(kind, a.metadata.namespace, a.metadata.name) < keyOf(kind, b.metadata.namespace, b.metadata.name) ? -1 : 1));
  }

  #create(call: Call, object: Stored): Stored {
    const { kind, namespace, query } = call;
    const { object: typed } = canonicalize(object, kind.schema);
    const created = typed as Stored;
    if (kind.namespaced) created.metadata.namespace = namespace;
    if (!created.metadata.name && created.metadata.generateName) created.metadata.name = `${created.metadata.generateName}x7x7x`;
    if (this.objects.has(keyOf(kind, namespace, created.metadata.name))) throw alreadyExists(kind, created.metadata.name ?? '');
    kind.strategy.defaults?.(created);
    kind.strategy.prepareForCreate?.(created);
    if (kind.kind === 'Service') allocate(created);
    const errors = [
      ...validateObjectMeta(created.metadata, { namespaced: kind.namespaced, ...kind.strategy }),
      ...(kind.strategy.validate?.(created) ?? []),
    ];
    if (errors.length > 0) throw invalid(kind, created.metadata.name ?? '', errors);
    if (query.get('dryRun')) return { ...created, metadata: { ...created.metadata, uid: uid(0), creationTimestamp: formatTime(0) } };
    return this.#store(kind, created, 'ADDED');
  }

  #update(call: Call, object: Stored): Stored {
    const old = this.#get(call);
    if (call.subresource === 'scale') return this.#scale(call, old, object);
    const updated = {
      ...object,
      metadata: { ...object.metadata, uid: old.metadata.uid, creationTimestamp: old.metadata.creationTimestamp },
    } as Stored;
    return this.#replace(call, updated, old);
  }

  #scale(call: Call, old: Stored, scale: Json): Stored {
    const updated = structuredClone(old);
    call.kind.subresources?.scale?.setReplicas(updated, (scale.spec as { replicas: number }).replicas);
    return rendered({ ...call, subresource: 'scale' }, this.#replace(call, updated, old)) as Stored;
  }

  #patch(call: Call, patch: unknown, type: string): Stored {
    const old = this.#get(call);
    if (call.subresource === 'scale') return this.#scale(call, old, patch as Json);
    const patched = type.includes('strategic')
      ? applyStrategicMergePatch(old, patch as Json, call.kind.schema)
      : type.includes('json-patch')
        ? applyJsonPatch(old, patch)
        : applyMergePatch(old, patch as Json);
    return this.#replace(call, canonicalize(patched, call.kind.schema).object as Stored, old);
  }

  #replace({ kind, query }: Call, object: Stored, old: Stored): Stored {
    kind.strategy.defaults?.(object);
    kind.strategy.prepareForUpdate?.(object, old);
    const errors = [...(kind.strategy.validate?.(object) ?? []), ...(kind.strategy.validateUpdate?.(object, old) ?? [])];
    if (errors.length > 0) throw invalid(kind, object.metadata.name ?? '', errors);
    if (JSON.stringify(object) === JSON.stringify(old) || query.get('dryRun')) return object;
    return this.#store(kind, object, 'MODIFIED');
  }

  #delete(call: Call): Json {
    const object = this.#get(call);
    if (!call.query.get('dryRun')) {
      this.objects.delete(keyOf(call.kind, object.metadata.namespace, object.metadata.name));
      for (const watcher of this.#watchers) watcher('DELETED', object, call);
    }
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: call.name, kind: call.kind.resource, uid: object.metadata.uid },
    };
  }

  #store(kind: Kind, object: Stored, type: 'ADDED' | 'MODIFIED'): Stored {
    this.#revision++;
    const stored: Stored = {
      ...object,
      apiVersion: formatApiVersion(kind),
      kind: kind.kind,
      metadata: {
        uid: uid(this.#revision),
        creationTimestamp: formatTime(Date.now()),
        ...object.metadata,
        resourceVersion: String(this.#revision),
      },
    };
    this.objects.set(keyOf(kind, stored.metadata.namespace, stored.metadata.name), stored);
    for (const watcher of this.#watchers) watcher(type, stored, { kind });
    return stored;
  }

  #watch(call: Call, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    const write = (type: string, object: Stored, { kind }: { kind: Kind }): void => {
      if (kind !== call.kind) return;
      const matching = this.#list(call).includes(object) || type === 'DELETED';
      if (matching) response.write(`${JSON.stringify({ type, object: rendered(call, object) })}\n`);
    };
    this.#watchers.add(write);
    response.once('close', () => this.#watchers.delete(write));
  }
}

const keyOf = (kind: Kind, namespace = '', name = ''): string => `${kind.group}/${kind.resource}/${namespace}/${name}`;
const uid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

function allocate(service: Stored): void {
  const spec = service.spec as Json;
  if (spec.clusterIP === undefined && spec.type !== 'ExternalName')
    Object.assign(spec, { clusterIP: '10.96.0.42', clusterIPs: ['10.96.0.42'] });
  for (const [i, port] of ((spec.ports ?? []) as Json[]).entries())
    if ((spec.type === 'NodePort' || spec.type === 'LoadBalancer') && !port.nodePort) port.nodePort = 30080 + i;
}

function route(url: URL, accept: string): Call {
  const parts = url.pathname.split('/').filter(Boolean);
  const [group, version] = parts[0] === 'api' ? ['', parts[1]] : [parts[1] ?? '', parts[2]];
  let rest = parts.slice(parts[0] === 'api' ? 2 : 3);
  let namespace = '';
  if (rest[0] === 'namespaces' && rest.length > 2) {
    namespace = rest[1] ?? '';
    rest = rest.slice(2);
  }
  const kind = kinds.find((k) => k.group === group && k.version === version && k.resource === rest[0]);
  if (!kind) throw unknownPath();
  return { kind, namespace, name: rest[1], subresource: rest[2], query: url.searchParams, accept };
}

function rendered({ kind, accept, subresource }: Call, what: Stored | Stored[]): Json {
  if (subresource === 'scale' && !Array.isArray(what)) {
    const replicas = kind.subresources?.scale?.replicas(what) ?? 0;
    return { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: what.metadata, spec: { replicas }, status: { replicas } };
  }
  if (accept.includes('as=Table')) return table(kind, Array.isArray(what) ? what : [what]);
  if (!Array.isArray(what)) return what;
  const items = what.map(({ apiVersion: _a, kind: _k, ...item }) => item);
  return { apiVersion: formatApiVersion(kind), kind: `${kind.kind}List`, metadata: { resourceVersion: '100' }, items };
}

function table(kind: Kind, objects: Stored[]): Json {
  const columns = kind.columns ?? [];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: '100' },
    columnDefinitions: columns.map(({ cell: _, format = '', priority = 0, ...column }) => ({ ...column, format, priority })),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, Date.now())),
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
    })),
  };
}

function discovery(core: boolean): Json {
  const groups = [...new Set(kinds.map(({ group }) => group))].filter((group) => (group === '') === core);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map((group) => ({
      metadata: { name: group },
      versions: [{ version: 'v1', freshness: 'Current', resources: kinds.filter((kind) => kind.group === group).map(describe) }],
    })),
  };
}

const describe = ({ group, version, kind, resource, singular, shortNames, categories, namespaced, subresources }: Kind): Json => ({
  resource,
  responseKind: { group, version, kind },
  scope: namespaced ? 'Namespaced' : 'Cluster',
  singularResource: singular,
  verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
  ...(subresources?.scale && {
    subresources: [
      { subresource: 'scale', responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' }, verbs: ['get', 'patch', 'update'] },
    ],
  }),
  ...(shortNames && { shortNames }),
  ...(categories && { categories }),
});

async function readBody(request: IncomingMessage, kind: Kind): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (request.headers['content-type']?.includes('protobuf'))
    return decodeProtobuf(bytes, { type: request.method === 'DELETE' ? 'DeleteOptions' : kind.schema }).object;
  return bytes.length === 0 ? undefined : JSON.parse(bytes.toString());
}

function send(response: ServerResponse, body: unknown, code = 200): void {
  const type =
    (body as Json).kind === 'APIGroupDiscoveryList'
      ? 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
      : 'application/json';
  response.writeHead(code, { 'content-type': type }).end(JSON.stringify(body));
}
