import { describe, expect, it } from 'vitest';
import { parseExact } from '../../src/core/json.js';

describe('JSON text that is parsed and written again', () => {
  it.each([
    '12345678901234567890',
    '-12345678901234567890',
    '{"a":[9007199254740993,{"b":0.12345678901234567890}]}',
    '[9007199254740990.5,1.00000000000000000001]',
    '[1e400,-1E+400,1e-400,1e0400]',
    '{"__proto__":{"n":12345678901234567890},"n":1}',
    '[":12345678901234567890",",1e400","\\u0000","\\ud800"]',
    '[9007199254740991,-9007199254740991,0.1,1e+21,5e-324]',
    'null',
    '"x"',
  ])('%s is the same', (text) => {
    expect(JSON.stringify(parseExact(text))).toBe(text);
  });

  it('has plain numbers wherever JavaScript holds them, also beside others', () => {
    const text = '{"big":12345678901234567890,"plain":[1,-0.5,1.0,0.0,1.5e10,1E5,1564641046.000000000,1e2]}';
    const { plain } = parseExact(text) as { plain: unknown[] };
    expect(plain).toEqual([1, -0.5, 1, 0, 15_000_000_000, 100_000, 1_564_641_046, 100]);
  });

  it('is refused when it is not JSON, whatever numbers it holds', () => {
    for (const text of ['', '{', '[12345678901234567890', '{"a":01}', 'undefined', '[1e400,]']) {
      expect(() => parseExact(text)).toThrow(SyntaxError);
    }
  });
});
