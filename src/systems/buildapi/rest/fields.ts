import { BuildgateError } from '../../../core/errors.js';
import type { JsonObject, JsonValue } from './represent.js';

/** Optional white space, optional sign, digits, optional white space (contract buildapi section 2.4); any size. */
export function parseInteger(text: string): bigint | undefined {
  const [, sign, digits] = /^\s*([+-]?)([0-9]+)\s*$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return sign === '-' ? -BigInt(digits) : BigInt(digits);
}

/**
 * An integer as text in its canonical form.
 * @throws BuildgateError INVALID with the refusal when the text is no integer, is empty or missing
 */
export function idText(text: string | undefined, refusal: string): string {
  const id = text === undefined ? undefined : parseInteger(text);
  if (id === undefined) throw new BuildgateError('INVALID', refusal);
  return id.toString();
}

const INT32 = 2n ** 31n;
const MAX_COUNT = 1000n;

/** A priority that must be given. @throws BuildgateError INVALID `Bad priority`, also beyond 32 bits */
export function requiredPriority(text: string | undefined): number {
  const priority = parseInteger(text ?? '');
  if (priority === undefined || priority < -INT32 || priority >= INT32) {
    throw new BuildgateError('INVALID', 'Bad priority');
  }
  return Number(priority);
}

/** A priority, 0 when it is missing or empty. @throws BuildgateError INVALID `Bad priority` */
export function optionalPriority(text: string | undefined): number {
  return requiredPriority(text || '0');
}

/**
 * How many times to build, 1 when it is missing or empty.
 * @throws BuildgateError INVALID `Bad count`, also above 1000. Any negative number makes nothing, so those beyond 32
 * bits are cut to that
 */
export function optionalCount(text: string | undefined): number {
  const count = parseInteger(text || '1');
  if (count === undefined || count > MAX_COUNT) throw new BuildgateError('INVALID', 'Bad count');
  return Number(count < -INT32 ? -INT32 : count);
}

/** A JSON object given as text; anything else is the empty one. */
export function objectOf(text: string | undefined): JsonObject {
  const value = jsonOf(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** A JSON array given as text; anything else is the empty one. */
export function arrayOf(text: string | undefined): readonly JsonValue[] {
  const value = jsonOf(text);
  return Array.isArray(value) ? value : [];
}

/** Levels of nesting beyond which a text counts as bad JSON: the gate takes no deeper variables. */
const MAX_NESTING = 90;

function jsonOf(text: string | undefined): JsonValue {
  try {
    const value = JSON.parse(text ?? '') as JsonValue;
    return isDeeperThan(MAX_NESTING, value) ? null : value;
  } catch {
    return null;
  }
}

function isDeeperThan(levels: number, value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(levels - 1, member));
}

/** How much of the job log is asked for: one bad value resets both (section 5.8). */
export function jobWindow(num: string | undefined, offset: string | undefined): { first: number; offset: number } {
  const both = [num ?? '100', offset ?? '0'].map(parseInteger);
  if (both.some((value) => value === undefined || value < 0n)) return { first: 100, offset: 0 };
  const [first, skipped] = both as [bigint, bigint];
  // No log is that long.
  if (skipped >= INT32) return { first: 0, offset: 0 };
  return { first: Number(first >= INT32 ? INT32 - 1n : first), offset: Number(skipped) };
}

/** Seconds of times that records can have, years 1716 to 2223; others are moved to the nearest bound. */
const FAR = 8_000_000_000;

/** ISO text of an instant (seconds since 1970) for comparisons. */
export function isoTime(instant: number): string {
  return new Date(Math.max(-FAR, Math.min(FAR, instant)) * 1000).toISOString();
}
