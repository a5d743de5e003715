/** What a legacy JSON text can hold; a bigint is written with all its digits. */
export type JsonValue =
  string | number | bigint | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** What is not written right by `JSON.stringify`, however its members are put. */
const UNFIT = Symbol('unfit');

/**
 * JSON text with the keys of every object in alphabetical order, without white space. `JSON.stringify` is several times as
 * fast as anything that sorts, so that only objects out of order are made anew for it.
 */
export function sortedJson(value: JsonValue): string {
  const ordered = inOrder(value);
  return ordered === UNFIT ? orderedText(value) : JSON.stringify(ordered);
}

/** The value itself where all members stand in order, or a copy where they do. */
function inOrder(value: JsonValue): JsonValue | typeof UNFIT {
  if (typeof value === 'bigint') return UNFIT;
  if (typeof value !== 'object' || value === null) return value;
  return isList(value) ? listInOrder(value) : objectInOrder(value);
}

function listInOrder(list: readonly JsonValue[]): readonly JsonValue[] | typeof UNFIT {
  let copy: JsonValue[] | undefined;
  for (let index = 0; index < list.length; index++) {
    const item = inOrder(list[index]!);
    if (item === UNFIT) return UNFIT;
    if (item !== list[index]) (copy ??= [...list])[index] = item;
  }
  return copy ?? list;
}

type JsonObject = Readonly<Record<string, JsonValue>>;

function objectInOrder(object: JsonObject): JsonObject | typeof UNFIT {
  let last = '';
  let isOrdered = true;
  let made: Record<string, JsonValue> | undefined;
  for (const key in object) {
    isOrdered &&= key >= last;
    last = key;
    const member = inOrder(object[key]!);
    if (member === UNFIT) return UNFIT;
    if (member !== object[key]) (made ??= { ...object })[key] = member;
  }
  return isOrdered ? (made ?? object) : sortedCopy(made ?? object);
}

function sortedCopy(object: JsonObject): JsonObject | typeof UNFIT {
  const keys = Object.keys(object).sort();
  // Every object shows keys that are whole numbers first, by their value; and `__proto__` is none that can be set.
  if (keys.some((key) => key === '__proto__' || beginsWithDigit(key))) return UNFIT;
  const copy: Record<string, JsonValue> = {};
  for (const key of keys) copy[key] = object[key]!;
  return copy;
}

function beginsWithDigit(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= 48 && first <= 57;
}

function orderedText(value: JsonValue): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(orderedText).join(',')}]`;
  const members = Object.keys(value).sort();
  return `{${members.map((key) => `${JSON.stringify(key)}:${orderedText(value[key]!)}`).join(',')}}`;
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}
