import { type CST, Lexer, type LineCounter, Parser } from 'yaml';
import { DecodeError } from './decode-error.ts';

/** Deeper documents are refused: what works on them recurses, and a stack that overflows within a regular expression ends the process. */
export const maxYamlDepth = 250;
/** How many parts a document of a request may have: each costs some microseconds in which nobody else is served. */
export const maxLexemes = 100_000;

/** The parts of a YAML text as the composer takes them, read no further than the limits. Throws DecodeError. */
export function* yamlTokens(text: string, { lines, limit }: { lines: LineCounter; limit: number }): Generator<CST.Token> {
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (++lexemes > limit) throw new DecodeError(`yaml: the document has more than ${limit} parts`);
    yield* parser.next(lexeme);
    if (parser.stack.length > maxYamlDepth) throw new DecodeError(`yaml: exceeded max depth of ${maxYamlDepth}`);
  }
  yield* parser.end();
}
