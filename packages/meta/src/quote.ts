/** Text as Go's %q has it: that of JSON but for what can't be printed. */
export const quote = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /(\\\\)|\\u00([01][0-9a-f])|[\x7f-\x9f]/g,
    (found, backslash: string | undefined, code: string | undefined) => {
      if (backslash !== undefined) return backslash;
      if (code === undefined) return found === '\x7f' ? '\\x7f' : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
      return { '07': '\\a', '0b': '\\v' }[code] ?? `\\x${code}`;
    },
  );
