/** The OpenAPI documents, as text: each is made for its first reader, and anew when its kinds change. */
import { createHash } from 'node:crypto';
import type { Kind } from '@t8s/api';
import { kubernetesVersion } from '@t8s/component';
import type { GroupVersion } from '@t8s/meta';
import type { RemoteCatalog } from '../aggregation/remote-catalog.ts';
import { groupVersionsOf } from '../discovery/group-versions.ts';
import type { ServedResources } from '../registry/served-resources.ts';
import { customDefinitions, isCustom } from './custom-schemas.ts';
import { definitionName } from './definition-names.ts';
import { withRemote } from './merge-v2.ts';
import { paths, pathTypes } from './paths.ts';
import { type Dialect, reachable, typeSchema } from './schemas.ts';
import { encodeOpenApiV2 } from './v2-protobuf.ts';

export interface OpenApiDocument {
  text: string;
  hash: string;
}

type Json = Record<string, unknown>;

const info = { title: 'Kubernetes', version: kubernetesVersion };

export class OpenApiDocuments {
  readonly #served: ServedResources;
  readonly #remotes: RemoteCatalog;
  /** OpenAPI 3.0 by path, with the kinds each was made of. */
  readonly #v3 = new Map<string, { kinds: readonly Kind[]; document: OpenApiDocument }>();
  #index: OpenApiDocument | undefined;
  #v2: OpenApiDocument | undefined;
  #v2Protobuf: Buffer | undefined;

  constructor(served: ServedResources, remotes: RemoteCatalog) {
    this.#served = served;
    this.#remotes = remotes;
    for (const source of [served, remotes])
      source.onChange(() => {
        this.#index = undefined;
        this.#v2 = undefined;
        this.#v2Protobuf = undefined;
      });
  }

  /** `/openapi/v2`: everything there is. */
  get v2(): OpenApiDocument {
    this.#v2 ??= written(this.#makeV2());
    return this.#v2;
  }

  get v2Protobuf(): Buffer {
    this.#v2Protobuf ??= encodeOpenApiV2(this.#makeV2());
    return this.#v2Protobuf;
  }

  /** `/openapi/v3`: where the document of each group-version is. */
  get index(): OpenApiDocument {
    this.#index ??= written({
      paths: Object.fromEntries([
        ...this.#groupVersions().map((gv) => {
          const path = pathOf(gv);
          return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${this.v3(gv)?.hash}` }] as const;
        }),
        ...this.#remotes.all.flatMap(({ openApiV3, ...gv }) => (openApiV3 ? [[pathOf(gv), openApiV3] as const] : [])),
      ]),
    });
    return this.#index;
  }

  /** `/openapi/v3/apis/<group>/<version>`, or undefined where it isn't served. */
  v3(gv: GroupVersion): OpenApiDocument | undefined {
    const path = pathOf(gv);
    const kinds = this.#kindsOf(gv);
    const known = this.#v3.get(path);
    if (known && known.kinds.length === kinds.length && known.kinds.every((kind, i) => kind === kinds[i])) return known.document;
    this.#v3.delete(path);
    if (kinds.length === 0) return undefined;
    const schemas = definitionsOf(kinds, 'v3');
    const document = written({ openapi: '3.0.0', info, paths: paths(kinds, 'v3'), components: { schemas } });
    this.#v3.set(path, { kinds, document });
    return document;
  }

  #makeV2(): Json {
    const all = this.#groupVersions().map((gv) => this.#kindsOf(gv));
    const definitions = definitionsOf(all.flat(), 'v2');
    const own = { swagger: '2.0', info, paths: Object.assign({}, ...all.map((kinds) => paths(kinds, 'v2'))) as Json, definitions };
    return this.#remotes.all.reduce((merged, remote) => withRemote(merged, remote), own);
  }

  #groupVersions(): GroupVersion[] {
    return [{ group: '', version: 'v1' }, ...groupVersionsOf(this.#served.all)];
  }

  #kindsOf({ group, version }: GroupVersion): Kind[] {
    return this.#served.kinds.filter((kind) => kind.group === group && kind.version === version);
  }
}

/** What definitions of custom resources and operations on them lead to. */
const customRoots = ['ObjectMeta', 'ListMeta', 'Scale'];

const pathOf = ({ group, version }: GroupVersion): string => (group === '' ? `api/${version}` : `apis/${group}/${version}`);

function written(document: object): OpenApiDocument {
  const text = JSON.stringify(document);
  return { text, hash: createHash('sha512').update(text).digest('hex').toUpperCase() };
}

function definitionsOf(kinds: readonly Kind[], dialect: Dialect): Json {
  const custom = kinds.filter(isCustom);
  const roots = [...pathTypes(kinds.filter((kind) => !isCustom(kind))), ...(custom.length > 0 ? customRoots : [])];
  const builtIn = reachable(roots).map((type) => [definitionName(type), typeSchema(type, dialect)]);
  return Object.assign(Object.fromEntries(builtIn), ...custom.map((kind) => customDefinitions(kind, dialect)));
}
