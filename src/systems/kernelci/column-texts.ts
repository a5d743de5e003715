import { BuildgateError } from '../../core/errors.js';
import { plainValue, type KernelciDocument } from './documents.js';
import { fieldOf, type Collection } from './fields.js';

/** Bytes of UTF-8 in one column: two of them make a name, and PostgreSQL has indexes of at most 2,704. */
export const MAX_COLUMN_TEXT = 1_300;
/** Bytes that a UTF-16 code unit can become. */
const MAX_BYTES = 3;

/** Name of the first member whose text is longer than an indexed column holds; null when there is none. */
export function overlongMember({ fields }: Collection, document: KernelciDocument): string | null {
  for (const field of fields) {
    if (field.type !== 'text' || field.place.at === 'rest' || field.place.at === 'document') continue;
    const text = plainValue(field, document);
    if (typeof text !== 'string' || text.length * MAX_BYTES <= MAX_COLUMN_TEXT) continue;
    if (Buffer.byteLength(text) > MAX_COLUMN_TEXT) return field.name;
  }
  return null;
}

/** @throws BuildgateError INVALID naming the member when a document has a text that is too long for its column */
export function requireColumnTexts(collection: Collection, document: KernelciDocument): void {
  const name = overlongMember(collection, document);
  if (name === null) return;
  const field = fieldOf(collection, name)?.graphql ?? name;
  throw new BuildgateError('INVALID', `${field}: more than ${MAX_COLUMN_TEXT} bytes.`, { field });
}
