import { describe, expect, it } from 'vitest';
import { encodeFormText } from '../../src/server/percent-encoding.js';
import { RawQuery } from '../../src/server/raw-query.js';

describe('a raw query', () => {
  it.each([
    ['', []],
    [
      'a=1&b=2&a=3',
      [
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
      ],
    ],
    [
      'a&b=&=c&&',
      [
        ['a', ''],
        ['b', ''],
        ['', 'c'],
      ],
    ],
    ['a=b=c', [['a', 'b=c']]],
    [
      'state[]=1&x[y]=2',
      [
        ['state[]', '1'],
        ['x[y]', '2'],
      ],
    ],
    ['a+b=c+d%2B%20e', [['a b', 'c d+ e']]],
    [
      'a=%zz%4&b=100%',
      [
        ['a', '%zz%4'],
        ['b', '100%'],
      ],
    ],
    ['a=%FFx', [['a', '\uFFFDx']]],
    [
      'a=%C3%BC&b=\u00c3\u00bc',
      [
        ['a', 'ü'],
        ['b', 'ü'],
      ],
    ],
    ['a=%00', [['a', '\0']]],
  ])('keeps pairs in order and never fails: %s', (text, pairs) => {
    expect(new RawQuery(text).pairs).toEqual(pairs);
  });

  it('gives the first or all values of a name', () => {
    const query = new RawQuery('a=1&__proto__=x&a=2');
    expect(query.first('a')).toBe('1');
    expect(query.all('a')).toEqual(['1', '2']);
    expect(query.first('__proto__')).toBe('x');
    expect(query.first('constructor')).toBeUndefined();
    expect(query.all('toString')).toEqual([]);
  });

  it.each([
    ['', true],
    ['a=%C3%BC&b=\u00c3\u00bc&c=+%zz', true],
    ['%FF=1', true],
    ['a=%FF', false],
    ['b&a=1&a=%C3', false],
    ['a=\u00fc', false],
    ['%FF', false],
  ])('tells whether every value is UTF-8: %s', (text, expected) => {
    expect(new RawQuery(text).hasUtf8Values()).toBe(expected);
  });

  it('has no limit of values', () => {
    expect(new RawQuery('a=1&'.repeat(3000)).all('a')).toHaveLength(3000);
  });
});

describe('form encoding', () => {
  it('escapes all but letters, digits and -._~, and writes a space as +', () => {
    expect(encodeFormText("a b+c&d=e/f'(g)*!~-._ü€\0")).toBe(
      'a+b%2Bc%26d%3De%2Ff%27%28g%29%2A%21~-._%C3%BC%E2%82%AC%00',
    );
  });
});
