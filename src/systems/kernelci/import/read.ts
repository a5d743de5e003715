import { refuseRow, shown, type Place } from '../../../core/import/fields.js';
import { MAX_COLUMN_TEXT, overlongMember } from '../column-texts.js';
import { oidOf, timeOf, type KernelciDocument } from '../documents.js';
import { fieldOf, type Collection, type CollectionName } from '../fields.js';
import { PROPERTY_COUNT } from '../permissions.js';
import { normalSpelling } from './extended-json.js';

/** A document of the file, checked as far as it can be alone. */
export interface ReadDocument {
  readonly place: Place;
  /** Legacy id. */
  readonly oid: string;
  readonly document: KernelciDocument;
}

/** Members that must be there and may be null (section 4.1). */
const NULLABLE: Readonly<Partial<Record<CollectionName, readonly string[]>>> = { job: ['git_branch'] };
/** Members that decide who may do what: one of the wrong kind is not to be taken for none. */
const STRICT: Readonly<Partial<Record<CollectionName, readonly string[]>>> = {
  lab: ['private', 'token'],
  token: ['username', 'expired', 'expires_on', 'ip_address'],
};

/** A refusal of a document because of one of its members. */
export function refuse({ place, oid }: Pick<ReadDocument, 'place' | 'oid'>, field: string, message: string): Error {
  return refuseRow(place, oid, `${field}: ${message}`, '_id');
}

/**
 * Reads one document of a collection. Members that queries cannot use, because they are not what section 4 says, are
 * kept.
 * @throws BuildgateError INVALID naming document and member
 */
export function readDocument(collection: Collection, value: unknown, place: Place): ReadDocument {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuseRow(place, null, 'must be an object.');
  const document = normalSpelling(value) as KernelciDocument;
  const oid = oidOf(document['_id']);
  if (oid === null) {
    const given = Object.hasOwn(document, '_id')
      ? `must be ${EXPECTED.oid}, not ${shown(document['_id'])}`
      : 'is required';
    throw refuseRow(place, null, `_id: ${given}.`);
  }
  const read = { place, oid, document };
  for (const { name, required } of collection.fields) if (required) requireMember(read, collection, name, false);
  for (const field of NULLABLE[collection.name] ?? []) requireMember(read, collection, field, true);
  for (const field of STRICT[collection.name] ?? []) {
    if (Object.hasOwn(document, field)) requireMember(read, collection, field, true);
  }
  const overlong = overlongMember(collection, document);
  if (overlong !== null) throw refuse(read, overlong, `longer than ${MAX_COLUMN_TEXT} bytes of UTF-8.`);
  return read;
}

function requireMember(read: ReadDocument, collection: Collection, name: string, nullable: boolean): void {
  const { document } = read;
  if (!Object.hasOwn(document, name)) throw refuse(read, name, 'is required.');
  const value = document[name];
  if (nullable && value === null) return;
  const kind = SPECIAL[name] ?? fieldOf(collection, name)?.type ?? '';
  if (FITS[kind]?.(value)) return;
  // What it is instead is not repeated where it may be a secret.
  const instead = collection.name === 'token' ? '' : `, not ${shown(value)}`;
  throw refuse(read, name, `must be ${EXPECTED[kind]}${nullable ? ' or null' : ''}${instead}.`);
}

/** Members of type `json` that are more than that. */
const SPECIAL: Readonly<Record<string, string>> = { contact: 'object', properties: 'flags', ip_address: 'addresses' };

const FITS: Readonly<Record<string, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  time: (value) => timeOf(value) !== null,
  oid: (value) => oidOf(value) !== null,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  flags: (value) => Array.isArray(value) && value.length <= PROPERTY_COUNT && value.every(isFlag),
  addresses: (value) => Array.isArray(value) && value.every((address) => typeof address === 'string'),
};

const EXPECTED: Readonly<Record<string, string>> = {
  text: 'a text',
  boolean: 'true or false',
  time: '{"$date": milliseconds since 1970}',
  oid: '{"$oid": 24 hexadecimal digits}',
  object: 'an object',
  flags: `a list of at most ${PROPERTY_COUNT} numbers 0 and 1`,
  addresses: 'a list of texts',
};

function isFlag(value: unknown): boolean {
  return value === 0 || value === 1;
}
