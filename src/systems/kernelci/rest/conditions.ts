import type { RawQuery } from '../../../server/raw-query.js';
import type { FieldType } from '../vocabulary.js';
import { daysUpTo, dayFrom, midnightBefore, midnightOf, minutesUpTo, type TimeSpan } from './days.js';
import type { QueryKey } from './keys.js';

/** Text; a number, of times in milliseconds since 1970; a truth value. */
export type Value = string | number | boolean;

/** What a query asks of one member; every part that is there must hold. */
export interface Condition extends QueryKey {
  /** One of these values, or none where `orNull` says so. The empty list matches nothing. */
  readonly anyOf?: readonly Value[];
  /** Whether a member that is null or missing will do. */
  readonly orNull?: boolean;
  /** This or greater. */
  readonly from?: Value;
  /** Less than this. */
  readonly before?: Value;
}

/** The part of a query that conditions are read from. */
export type Pairs = Pick<RawQuery, 'all' | 'last'>;

/**
 * Reads filters, dates and ranges (contract kernelci sections 5.1, 5.2). What is wrong about a key makes its condition
 * vanish, never the request fail.
 * @param keys filter keys of the resource
 * @param now milliseconds since 1970
 */
export function conditionsOf(query: Pairs, keys: readonly QueryKey[], now: number): Condition[] {
  const creation = creationSpan(query, keys, now);
  return [
    ...keys.flatMap((key) => (key.name === 'created_on' ? [] : equality(key, query))),
    ...(creation ? [spanCondition(CREATED_ON, creation)] : []),
    ...comparisons(query, 'gte', keys).map(([key, from]) => ({ ...key, from })),
    ...comparisons(query, 'lt', keys).map(([key, before]) => ({ ...key, before })),
  ];
}

const CREATED_ON: QueryKey = { name: 'created_on', type: 'time' };

/** `time_range` counts instead of the others; `date_range` counts from the day of `created_on`, else from today. */
function creationSpan(query: Pairs, keys: readonly QueryKey[], now: number): TimeSpan | undefined {
  const minutes = query.last('time_range');
  if (minutes !== undefined) return minutesUpTo(now, minutes);
  const hasDay = keys.some(({ name }) => name === CREATED_ON.name);
  const day = hasDay ? midnightOf(givenValues(query, CREATED_ON.name).at(-1) ?? '') : undefined;
  const range = query.last('date_range');
  if (range !== undefined) return daysUpTo(day ?? midnightBefore(now), range);
  return day === undefined ? undefined : dayFrom(day);
}

/** Whether a query means the same whenever it is asked: days and minutes back are counted from now. */
export function isTimeless(query: Pairs): boolean {
  return query.last('time_range') === undefined && query.last('date_range') === undefined;
}

function spanCondition(key: QueryKey, { from, before }: TimeSpan): Condition {
  return { ...key, ...(from !== null && { from }), ...(before !== null && { before }) };
}

/** Values of a key without the blanks around them; blank ones do not count. */
export function givenValues(query: Pairs, name: string): string[] {
  return query
    .all(name)
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

/** The text that stands for a member that is null or missing. */
const NULL = 'null';

function equality(key: QueryKey, query: Pairs): Condition[] {
  const given = givenValues(query, key.name).filter(
    (value) => key.type !== 'boolean' || value === NULL || isBoolean(value),
  );
  if (given.length === 0) return [];
  if (key.type === 'time') return dayEquality(key, given.at(-1)!);
  const values = given.filter((value) => value !== NULL);
  const anyOf = READERS[key.type](values);
  return anyOf === undefined ? [] : [{ ...key, anyOf, orNull: values.length < given.length }];
}

/** A time is asked for by its day; of several the last one counts. */
function dayEquality(key: QueryKey, text: string): Condition[] {
  if (text === NULL) return [{ ...key, anyOf: [], orNull: true }];
  const midnight = midnightOf(text);
  return midnight === undefined ? [] : [spanCondition(key, dayFrom(midnight))];
}

const INTEGER = /^[+-]?\d+$/;
const OID = /^[0-9a-f]{24}$/i;

/** All values or, when one of them is no integer, none of them; what no record can hold matches nothing. */
function integers(texts: readonly string[]): number[] | undefined {
  if (!texts.every((text) => INTEGER.test(text))) return undefined;
  return texts.map(Number).filter(Number.isSafeInteger);
}

function oids(texts: readonly string[]): string[] | undefined {
  return texts.every((text) => OID.test(text)) ? texts.map((text) => text.toLowerCase()) : undefined;
}

function numbers(texts: readonly string[]): number[] | undefined {
  const values = texts.map(Number);
  return values.every(Number.isFinite) ? values : undefined;
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };

/** Other values of a truth value are as if they had not been given. */
function isBoolean(text: string): boolean {
  return Object.hasOwn(BOOLEANS, text);
}

function texts(values: readonly string[]): string[] {
  return values.map(storable);
}

/** Columns hold U+FFFD where a text has NUL, which PostgreSQL cannot hold. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

/** How values are read; undefined where one of them makes the whole condition vanish. */
const READERS: Readonly<Record<Exclude<FieldType, 'time'>, (texts: readonly string[]) => Value[] | undefined>> = {
  text: texts,
  integer: integers,
  float: numbers,
  duration: numbers,
  boolean: (values) => values.map((value) => BOOLEANS[value]!),
  oid: oids,
  oids: texts,
  texts,
  json: texts,
};

/** Arguments of `gte` or `lt`, `field,value` each: for every key the last one that can be read. */
function comparisons(query: Pairs, operator: 'gte' | 'lt', keys: readonly QueryKey[]): [QueryKey, Value][] {
  const found = new Map<QueryKey, Value>();
  for (const argument of query.all(operator)) {
    const [name, text, ...more] = argument.split(',');
    const key = keys.find((candidate) => candidate.name === name);
    const bound = text === undefined || more.length > 0 ? undefined : boundOf(key?.type, text.trim());
    if (key !== undefined && bound !== undefined) found.set(key, bound);
  }
  return [...found];
}

/** Undefined when the text is no bound of this type. */
function boundOf(type: FieldType | undefined, text: string): Value | undefined {
  if (text === '') return undefined;
  switch (type) {
    case 'text':
      return storable(text);
    case 'oid':
      return text.toLowerCase();
    case 'integer':
      return INTEGER.test(text) ? clamped(Number(text), Number.MAX_SAFE_INTEGER) : undefined;
    case 'float':
    case 'duration':
      return numbers([text])?.[0];
    case 'time':
      return midnightOf(text) ?? (/^\d{9,}$/.test(text) ? Number(text) : undefined);
    default:
      return undefined;
  }
}

function clamped(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
