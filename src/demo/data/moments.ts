import type { Random } from '../random.js';

/** A second, in milliseconds. */
export const SECOND = 1_000;
/** A minute, in milliseconds. */
export const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
/** The youngest generated record is so old: what it took has ended by now. */
const YOUNGEST = 20 * MINUTE;

/** When so many things happened over the last day, in milliseconds since 1970, rising. */
export function moments(random: Random, count: number, now: number): number[] {
  const step = (DAY - YOUNGEST) / count;
  return Array.from({ length: count }, (_, index) => Math.floor(now - DAY + step * (index + random.next())));
}

/** The full second of a moment, as ISO 8601 with `Z`. */
export function isoSecond(moment: number): string {
  return `${new Date(moment).toISOString().slice(0, 19)}Z`;
}
