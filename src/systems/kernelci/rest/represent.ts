import type { Projection } from './list-query.js';

/** A document as the API shows it: `$oid` and `$date` objects, numbers of any size, whatever members it came with. */
export type Document = Readonly<Record<string, unknown>>;

/** The members of a document that are asked for, and `_id` unless it is refused (contract kernelci section 5.3). */
export function projected(document: Document, { fields, without }: Projection): Document {
  if (fields === null && without.size === 0) return document;
  const wanted = fields === null ? null : new Set([...fields, '_id']);
  return Object.fromEntries(
    Object.entries(document).filter(([name]) => !without.has(name) && (wanted === null || wanted.has(name))),
  );
}

/** The first document of a group as aggregates show it: under the values that make the group (section 5.4). */
export function representGroup(document: Document, by: readonly string[], { fields, without }: Projection): Document {
  const _id = groupValues(document, by);
  if (fields === null) return { _id, result: document };
  const shown = fields.filter((name) => name !== '_id' && !without.has(name));
  return { _id, ...groupValues(document, shown) };
}

/** Values of the members that make a group; null for one that the document has not. */
export function groupValues(document: Document, names: readonly string[]): Document {
  return Object.fromEntries(names.map((name) => [name, Object.hasOwn(document, name) ? document[name] : null]));
}
