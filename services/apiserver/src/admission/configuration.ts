/** --admission-control-config-file: an AdmissionConfiguration with the configurations of plugins, or the files they are in. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { applyDefaults, compileSchema, type JSONSchemaProps, prune, validateAgainst } from '@t8s/api';
import { DecodeError, decodeYaml } from '@t8s/codec';
import { UsageError } from '@t8s/component';
import { aggregate, duplicate, type FieldError, fieldErrorMessage, forbiddenField, notSupported, required } from '@t8s/meta';
import { type NodeSelectorConfiguration, nodeSelectorForm } from './pod-node-selector/configuration.ts';
import { type PodSecurityConfiguration, podSecurityForm } from './pod-security/configuration.ts';
import { type QuotaConfiguration, quotaForm } from './resource-quota/configuration.ts';

/** What a plugin takes. */
export interface ConfigurationForm {
  /** `apiVersion, Kind=kind` it may have, the newest first; none for one without versions. */
  types: readonly string[];
  schema: JSONSchemaProps;
  /** What the schema can't say. */
  validate?(configuration: never): FieldError[];
}

/** By plugin; what is not configured is as upstream's default. */
export interface AdmissionConfiguration {
  PodNodeSelector?: NodeSelectorConfiguration;
  PodSecurity?: PodSecurityConfiguration;
  ResourceQuota?: QuotaConfiguration;
}

const forms: Readonly<Record<keyof AdmissionConfiguration, ConfigurationForm>> = {
  PodNodeSelector: nodeSelectorForm,
  PodSecurity: podSecurityForm,
  ResourceQuota: quotaForm,
};

interface Entry {
  name: string;
  path?: string;
  configuration?: Json | null;
}

type Json = Record<string, unknown>;

const fileForm: ConfigurationForm = {
  types: ['apiserver.config.k8s.io/v1, Kind=AdmissionConfiguration', 'apiserver.k8s.io/v1alpha1, Kind=AdmissionConfiguration'],
  schema: {
    type: 'object',
    properties: {
      plugins: {
        type: 'array',
        items: {
          type: 'object',
          required: ['name'],
          properties: {
            name: { type: 'string' },
            path: { type: 'string' },
            configuration: { type: 'object', nullable: true, 'x-kubernetes-preserve-unknown-fields': true },
          },
        },
      },
    },
  },
};

/** Throws UsageError naming the file, the field and the reason. */
export function readAdmissionConfiguration(file: string | undefined): AdmissionConfiguration {
  if (!file) return {};
  const root = readFile(file);
  check(root, fileForm, { file, path: '' });
  const found: Record<string, Json> = {};
  for (const [i, { name, path, configuration }] of ((root['plugins'] as Entry[] | undefined) ?? []).entries()) {
    const at = `plugins[${i}]`;
    const form = forms[name as keyof AdmissionConfiguration] as ConfigurationForm | undefined;
    if (found[name]) throw refuse(file, [duplicate(`${at}.name`, name)]);
    if (!form && (path || configuration)) throw refuse(file, [forbiddenField(at, `plugin "${name}" takes no configuration`)]);
    if (!form) continue;
    const source = configuration ? { file, path: `${at}.configuration` } : { file: resolve(dirname(file), path ?? ''), path: '' };
    const own = configuration ?? (path ? readFile(source.file) : undefined);
    if (own) found[name] = check(own, form, source);
  }
  return found as AdmissionConfiguration;
}

interface Source {
  file: string;
  /** Of the field that is looked at. */
  path: string;
}

/** Gives `value` back with its defaults. */
function check(value: Json, { types, schema, validate }: ConfigurationForm, { file, path }: Source): Json {
  const within = (field: string): string => [path, field].filter(Boolean).join('.');
  const compiled = compileSchema(schema);
  const errors = types.length > 0 ? typeErrors(value, types) : [];
  const unknown = errors.length > 0 ? [] : prune(value, compiled).map((field) => forbiddenField(field, 'unknown field'));
  if (errors.length === 0) {
    applyDefaults(value, compiled);
    errors.push(...unknown, ...validateAgainst(value, compiled));
  }
  if (errors.length === 0) errors.push(...(validate?.(value as never) ?? []));
  if (errors.length > 0)
    throw refuse(
      file,
      errors.map((error) => ({ ...error, field: within(error.field) })),
    );
  return value;
}

function typeErrors({ apiVersion, kind }: Json, types: readonly string[]): FieldError[] {
  if (!apiVersion) return [required('apiVersion')];
  if (!kind) return [required('kind')];
  const type = `${apiVersion}, Kind=${kind}`;
  return types.includes(type) ? [] : [notSupported('kind', type, types)];
}

function readFile(file: string): Json {
  try {
    const { object, strictErrors } = decodeYaml(readFileSync(file));
    if (strictErrors.length > 0) throw new DecodeError(strictErrors.join(', '));
    return object;
  } catch (error) {
    if (error instanceof DecodeError) throw new UsageError(`${flag}: ${file}: ${error.message}`);
    throw new UsageError(`${flag}: cannot read ${file}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

const flag = '--admission-control-config-file';

const refuse = (file: string, errors: readonly FieldError[]): UsageError =>
  new UsageError(`${flag}: ${file}: ${aggregate(errors.map(fieldErrorMessage))}`);
