import { isUtf8 } from 'node:buffer';
import { parseExact } from '../json.js';

/**
 * Parses the bytes of one JSON value, numbers as `parseExact` has them.
 * @throws Error with a reason that is safe to show, when the bytes are not UTF-8 or not JSON
 */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new Error('not UTF-8');
  try {
    return parseExact(bytes.toString('utf8'));
  } catch (error) {
    throw new Error(`not JSON (${reason(error)})`, { cause: error });
  }
}

/** The parser's message without the excerpt of the text, which may be long and hold anything. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/, (?:\.\.\.)?".*$/s, '').replace(/ in JSON at position.*$/s, '');
}
