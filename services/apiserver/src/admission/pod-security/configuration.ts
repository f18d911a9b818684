/** What holds for namespaces that say nothing, and whom PodSecurity is not for (pod-security.admission.config.k8s.io/v1). */
import { duplicate, type FieldError, invalidValue, isDns1123Label, isDns1123Subdomain, required } from '@t8s/meta';
import type { ConfigurationForm } from '../configuration.ts';
import { isLevel, type Level, levelRule, type Mode, type Policy, privileged, readVersion, versionRule } from './policy.ts';

export interface PodSecurityConfiguration {
  defaults: Readonly<Record<string, string>>;
  exemptions: Readonly<Record<'usernames' | 'namespaces' | 'runtimeClasses', readonly string[]>>;
}

const modes = ['enforce', 'audit', 'warn'] as const;
const strings = { type: 'array', items: { type: 'string' }, default: [] };
const text = (value: string): object => ({ type: 'string', default: value });
const group = 'pod-security.admission.config.k8s.io';

export const podSecurityForm: ConfigurationForm = {
  types: ['v1', 'v1beta1', 'v1alpha1'].map((version) => `${group}/${version}, Kind=PodSecurityConfiguration`),
  schema: {
    type: 'object',
    properties: {
      defaults: {
        type: 'object',
        default: {},
        properties: Object.fromEntries(
          modes.flatMap((mode) => [
            [mode, text('privileged')],
            [`${mode}-version`, text('latest')],
          ]),
        ),
      },
      exemptions: { type: 'object', default: {}, properties: { usernames: strings, namespaces: strings, runtimeClasses: strings } },
    },
  },
  validate: ({ defaults, exemptions }: PodSecurityConfiguration) => [
    ...modes.flatMap((mode) => validateDefaults(mode, defaults)),
    ...each('exemptions.namespaces', exemptions.namespaces, invalidBy(isDns1123Label)),
    ...each('exemptions.runtimeClasses', exemptions.runtimeClasses, invalidBy(isDns1123Subdomain)),
    ...each('exemptions.usernames', exemptions.usernames, (field, name) => (name === '' ? required(field) : undefined)),
  ],
};

function validateDefaults(mode: Mode, defaults: PodSecurityConfiguration['defaults']): FieldError[] {
  const [level = '', version = ''] = [defaults[mode], defaults[`${mode}-version`]];
  return [
    ...(isLevel(level) ? [] : [invalidValue(`defaults.${mode}`, level, levelRule)]),
    ...(readVersion(version) === undefined ? [invalidValue(`defaults.${mode}-version`, version, versionRule)] : []),
  ];
}

type Rule = (field: string, value: string) => FieldError | undefined;

const invalidBy =
  (rule: (value: string) => readonly string[]): Rule =>
  (field, value) => {
    const wrong = rule(value);
    return wrong.length > 0 ? invalidValue(field, value, wrong.join(', ')) : undefined;
  };

function each(field: string, values: readonly string[], rule: Rule): FieldError[] {
  return values.flatMap((value, i) => {
    const at = `${field}[${i}]`;
    const error = rule(at, value) ?? (values.indexOf(value) < i ? duplicate(at, value) : undefined);
    return error ? [error] : [];
  });
}

/** The policy of namespaces without labels. */
export function defaultPolicy(configuration: PodSecurityConfiguration | undefined): Policy {
  if (!configuration) return privileged;
  const { defaults } = configuration;
  const of = (mode: Mode): Policy[Mode] => ({
    level: defaults[mode] as Level,
    version: readVersion(defaults[`${mode}-version`] ?? '') ?? Number.POSITIVE_INFINITY,
  });
  return { enforce: of('enforce'), audit: of('audit'), warn: of('warn') };
}
