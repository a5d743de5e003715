import { isUtf8 } from 'node:buffer';

// Numbers that a double does not hold: sixteen digits and more, or an exponent of three.
const BIG_NUMBER = /[:,[]\s*-?(?:\d{16}|\d[\d.]*[eE]\+?\d{3})/;

/** What a reviver is told besides key and value (ECMAScript, JSON.parse source text access). */
interface SourceText {
  readonly source?: string;
}
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

/**
 * Parses the bytes of one JSON value. A number that JavaScript cannot hold becomes an object that `JSON.stringify`
 * writes as the number it was, so that free-form fields survive exactly.
 * @throws Error with a reason that is safe to show, when the bytes are not UTF-8 or not JSON
 */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new Error('not UTF-8');
  const text = bytes.toString('utf8');
  try {
    return BIG_NUMBER.test(text) ? JSON.parse(text, keepNumber) : JSON.parse(text);
  } catch (error) {
    throw new Error(`not JSON (${reason(error)})`, { cause: error });
  }
}

function keepNumber(_key: string, value: unknown, context?: SourceText): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || context?.source === undefined) return value;
  return String(value) === context.source ? value : rawJson(context.source);
}

/** The parser's message without the excerpt of the text, which may be long and hold anything. */
function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/, (?:\.\.\.)?".*$/s, '').replace(/ in JSON at position.*$/s, '');
}
