import { expect, it } from 'vitest';
import { IdMap } from '../../../src/core/import/id-map.js';
import { MAX_RECORD_NUMBER } from '../../../src/core/ids.js';

it('holds numbers by id, dense and sparse, as a Map does', () => {
  const map = new IdMap();
  const expected = new Map<number, number>();
  for (let step = 0; step < 20_000; step++) {
    const id = step % 3 === 0 ? step : (step * 7_919_000_003) % MAX_RECORD_NUMBER;
    map.set(id, step - 10_000);
    expected.set(id, step - 10_000);
  }
  map.set(MAX_RECORD_NUMBER, 5);
  expected.set(MAX_RECORD_NUMBER, 5);
  expect(map.size).toBe(expected.size);
  for (const [id, value] of expected) expect(map.get(id)).toBe(value);
  expect(new Set(map.keys())).toEqual(new Set(expected.keys()));
  expect([map.has(1), map.get(1), map.slotOf(1)]).toEqual([false, undefined, -1]);
});
