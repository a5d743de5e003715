import { parseExact } from '../../core/json.js';
import type { Collection, DocumentField } from './fields.js';

/** Documents as the old API shows them, and the plain values that columns and `rest` repeat of them. */

/** A parsed document: exact numbers, `$oid` and `$date` objects, whatever members it came with. */
export type KernelciDocument = Readonly<Record<string, unknown>>;

/** A value that columns hold. */
export type PlainValue = string | number | boolean | null;

const parsed = new WeakMap<object, KernelciDocument>();

/** The document of a row, parsed once. */
export function documentOf(row: { readonly document: string }): KernelciDocument {
  let document = parsed.get(row);
  if (!document) {
    document = parseExact(row.document) as KernelciDocument;
    parsed.set(row, document);
  }
  return document;
}

const OID = /^[0-9a-f]{24}$/i;
const MILLISECOND = 1_000;

/** Whether text is a legacy id: 24 hexadecimal digits. */
export function isOid(text: string): boolean {
  return OID.test(text);
}

/** The value of an object's only named member, if it is an object and has it. */
function inner(value: unknown, name: '$oid' | '$date'): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** The id in an `$oid` object, in lower case; null when it is none. */
export function oidOf(value: unknown): string | null {
  const text = inner(value, '$oid');
  return typeof text === 'string' && isOid(text) ? text.toLowerCase() : null;
}

/** Milliseconds in a `$date` object; null when it is none. */
export function millisecondsOf(value: unknown): number | null {
  const milliseconds = inner(value, '$date');
  return typeof milliseconds === 'number' && Number.isSafeInteger(milliseconds) ? milliseconds : null;
}

/** Microseconds since 1970 in a `$date` object; null when it is none that a column holds. */
export function timeOf(value: unknown): number | null {
  const micros = (millisecondsOf(value) ?? Number.NaN) * MILLISECOND;
  return Number.isSafeInteger(micros) ? micros : null;
}

/** An id as documents show it. */
export function oid(text: string): { readonly $oid: string } {
  return { $oid: text };
}

/** A time in microseconds since 1970 as documents show it. */
export function date(micros: number): { readonly $date: number } {
  return { $date: Math.floor(micros / MILLISECOND) };
}

/**
 * Text that both databases hold: PostgreSQL has neither NUL nor half surrogates. Only for what repeats a document; the
 * document itself is JSON, where both are escaped.
 */
function columnText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

/** What columns and `rest` say of a member: null where the document has none, or something that does not fit its type. */
export function plainValue(field: DocumentField, document: KernelciDocument): PlainValue {
  const value = Object.hasOwn(document, field.name) ? document[field.name] : null;
  if (value === null || value === undefined) return null;
  switch (field.type) {
    case 'text':
      return typeof value === 'string' ? columnText(value) : null;
    case 'integer':
      return Number.isSafeInteger(value) ? (value as number) : null;
    case 'float':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'oid':
      return oidOf(value);
    case 'time':
      return timeOf(value);
    case 'duration':
      return typeof value === 'number' ? value : millisecondsOf(value);
    case 'oids':
    case 'texts':
    case 'json':
      return columnText(JSON.stringify(value));
    default:
      return field.type satisfies never;
  }
}

/** A member as GraphQL shows it; null where it does not fit its type. */
export function shownValue(field: DocumentField, document: KernelciDocument): unknown {
  const value = Object.hasOwn(document, field.name) ? document[field.name] : null;
  switch (field.type) {
    case 'text':
      return typeof value === 'string' ? value : null;
    case 'oids':
      return Array.isArray(value) ? value.map(oidOf).filter((id) => id !== null) : null;
    case 'texts':
      return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : null;
    case 'json':
      return value;
    default:
      return plainValue(field, document);
  }
}

/** Values of the columns that repeat members of a document, by column; `project` and `rest` are the caller's. */
export function columnValues({ fields }: Collection, document: KernelciDocument): Map<string, PlainValue> {
  const values = new Map<string, PlainValue>();
  for (const field of fields) {
    if (field.place.at === 'column') values.set(field.place.column, plainValue(field, document));
  }
  return values;
}

/** JSON text of `rest`: the plain members that have no column of their own, without those that are null. */
export function restOf({ fields }: Collection, document: KernelciDocument): string {
  const members: [string, PlainValue][] = [];
  for (const field of fields) {
    if (field.place.at !== 'rest' && field.place.at !== 'project') continue;
    const value = plainValue(field, document);
    if (value !== null) members.push([field.name, value]);
  }
  return JSON.stringify(Object.fromEntries(members));
}
