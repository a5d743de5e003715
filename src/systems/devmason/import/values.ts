import { shown, type RowFields } from '../../../core/import/fields.js';
import type { OffsetTime } from '../../../core/time.js';
import { parseReported } from '../dates.js';
import { USERNAME } from '../names.js';
import { isIndexable, MAX_INDEXED } from '../texts.js';

/** A time with its offset, in one of the forms of contract devmason, section 4.10. */
export function timeOf(fields: RowFields, field: string): OffsetTime {
  return fields.parsed(field, parseReported, 'a time such as Tue, 20 Oct 2009 10:20:00 -0500');
}

/** The same; the fallback when it is absent, null or empty. */
export function optionalTimeOf(fields: RowFields, field: string, fallback: OffsetTime): OffsetTime {
  return fields.has(field) && !fields.isNull(field) && fields.value(field) !== '' ? timeOf(fields, field) : fallback;
}

/** A name that a user can have. */
export function usernameOf(fields: RowFields, field: string): string {
  const name = fields.text(field);
  if (!USERNAME.test(name)) throw fields.refusal(field, `not the name of a user: ${shown(name)}.`);
  return name;
}

/** The same; null when it is absent or null, empty when it is empty. */
export function optionalUsernameOf(fields: RowFields, field: string): string | null {
  const name = fields.optionalText(field, null);
  return name === null || name === '' ? name : usernameOf(fields, field);
}

/** A text of a column that is looked for. */
export function indexedTextOf(fields: RowFields, field: string): string {
  return requireIndexed(fields, field, fields.text(field));
}

/** A text that such a column can hold. */
export function requireIndexed(fields: RowFields, field: string, text: string): string {
  if (isIndexable(text)) return text;
  const isLong = Buffer.byteLength(text) > MAX_INDEXED;
  throw fields.refusal(
    field,
    isLong ? `longer than ${MAX_INDEXED} bytes of UTF-8.` : 'must contain neither NUL nor half of a surrogate pair.',
  );
}
