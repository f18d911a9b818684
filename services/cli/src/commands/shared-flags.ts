/** Flags that several commands take. */
import type { Flag } from './verb.ts';

export const selectorFlag: Flag = {
  name: 'selector',
  short: 'l',
  type: 'string',
  help: "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'.(e.g. -l key1=value1,key2=value2,key3 in (value3)).",
};

export const fileFlags = (purpose: string): Flag[] => [
  { name: 'filename', short: 'f', type: 'strings', help: `Filename, directory, or URL to files ${purpose}` },
  { name: 'recursive', short: 'R', type: 'boolean', default: false, help: 'Process the directory used in -f, --filename recursively.' },
];

export const dryRunFlag: Flag = {
  name: 'dry-run',
  type: 'optional',
  default: 'none',
  implied: 'unchanged',
  help: 'Must be "none", "server", or "client". If client strategy, only print the object that would be sent, without sending it. If server strategy, submit server-side request without persisting the resource.',
};

/** How something is deleted. */
export const deletionFlags: readonly Flag[] = [
  {
    name: 'cascade',
    type: 'optional',
    default: 'background',
    implied: 'background',
    help: 'Must be "background", "orphan", or "foreground": what happens to dependents.',
  },
  {
    name: 'force',
    type: 'boolean',
    default: false,
    help: 'If true, immediately remove resources from API and bypass graceful deletion.',
  },
  {
    name: 'grace-period',
    type: 'number',
    default: -1,
    help: 'Period of time in seconds given to the resource to terminate gracefully. Ignored if negative.',
  },
];

export const outputFlag: Flag = {
  name: 'output',
  short: 'o',
  type: 'string',
  help: 'Output format. One of: (json, yaml, name, jsonpath, jsonpath-as-json, jsonpath-file).',
};

export const fieldManagerFlag = (initial: string): Flag => ({
  name: 'field-manager',
  type: 'string',
  default: initial,
  help: 'Name of the manager used to track field ownership.',
});

export const validateFlag: Flag = {
  name: 'validate',
  type: 'optional',
  default: 'strict',
  implied: 'strict',
  help: 'Must be one of: strict (or true), warn, ignore (or false): what the server does about unknown and duplicate fields.',
};

export const recordFlag: Flag = {
  name: 'record',
  type: 'boolean',
  default: false,
  deprecated: '--record will be removed in the future',
  help: 'Record current kubectl command in the resource annotation.',
};

export const allNamespacesFlag: Flag = {
  name: 'all-namespaces',
  short: 'A',
  type: 'boolean',
  default: false,
  help: 'If true, check the specified action in all namespaces.',
};

export const fieldSelectorFlag: Flag = {
  name: 'field-selector',
  type: 'string',
  help: "Selector (field query) to filter on, supports '=', '==', and '!='.(e.g. --field-selector key1=value1,key2=value2).",
};

export const localFlag: Flag = {
  name: 'local',
  type: 'boolean',
  default: false,
  help: 'If true, the command will NOT contact api-server but run locally.',
};
