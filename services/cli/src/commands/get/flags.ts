import { fileFlags, selectorFlag } from '../shared-flags.ts';
import type { Flag } from '../verb.ts';

export const getFlags: readonly Flag[] = [
  {
    name: 'all-namespaces',
    short: 'A',
    type: 'boolean',
    default: false,
    help: 'If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if specified with --namespace.',
  },
  {
    name: 'allow-missing-template-keys',
    type: 'boolean',
    default: true,
    help: 'If true, ignore any errors in templates when a field or map key is missing in the template.',
  },
  { name: 'chunk-size', type: 'number', default: 500, help: 'Return large lists in chunks rather than all at once.' },
  {
    name: 'field-selector',
    type: 'string',
    help: "Selector (field query) to filter on, supports '=', '==', and '!='.(e.g. --field-selector key1=value1,key2=value2).",
  },
  ...fileFlags('identifying the resource to get from a server.'),
  {
    name: 'ignore-not-found',
    type: 'boolean',
    default: false,
    help: 'If the requested object does not exist the command will return exit code 0.',
  },
  { name: 'label-columns', short: 'L', type: 'strings', help: 'A comma separated list of labels that are presented as columns.' },
  {
    name: 'no-headers',
    type: 'boolean',
    default: false,
    help: "When using the default or custom-column output format, don't print headers.",
  },
  {
    name: 'output',
    short: 'o',
    type: 'string',
    help: 'Output format. One of: (json, yaml, name, jsonpath, jsonpath-as-json, jsonpath-file, go-template, go-template-file, custom-columns, custom-columns-file, wide).',
  },
  {
    name: 'output-watch-events',
    type: 'boolean',
    default: false,
    help: 'Output watch event objects when --watch or --watch-only is used.',
  },
  { name: 'raw', type: 'string', help: 'Raw URI to request from the server.' },
  selectorFlag,
  { name: 'show-kind', type: 'boolean', default: false, help: 'If present, list the resource type for the requested object(s).' },
  { name: 'show-labels', type: 'boolean', default: false, help: 'When printing, show all labels as the last column.' },
  {
    name: 'show-managed-fields',
    type: 'boolean',
    default: false,
    help: 'If true, keep the managedFields when printing objects in JSON or YAML format.',
  },
  {
    name: 'sort-by',
    type: 'string',
    help: "Sort by this field, a JSONPath expression (e.g. '{.metadata.name}') that leads to an integer or a string.",
  },
  { name: 'subresource', type: 'string', help: 'If specified, gets the subresource of the requested object.' },
  { name: 'template', type: 'string', help: 'Template string or path to template file to use when -o=go-template, -o=go-template-file.' },
  { name: 'watch', short: 'w', type: 'boolean', default: false, help: 'After listing/getting the requested object, watch for changes.' },
  {
    name: 'watch-only',
    type: 'boolean',
    default: false,
    help: 'Watch for changes to the requested object(s), without listing/getting first.',
  },
];
