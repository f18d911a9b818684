/** Help in the layout of kubectl's. */
import { globalFlags } from './global-flags.ts';
import type { Flag, ListedVerb, Verb } from './verb.ts';

const optionsHint = 'Use "kubectl options" for a list of global command-line options (applies to all commands).\n';

export function helpText(verb: Verb, path: string): string {
  const parts = [`${verb.summary}${verb.summary.endsWith('.') ? '' : '.'}`];
  if (verb.about) parts.push(...verb.about.split('\n\n').map((paragraph) => ` ${paragraph}`));
  if (verb.aliases?.length) parts.push(`Aliases:\n${[verb.name, ...verb.aliases].join(', ')}`);
  if (verb.examples) parts.push(`Examples:\n${indented(verb.examples, '  ')}`);
  const { verbs = [], flags = [] } = verb;
  if (verbs.length > 0) parts.push(`Available Commands:\n${listText(verbs, verbs)}`);
  if (flags.length > 0) parts.push(`Options:\n${flagTexts(flags)}`);
  parts.push(`Usage:\n  ${[path, verb.usage ?? (verbs.length > 0 && !verb.run ? '[flags]' : '')].filter(Boolean).join(' ')} [options]`);
  if (verbs.length > 0) parts.push(`Use "${path} <command> --help" for more information about a given command.\n${optionsHint}`);
  else parts.push(optionsHint);
  return parts.join('\n\n');
}

/** What `kubectl` alone says. */
export function rootHelpText(verbs: readonly ListedVerb[]): string {
  return `kubectl controls the Kubernetes cluster manager.\n\n Find more information at: https://kubernetes.io/docs/reference/kubectl/\n\n${rootUsageText(verbs)}`;
}

export function rootUsageText(verbs: readonly ListedVerb[]): string {
  const groups = [...new Set(verbs.map(({ group }) => group))];
  const parts = groups.map(
    (group) =>
      `${group}:\n${listText(
        verbs.filter((verb) => verb.group === group),
        verbs,
      )}`,
  );
  parts.push('Usage:\n  kubectl [flags] [options]');
  return `${parts.join('\n\n')}\n\nUse "kubectl <command> --help" for more information about a given command.\n${optionsHint}`;
}

export const optionsText = (): string => `The following options can be passed to any command:\n\n${flagTexts(globalFlags)}\n`;

/** Names in a column as wide as the longest of `all`. */
function listText(verbs: readonly Pick<Verb, 'name' | 'summary'>[], all: readonly Pick<Verb, 'name'>[]): string {
  const width = Math.max(11, ...all.map(({ name }) => name.length)) + 3;
  return verbs.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`).join('\n');
}

const flagTexts = (flags: readonly Flag[]): string =>
  flags
    .filter(({ deprecated }) => deprecated === undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(flagText)
    .join('\n\n');

function flagText({ name, short, type, default: initial, help }: Flag): string {
  const shown =
    type === 'strings' || type === 'texts'
      ? '[]'
      : type === 'boolean' || type === 'number' || type === 'duration'
        ? String(initial ?? (type === 'number' ? 0 : false))
        : `'${initial ?? ''}'`;
  return `    ${short ? `-${short}, ` : ''}--${name}=${shown}:\n\t${help}`;
}

const indented = (text: string, by: string): string =>
  text
    .split('\n')
    .map((line) => by + line)
    .join('\n');
