import type { BodyContent, BodyField } from '../../../server/dialect-description.js';
import type { Field, FieldKind } from './fields.js';

/** How documents name what a field holds, and say it. */
const KINDS: Readonly<Record<FieldKind, readonly [type: NonNullable<BodyField['type']>, description: string]>> = {
  string: ['text', 'Text'],
  boolean: ['boolean', 'Truth value'],
  integer: ['integer', 'Whole number'],
  choice: ['any', 'One of the choices that OPTIONS tells of, by its code'],
  datetime: ['text', 'Time'],
  link: ['text', 'Address of an object'],
  links: ['list', 'Addresses of objects'],
  json: ['any', 'Any JSON'],
  nested: ['any', 'Whole objects'],
};

/**
 * What a body with these fields holds, for documents; read-only ones are left out.
 * @param needed whether the required ones have to be there, as they have not in PATCH
 */
export function bodyOf(fields: readonly Field[], needed = true): BodyContent {
  return { fields: fields.filter(({ readOnly }) => !readOnly).map((field) => contentOf(field, needed)) };
}

function contentOf({ name, kind, required, maxLength }: Field, needed: boolean): BodyField {
  const [type, text] = KINDS[kind];
  const description = maxLength === undefined ? text : `${text} of at most ${maxLength} characters`;
  return { name, type, description, ...(required && needed && { required }) };
}
