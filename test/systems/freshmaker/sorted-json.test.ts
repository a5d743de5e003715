import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortedJson, type JsonValue } from '../../../src/systems/freshmaker/rest/sorted-json.js';

/** What the text must be, said in the slowest way. */
function model(value: JsonValue): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${(value as JsonValue[]).map(model).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value as Record<string, JsonValue>).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${model(member)}`).join(',')}}`;
}

describe('JSON text with sorted keys', () => {
  it.each([
    ['members in order', { a: 1, b: [true, null], c: { d: 'x' } }, '{"a":1,"b":[true,null],"c":{"d":"x"}}'],
    ['members out of order, deep within', { a: [{ z: 1, y: 2 }], b: 3 }, '{"a":[{"y":2,"z":1}],"b":3}'],
    ['keys that are numbers by their text', { a: null, '9': 'ü"', '10': 'ten' }, '{"10":"ten","9":"ü\\"","a":null}'],
    ['capitals before small letters', { total: 1, DONE: 1 }, '{"DONE":1,"total":1}'],
    ['a number of any size', { page: 90071992547409930n }, '{"page":90071992547409930}'],
    ['a member called __proto__', JSON.parse('{"a":1,"__proto__":2}') as JsonValue, '{"__proto__":2,"a":1}'],
  ])('is right for %s', (_, value, text) => {
    expect(sortedJson(value)).toBe(text);
  });

  it('is what sorting every object gives, for any value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.bigInt(), (value, number) => {
        const values = [value as JsonValue, { b: value as JsonValue, a: number }];
        for (const one of values) expect(sortedJson(one)).toBe(model(one));
      }),
      { numRuns: 300 },
    );
  });
});
