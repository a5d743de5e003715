import { BuildgateError } from './errors.js';

/**
 * Times are integers: microseconds since 1970-01-01T00:00:00Z. Texts are ISO 8601 in UTC, with six digits of fraction
 * where it is not zero. Years 0001 to 9999; before June 1684 and after June 2255 whole seconds are exact and fractions
 * are not, because a number has 53 bits.
 */
const SECOND = 1_000_000;
const DAY_SECONDS = 86_400;
const MIN = Date.UTC(1, 0, 1) * 1000 - (Date.UTC(1, 0, 1) - new Date('0001-01-01T00:00:00Z').getTime()) * 1000;
const LAST_SECOND = Date.UTC(9999, 11, 31, 23, 59, 59) * 1000;
/** The last time that a number can tell from the year 10000. */
const MAX = LAST_SECOND + 999_968;
const ISO = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|z|([+-])(\d{2}):(\d{2}))$/;

/** A time together with how far the clock that it was read from stood from UTC. */
export interface OffsetTime {
  /** Microseconds since 1970. */
  readonly at: number;
  /** Minutes east of UTC. */
  readonly offset: number;
}

const TWO = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));
const ZERO = '0'.charCodeAt(0);
const MAX_DAYS = 20_000;
const days = new Map<number, string>();

/** The ISO text of a time. Dates are formatted once per day, clock times from a table. */
export function formatTime(micros: number): string {
  const fraction = fractionOf(micros);
  return `${clockText((micros - fraction) / SECOND)}${decimals(fraction)}Z`;
}

/** The ISO text of a time with its offset, such as 2009-10-20T10:20:00-05:00; `+00:00` for UTC. */
export function formatOffsetTime({ at, offset }: OffsetTime): string {
  // Only whole seconds are shifted: with its fraction the shifted time may need more than 53 bits.
  const fraction = fractionOf(at);
  const distance = Math.abs(offset);
  const zone = `${offset < 0 ? '-' : '+'}${TWO[Math.floor(distance / 60)]}:${TWO[distance % 60]}`;
  return `${clockText((at - fraction) / SECOND + offset * 60)}${decimals(fraction)}${zone}`;
}

/** Date and clock time of a number of seconds since 1970. */
function clockText(total: number): string {
  const day = Math.floor(total / DAY_SECONDS);
  const seconds = total - day * DAY_SECONDS;
  const hour = Math.floor(seconds / 3600);
  const minute = Math.floor(seconds / 60) - hour * 60;
  return `${dayText(day)}T${TWO[hour]}:${TWO[minute]}:${TWO[seconds % 60]}`;
}

/** Microseconds within the second. Not by division, whose rounding can reach the next second. */
function fractionOf(micros: number): number {
  return ((micros % SECOND) + SECOND) % SECOND;
}

function decimals(fraction: number): string {
  return fraction === 0 ? '' : `.${String(fraction).padStart(6, '0')}`;
}

function dayText(day: number): string {
  let text = days.get(day);
  if (text === undefined) {
    text = new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, -14);
    if (days.size >= MAX_DAYS) days.clear();
    days.set(day, text);
  }
  return text;
}

/** Reads an ISO 8601 time with zone; digits beyond microseconds are cut off. Null when the text is none. */
export function parseTime(text: string): number | null {
  return readTime(text)?.at ?? null;
}

/**
 * Reads an ISO 8601 time and keeps its offset; `Z` is +00:00, digits beyond microseconds are cut off. Null when the
 * text is none, or a time that a column cannot hold: one beyond 53 bits could be stored and not be read again.
 */
export function parseOffsetTime(text: string): OffsetTime | null {
  const time = readTime(text);
  return time && Number.isSafeInteger(time.at) ? time : null;
}

function readTime(text: string): OffsetTime | null {
  return readPlainTime(text) ?? readAnyTime(text);
}

const PLAIN_LENGTH = '2019-08-01T06:30:46Z'.length;
const midnights = new Map<string, number>();

/** Whole seconds in UTC, which most times of an import are, without a pattern; null when the text is no such time. */
function readPlainTime(text: string): OffsetTime | null {
  if (text.length !== PLAIN_LENGTH || text[10] !== 'T' || text[13] !== ':' || text[16] !== ':' || text[19] !== 'Z')
    return null;
  const seconds = clockSeconds(twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17));
  const midnight = Number.isNaN(seconds) ? null : midnightOf(text.slice(0, 10));
  return midnight === null ? null : { at: midnight + seconds * SECOND, offset: 0 };
}

function midnightOf(day: string): number | null {
  const known = midnights.get(day);
  if (known !== undefined) return known;
  const read = readAnyTime(`${day}T00:00:00Z`);
  if (read === null) return null;
  if (midnights.size >= MAX_DAYS) midnights.clear();
  midnights.set(day, read.at);
  return read.at;
}

function clockSeconds(hour: number, minute: number, second: number): number {
  return hour <= 23 && minute <= 59 && second <= 59 ? (hour * 60 + minute) * 60 + second : Number.NaN;
}

/** The number of two digits; not a number where there are others. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function readAnyTime(text: string): OffsetTime | null {
  const match = ISO.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction = '', , sign, offsetHours = '0', offsetMinutes = '0'] =
    match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const valid = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!valid || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return null;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -1 : 1) || 0;
  const seconds = (Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second);
  const whole = date.getTime() * 1000 + seconds * SECOND;
  if (whole < MIN || whole > LAST_SECOND) return null;
  return { at: Math.min(whole + Number(fraction.slice(0, 6).padEnd(6, '0')), MAX), offset };
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
