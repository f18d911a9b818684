const width = 76;

/** `text` in lines of up to 76 characters where its words allow it, four spaces in. */
export const paragraph = (text: string): string =>
  text
    .split('\n')
    .map((line) => `    ${wrapped(line).replaceAll('\n', '\n    ')}`)
    .join('\n');

function wrapped(line: string): string {
  let text = '';
  let column = 0;
  for (const [, spaces = '', word = ''] of line.matchAll(/(\s*)(\S*)/g)) {
    if (column > 0 && word !== '' && column + spaces.length + word.length > width) {
      text += `\n${word}`;
      column = word.length;
    } else {
      text += spaces + word;
      column += spaces.length + word.length;
    }
  }
  return text;
}
