import { dayOf } from './route-use.js';

/** Days that are shown unless others are asked for. */
export const USUAL_DAYS = 30;

/**
 * The days from one time to another, both included, as days since 1970-01-01.
 * @param since microseconds since 1970; null: so many days that there are `count` of them
 */
export function daysBetween(
  since: number | null,
  until: number,
  count: number = USUAL_DAYS,
): { readonly from: number; readonly to: number } {
  const to = dayOf(until);
  return { from: since === null ? to - count + 1 : dayOf(since), to };
}
