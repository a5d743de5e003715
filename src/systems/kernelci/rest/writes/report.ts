import { isJsonObject } from '../../../../core/json.js';
import { type Collection, type DocumentField, fieldOf } from '../../fields.js';
import type { Body } from './body.js';
import { type Read, readAs } from './values.js';

/** A report as the schema takes it. */
export interface Report {
  /** By the names of the input type; only what is known. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Texts for `errors` of the answer: what could not be used. */
  readonly warnings: readonly string[];
  /** The members that a report must have and this one has not. */
  readonly missing: readonly DocumentField[];
}

/**
 * What the members of a body say, in the words of the schema. Null says nothing; values of other types than those of the
 * member are left out with a warning. A key with a name of its own, such as `build_result`, counts more than that of the
 * member, or less when it is blank.
 * @param ignored keys that are accepted and mean nothing
 */
export function reportOf(collection: Collection, { members, warnings }: Body, ignored: ReadonlySet<string>): Report {
  const { mandatory = [], sets = {} } = collection.body ?? {};
  const keys = [...members.keys()].filter((key) => !ignored.has(key) && members.get(key) !== null);
  const weight = (key: string): number => {
    if (!Object.hasOwn(sets, key)) return 1;
    return members.get(key) === '' ? 0 : 2;
  };
  const ordered = keys.toSorted((one, other) => weight(one) - weight(other));
  const read = ordered.flatMap((key) => {
    const field = fieldOf(collection, sets[key] ?? key);
    return field ? [{ key, field, read: valueOf(field, members.get(key)) }] : [];
  });
  const input = Object.fromEntries(
    read.flatMap(({ field, read: one }) => ('value' in one ? [[field.graphql, one.value]] : [])),
  );
  const unusable = read.flatMap(({ key, read: one }) => ('wanted' in one ? [unusableText(key, one.wanted)] : []));
  const needed = mandatory.map((key) => fieldOf(collection, sets[key] ?? key)!);
  return {
    input,
    warnings: [...warnings, ...unusable],
    missing: needed.filter(({ graphql }) => !Object.hasOwn(input, graphql)),
  };
}

function valueOf({ name, type }: DocumentField, value: unknown): Read {
  if (name === 'metadata' && !isJsonObject(value)) return { wanted: 'an object' };
  return readAs(type, value);
}

function unusableText(key: string, wanted: string): string {
  return `The value of '${key}' is not ${wanted}, it will not be considered`;
}
