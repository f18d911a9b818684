/** Help in the layout of kubectl's. */
import type { Flag, Verb } from './verb.ts';

export function helpText(verb: Verb, path: string): string {
  const parts = [`${verb.summary}${verb.summary.endsWith('.') ? '' : '.'}`];
  if (verb.about) parts.push(...verb.about.split('\n\n').map((paragraph) => ` ${paragraph}`));
  if (verb.examples) parts.push(`Examples:\n${indented(verb.examples, '  ')}`);
  const children = verb.verbs ?? [];
  const width = Math.max(0, ...children.map(({ name }) => name.length)) + 2;
  if (children.length > 0)
    parts.push(`Available Commands:\n${children.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`).join('\n')}`);
  if (verb.flags?.length)
    parts.push(
      `Options:\n${[...verb.flags]
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(flagText)
        .join('\n\n')}`,
    );
  const usage = children.length > 0 ? `${path} SUBCOMMAND` : [path, verb.usage].filter(Boolean).join(' ');
  parts.push(`Usage:\n  ${usage} [options]`);
  if (children.length > 0) parts.push(`Use "${path} <command> --help" for more information about a given command.`);
  return `${parts.join('\n\n')}\nUse "kubectl options" for a list of global command-line options (applies to all commands).\n`;
}

export function flagText({ name, short, type, default: initial, help }: Flag): string {
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
