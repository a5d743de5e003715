import { isJsonObject, isRawJson } from '../../../../core/json.js';
import { isOid } from '../../documents.js';
import type { FieldType } from '../../vocabulary.js';

/** Values of bodies as the inputs of the schema take them. Clients are lax about types: what can be meant is taken. */

/** A JSON value as a part of a text. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || isRawJson(value)
    ? JSON.stringify(value)
    : undefined;
}

/** A number, or text that is one. */
function numberOf(value: unknown): number | undefined {
  const isText = isRawJson(value) || (typeof value === 'string' && value.trim() !== '');
  const number = isText ? Number(textOf(value)) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function integerOf(value: unknown): number | undefined {
  const number = numberOf(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };

function booleanOf(value: unknown): boolean | undefined {
  const text = textOf(value)?.toLowerCase() ?? '';
  return Object.hasOwn(BOOLEANS, text) ? BOOLEANS[text] : undefined;
}

/** Seconds as milliseconds; what was not measured is 0. */
function durationOf(value: unknown): number {
  const milliseconds = Math.round((numberOf(value) ?? 0) * 1000);
  return Number.isSafeInteger(milliseconds) && milliseconds > 0 ? milliseconds : 0;
}

function oidOf(value: unknown): string | undefined {
  const text = isJsonObject(value) ? value['$oid'] : value;
  return typeof text === 'string' && isOid(text) ? text : undefined;
}

/** The elements as read, when all of them can be. */
function allOf(value: unknown, read: (element: unknown) => string | undefined): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = value.map(read);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

const READERS: Readonly<Record<Exclude<FieldType, 'time'>, (value: unknown) => unknown>> = {
  text: textOf,
  integer: integerOf,
  float: numberOf,
  boolean: booleanOf,
  duration: durationOf,
  oid: oidOf,
  oids: (value) => allOf(value, oidOf),
  texts: (value) => allOf(value, textOf),
  json: (value) => value,
};

const NAMES: Readonly<Record<Exclude<FieldType, 'time'>, string>> = {
  text: 'text',
  integer: 'an integer',
  float: 'a number',
  boolean: 'a truth value',
  duration: 'a number of seconds',
  oid: 'an id',
  oids: 'a list of ids',
  texts: 'a list of texts',
  json: 'JSON',
};

/** A value as read, or what it should be. */
export type Read = { readonly value: unknown } | { readonly wanted: string };

/** Reads a value of a body as one of this type. Bodies have no times. */
export function readAs(type: FieldType, given: unknown): Read {
  if (type === 'time') return { wanted: 'not given' };
  const value = READERS[type](given);
  return value === undefined ? { wanted: NAMES[type] } : { value };
}
