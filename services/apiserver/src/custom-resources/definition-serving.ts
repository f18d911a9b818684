/** What one definition brings to the API, as long as nothing in it changes. */
import {
  addCustomType,
  type CustomKind,
  type CustomResourceDefinition,
  type CustomResourceDefinitionVersion,
  kindOfCustomResource,
} from '@t8s/api';
import { type GroupResource, methodNotSupported, type StatusError } from '@t8s/meta';
import type { WatchCache } from '@t8s/storage';
import type { ServedResource } from '../context.ts';
import { isTrue } from './conditions.ts';
import type { Converter } from './conversion/converter.ts';
import { CustomForm } from './form.ts';
import { rulesOf } from './rules/check-rules.ts';

export interface ServingOptions {
  crd: CustomResourceDefinition;
  cache: WatchCache;
  converter: Converter;
}

export class DefinitionServing {
  /** Definitions with the same one serve the same. */
  readonly fingerprint: string;
  readonly storage: string;
  /** In the version that objects are stored in, whether it is served or not. */
  readonly stored: ServedResource;
  readonly #resources: readonly ServedResource[];
  readonly #refusing: readonly ServedResource[];
  readonly #forms: readonly CustomForm[];
  readonly #forgetTypes: readonly (() => void)[];

  constructor({ crd, cache, converter }: ServingOptions) {
    this.fingerprint = fingerprint(crd);
    const { group, versions, names } = crd.spec;
    const storage = storageOf(crd);
    this.storage = storage;
    const kinds = new Map(versions.map((version) => [version.name, kindOfCustomResource(crd, version, { rulesOf })]));
    const storageKind = kindIn(kinds, versions.find((version) => version.storage) ?? versions[0]);
    const sources = { source: () => cache.resource(storage), revision: () => cache.revision };
    const made = versions.map((version) => {
      const kind = kindIn(kinds, version);
      const form = new CustomForm({ kind, storageKind, kinds, converter, ...sources });
      return { form, resource: { kind, storage, storageVersion: storageKind.version, form } satisfies ServedResource, version };
    });
    this.#forms = made.map(({ form }) => form);
    this.#resources = made.filter(({ version }) => version.served).map(({ resource }) => resource);
    this.#refusing = this.#resources.map((resource) => ({ ...resource, refusal }));
    this.#forgetTypes = [...kinds.values()].map(addCustomType);
    const inStorage = made.find(({ resource }) => resource.kind === storageKind);
    if (!inStorage) throw new Error(`${names.plural}.${group} has no version`);
    this.stored = inStorage.resource;
  }

  /** What is served. Nothing is created any more while the definition is on its way out. */
  resources(isTerminating: boolean): readonly ServedResource[] {
    return isTerminating ? this.#refusing : this.#resources;
  }

  /** Ends what goes on with it. */
  retire(): void {
    for (const forget of this.#forgetTypes) forget();
    for (const form of this.#forms) form.retire();
  }
}

function refusal(verb: string, resource: GroupResource): StatusError | undefined {
  if (verb !== 'create') return undefined;
  const error = methodNotSupported(resource, verb);
  error.status.message = `${verb} not allowed while custom resource definition is terminating`;
  return error;
}

function kindIn(kinds: ReadonlyMap<string, CustomKind>, version: CustomResourceDefinitionVersion | undefined): CustomKind {
  const kind = kinds.get(version?.name ?? '');
  if (!kind) throw new Error(`the definition has no version ${version?.name}`);
  return kind;
}

export const fingerprint = ({ metadata, spec, status }: CustomResourceDefinition): string =>
  JSON.stringify([metadata.uid, spec, status?.acceptedNames]);

/** Where the objects of a definition lie: `/registry/<group>/<plural>/…`. */
export const storageOf = ({ spec: { group, names } }: CustomResourceDefinition): string => `${group}/${names.plural}`;

export const isTerminating = (crd: CustomResourceDefinition): boolean =>
  crd.metadata.deletionTimestamp !== undefined || isTrue(crd, 'Terminating');
