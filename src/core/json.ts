/**
 * Where a text may hold numbers that a double does not: sixteen characters of digits and more, or an exponent of three
 * digits. Found in strings, too: then only time is lost.
 */
const LONG_NUMBER = /(?:^|[:,[])\s*-?(?:\d[\d.]{15}|\d[\d.]*[eE][+-]?\d{3})/;
/** Length of a number whose digits a double always holds: fifteen, and a point or a sign. */
const SHORT = 16;
/** An integer without a fraction but zero. */
const INTEGER = /^-?\d+(?:\.0*)?(?:[eE]\+?\d+)?$/;

/** What a reviver is told besides key and value (ECMAScript, JSON.parse source text access). */
interface SourceText {
  readonly source?: string;
}
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;
/** Whether a parsed value stands for a number that JavaScript does not hold exactly. */
export const isRawJson = (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON;

/**
 * Parses JSON text. A number that JavaScript cannot hold becomes an object that `JSON.stringify` writes as the number it
 * was, so that free-form values survive exactly. Pass such an object on as it is: a copy of its members is no number.
 * @throws SyntaxError when the text is not JSON
 */
export function parseExact(text: string): unknown {
  return LONG_NUMBER.test(text) ? JSON.parse(text, keepNumber) : JSON.parse(text);
}

function keepNumber(_key: string, value: unknown, context?: SourceText): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || String(value) === source) return value;
  return isExactInteger(value, source) ? value : rawJson(source);
}

/** Whether an integer stands there, however it is spelt: a long fraction may have been rounded to one, a small one to 0. */
function isExactInteger(value: number, source: string): boolean {
  if (!Number.isSafeInteger(value)) return false;
  return INTEGER.test(source) || (value !== 0 && source.length <= SHORT);
}

/** Whether a parsed value is a JSON object: no list, no null, and no number that is kept as an object. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJson(value);
}
