import { BuildgateError } from './errors.js';

/**
 * Times are integers: microseconds since 1970-01-01T00:00:00Z. Texts are ISO 8601 in UTC, with six digits of fraction
 * where it is not zero. Years 0001 to 9999; before June 1684 and after June 2255 whole seconds are exact and fractions
 * are not, because a number has 53 bits.
 */
const DAY = 86_400_000_000;
const SECOND = 1_000_000;
const MIN = Date.UTC(1, 0, 1) * 1000 - (Date.UTC(1, 0, 1) - new Date('0001-01-01T00:00:00Z').getTime()) * 1000;
const LAST_SECOND = Date.UTC(9999, 11, 31, 23, 59, 59) * 1000;
/** The last time that a number can tell from the year 10000. */
const MAX = LAST_SECOND + 999_968;
const ISO = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|z|([+-])(\d{2}):(\d{2}))$/;

const TWO = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));
const MAX_DAYS = 20_000;
const days = new Map<number, string>();

/** The ISO text of a time. Dates are formatted once per day, clock times from a table. */
export function formatTime(micros: number): string {
  const day = Math.floor(micros / DAY);
  const rest = micros - day * DAY;
  const seconds = Math.floor(rest / SECOND);
  const fraction = rest - seconds * SECOND;
  const hour = Math.floor(seconds / 3600);
  const minute = Math.floor(seconds / 60) - hour * 60;
  const clock = `${TWO[hour]}:${TWO[minute]}:${TWO[seconds % 60]}`;
  const decimals = fraction === 0 ? '' : `.${String(fraction).padStart(6, '0')}`;
  return `${dayText(day)}T${clock}${decimals}Z`;
}

function dayText(day: number): string {
  let text = days.get(day);
  if (text === undefined) {
    text = new Date(day * (DAY / 1000)).toISOString().slice(0, -14);
    if (days.size >= MAX_DAYS) days.clear();
    days.set(day, text);
  }
  return text;
}

/** Reads an ISO 8601 time with zone; digits beyond microseconds are cut off. Null when the text is none. */
export function parseTime(text: string): number | null {
  const match = ISO.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction = '', , sign, offsetHours = '0', offsetMinutes = '0'] =
    match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const valid = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!valid || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return null;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -1 : 1);
  const seconds = (Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second);
  const whole = date.getTime() * 1000 + seconds * SECOND;
  if (whole < MIN || whole > LAST_SECOND) return null;
  return Math.min(whole + Number(fraction.slice(0, 6).padEnd(6, '0')), MAX);
}

/**
 * A time that a field must hold, and a column can: one beyond 53 bits could be stored and not be read again.
 * @throws BuildgateError INVALID naming the field
 */
export function requireTime(field: string, text: unknown): number {
  const micros = typeof text === 'string' ? parseTime(text) : null;
  if (micros === null) throw new BuildgateError('INVALID', `${field}: not a time such as 2019-08-01T06:30:46Z.`);
  if (!Number.isSafeInteger(micros))
    throw new BuildgateError('INVALID', `${field}: not between the years 1685 and 2254.`);
  return micros;
}
