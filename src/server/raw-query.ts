import { decodeFormText, isUtf8FormText } from './percent-encoding.js';

/**
 * A query as the client wrote it: a flat, ordered list of pairs. `state[]` and `x[y]` are names like any other, a
 * repeated name keeps every value, `__proto__` is harmless.
 */
export class RawQuery {
  /** Names and values, decoded, in the order sent; a name without `=` has the empty value. */
  readonly pairs: readonly (readonly [name: string, value: string])[];

  /** @param text what follows the `?`, still encoded */
  constructor(private readonly text: string) {
    this.pairs = text
      .split('&')
      .filter((piece) => piece !== '')
      .map((piece) => {
        const equals = piece.indexOf('=');
        if (equals < 0) return [decodeFormText(piece), ''];
        return [decodeFormText(piece.slice(0, equals)), decodeFormText(piece.slice(equals + 1))];
      });
  }

  /** The first value of a name, undefined when the name does not occur. */
  first(name: string): string | undefined {
    return this.pairs.find(([candidate]) => candidate === name)?.[1];
  }

  /** The last value of a name, undefined when the name does not occur. */
  last(name: string): string | undefined {
    return this.pairs.findLast(([candidate]) => candidate === name)?.[1];
  }

  /** All values of a name in the order sent. */
  all(name: string): string[] {
    return this.pairs.filter(([candidate]) => candidate === name).map(([, value]) => value);
  }

  /** Whether every value is UTF-8 once its escapes are resolved; in others U+FFFD stands for what is none. */
  hasUtf8Values(): boolean {
    return this.text.split('&').every((piece) => isUtf8FormText(piece.slice(piece.indexOf('=') + 1)));
  }
}
