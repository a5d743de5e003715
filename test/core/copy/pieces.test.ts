import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { portionsOf } from '../../../src/core/copy/portions.js';
import { compactJson, copyText } from '../../../src/core/copy/postgresql-text.js';
import { inOrder } from '../../../src/core/copy/references.js';

describe('JSON of PostgreSQL', () => {
  it('is made compact with every string as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(1, '\t'), (value, indent) => {
        expect(compactJson(JSON.stringify(value, null, indent))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('keeps the digits of a number that is too long for JavaScript', () => {
    expect(compactJson('{"a": [12345678901234567890.10, "b  \\" : c"]}')).toBe(
      '{"a":[12345678901234567890.10,"b  \\" : c"]}',
    );
  });

  it('may hold a very long string', () => {
    const text = `"${'a\\n b'.repeat(500_000)}"`;
    expect(compactJson(text)).toBe(text);
  });
});

it('rows for PostgreSQL are lines in which nothing of a value can be taken for a separator', () => {
  expect(
    copyText([
      [1, null, true],
      ['a\tb\r\nc\\', '\\N', '\\.'],
    ]),
  ).toBe('1\t\\N\ttrue\na\\tb\\r\\nc\\\\\t\\\\N\t\\\\.\n');
});

it('rows are held in portions of at most 500, and fewer when they are large', async () => {
  const portions = async (rows: string[][]) => {
    const sizes: number[] = [];
    for await (const portion of portionsOf(rows)) sizes.push(portion.length);
    return sizes;
  };
  expect(await portions(Array.from({ length: 1_001 }, () => ['a']))).toEqual([500, 500, 1]);
  expect(await portions(Array.from({ length: 5 }, () => ['a'.repeat(600_000)]))).toEqual([2, 2, 1]);
  expect(await portions([])).toEqual([]);
});

describe('Tables', () => {
  it('come behind those that they refer to', () => {
    const references = [
      ['a', 'c'],
      ['c', 'd'],
      ['b', 'b'],
    ] as const;
    expect(inOrder(['a', 'b', 'c', 'd'], references)).toEqual(['d', 'c', 'a', 'b']);
  });

  it('that refer to each other are named', () => {
    const ring = [
      ['a', 'b'],
      ['b', 'a'],
    ] as const;
    expect(() => inOrder(['a', 'b'], ring)).toThrow('Tables refer to each other: a, b, a.');
  });
});
