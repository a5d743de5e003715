import { isJsonObject, isRawJson } from '../json.js';
import { BuildgateError } from '../errors.js';
import { MAX_RECORD_NUMBER } from '../ids.js';
import { parseTime } from '../time.js';

const MAX_SHOWN = 60;
/** Seconds whose microseconds a JavaScript number holds exactly: until the year 2255. */
const MAX_SECONDS = Math.floor(Number.MAX_SAFE_INTEGER / 1_000_000);

/** Position of a row in what is imported: `events[12]`, or `events[12].builds[3]`. */
export class Place {
  constructor(
    readonly key: string,
    readonly index: number,
    readonly parent: Place | null = null,
  ) {}

  toString(): string {
    const own = `${this.key}[${this.index}]`;
    return this.parent ? `${this.parent}.${own}` : own;
  }
}

/** The refusal of an import because of one row: `events[12] (id 214): state: there is no event state 9.` */
export function refuseRow(
  place: Place | string,
  id: number | string | null,
  message: string,
  idField = 'id',
): BuildgateError {
  return new BuildgateError('INVALID', `${place}${id === null ? '' : ` (${idField} ${id})`}: ${message}`);
}

/** A value from the file as a message may repeat it: short, on one line. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}

/** What a message tells a row by, which may be as wrong as the rest of it; null when that says nothing. */
export type RowId = (row: Readonly<Record<string, unknown>>) => number | string | null;

function integerOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) ? value : null;
}

/**
 * Reads the fields of one row by type. Every method throws a BuildgateError INVALID that names row and field; a
 * field with a fallback may be absent, and null where the fallback is null.
 */
export class RowFields {
  readonly #row: Record<string, unknown>;
  readonly #idField: string;
  readonly #idOf: RowId;

  /**
   * @param idField the field that messages tell the row by
   * @param idOf what it is told by there; the field itself, when it is an integer, unless given
   */
  constructor(
    value: unknown,
    readonly place: Place,
    idField = 'id',
    idOf: RowId = (row) => integerOf(row[idField]),
  ) {
    if (!isJsonObject(value)) throw refuseRow(place, null, 'must be an object.');
    this.#row = value;
    this.#idField = idField;
    this.#idOf = idOf;
  }

  /** A refusal of this row because of one of its fields. */
  refusal(field: string, message: string): BuildgateError {
    return refuseRow(this.place, this.#idOf(this.#row), `${field}: ${message}`, this.#idField);
  }

  has(field: string): boolean {
    return this.#row[field] !== undefined;
  }

  /** Any JSON value as JSON text; the fallback when it is absent or null. */
  json<Fallback extends string | null>(field: string, fallback: Fallback): string | Fallback {
    const value = this.#row[field];
    return value === undefined || value === null ? fallback : JSON.stringify(value);
  }

  /** An object as JSON text. */
  object<Fallback extends string | null>(field: string, fallback: Fallback): string | Fallback {
    const value = this.#row[field];
    if (value === undefined || (value === null && fallback === null)) return fallback;
    if (!isJsonObject(value)) throw this.refusal(field, 'must be an object.');
    return JSON.stringify(value);
  }

  /** An object, as it was parsed. */
  record(field: string): Readonly<Record<string, unknown>> {
    const value = this.#required(field);
    if (!isJsonObject(value)) throw this.refusal(field, 'must be an object.');
    return value;
  }

  /** Any JSON value, as it was parsed. */
  value(field: string): unknown {
    return this.#required(field);
  }

  /** A text in a form of the system's own, which `parse` knows; `form` says in a refusal what it is not. */
  parsed<Value>(field: string, parse: (text: string) => Value | null, form: string): Value {
    const value = this.#required(field);
    const parsed = typeof value === 'string' ? parse(value) : null;
    if (parsed === null) throw this.refusal(field, `not ${form}: ${shown(value)}.`);
    return parsed;
  }

  /** Number of a record, 0 to MAX_RECORD_NUMBER. */
  number(field: string): number {
    return this.#number(field, this.#required(field));
  }

  optionalNumber(field: string): number | null {
    const value = this.#row[field];
    return value === undefined || value === null ? null : this.#number(field, value);
  }

  /** The same of a value that this row holds deeper inside; `field` is the way to it. */
  numberFrom(field: string, value: unknown): number {
    return this.#number(field, value);
  }

  /** An integer of either sign. */
  integer(field: string): number {
    return this.#integer(field, this.#required(field));
  }

  optionalInteger(field: string): number | null {
    const value = this.#row[field];
    return value === undefined || value === null ? null : this.#integer(field, value);
  }

  /** An integer from `least` to `most`; null when it is absent or null. */
  optionalIntegerWithin(field: string, least: number, most: number): number | null {
    const value = this.optionalInteger(field);
    if (value !== null && (value < least || value > most)) {
      throw this.refusal(field, `must be an integer from ${least} to ${most}, not ${value}.`);
    }
    return value;
  }

  text(field: string): string {
    return this.#text(field, this.#required(field));
  }

  optionalText<Fallback extends string | null>(field: string, fallback: Fallback): string | Fallback {
    const value = this.#row[field];
    return value === undefined || (value === null && fallback === null) ? fallback : this.#text(field, value);
  }

  boolean(field: string, fallback: boolean): boolean {
    const value = this.#row[field];
    if (value === undefined) return fallback;
    if (typeof value !== 'boolean') throw this.refusal(field, 'must be true or false.');
    return value;
  }

  /** The same where null is a value of its own. */
  nullableBoolean(field: string, fallback: boolean): boolean | null {
    return this.#row[field] === null ? null : this.boolean(field, fallback);
  }

  /** Microseconds since 1970. */
  time(field: string): number {
    return this.#time(field, this.#required(field));
  }

  optionalTime(field: string): number | null {
    const value = this.#row[field];
    return value === undefined || value === null ? null : this.#time(field, value);
  }

  /** Whole seconds since 1970, from a number whose fraction is cut off. */
  seconds(field: string): number {
    return this.#seconds(field, this.#required(field));
  }

  optionalSeconds(field: string): number | null {
    const value = this.#row[field];
    return value === undefined || value === null ? null : this.#seconds(field, value);
  }

  /** A list of texts; empty when absent. */
  texts(field: string): string[] {
    return this.list(field).map((value, index) => this.#text(`${field}[${index}]`, value));
  }

  /** A list of integers of either sign; empty when absent. */
  integers(field: string): number[] {
    return this.list(field).map((value, index) => this.#integer(`${field}[${index}]`, value));
  }

  /** A list of numbers of records; empty when absent. */
  numbers(field: string): number[] {
    return this.list(field).map((value, index) => this.#number(`${field}[${index}]`, value));
  }

  list(field: string): readonly unknown[] {
    const value = this.#row[field];
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw this.refusal(field, 'must be a list.');
    return value;
  }

  /** Whether the field is there and null. */
  isNull(field: string): boolean {
    return this.#row[field] === null;
  }

  #required(field: string): unknown {
    const value = this.#row[field];
    if (value === undefined) throw this.refusal(field, 'is required.');
    return value;
  }

  #number(field: string, value: unknown): number {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > MAX_RECORD_NUMBER) {
      throw this.refusal(field, `must be an integer from 0 to ${MAX_RECORD_NUMBER}, not ${shown(value)}.`);
    }
    return value;
  }

  #integer(field: string, value: unknown): number {
    if (!Number.isSafeInteger(value)) throw this.refusal(field, `must be an integer, not ${shown(value)}.`);
    return value as number;
  }

  #text(field: string, value: unknown): string {
    if (typeof value !== 'string') throw this.refusal(field, `must be a text, not ${shown(value)}.`);
    if (value.includes('\0')) throw this.refusal(field, 'must not contain the NUL character.');
    if (!value.isWellFormed()) throw this.refusal(field, 'must not contain half of a surrogate pair.');
    return value;
  }

  #seconds(field: string, value: unknown): number {
    const number = isRawJson(value) ? Number(JSON.stringify(value)) : value;
    if (typeof number !== 'number' || !(Math.abs(number) <= MAX_SECONDS)) {
      throw this.refusal(field, `not a time in seconds since 1970: ${shown(value)}.`);
    }
    // No negative zero.
    return Math.trunc(number) + 0;
  }

  #time(field: string, value: unknown): number {
    const micros = typeof value === 'string' ? parseTime(value) : null;
    if (micros === null) throw this.refusal(field, `not a time such as 2019-08-01T06:30:46Z: ${shown(value)}.`);
    // One beyond 53 bits could be stored and not be read again.
    if (!Number.isSafeInteger(micros))
      throw this.refusal(field, `not between the years 1685 and 2254: ${shown(value)}.`);
    return micros;
  }
}
