import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recount } from '../../../src/core/list/count.js';
import { countsOf } from '../../support/import-database.js';
import { RandomData } from './import-random.js';
import { importDatabase, type ImportDatabase } from './import-support.js';

const SETS = 20;

let database: ImportDatabase;
beforeAll(async () => {
  database = await importDatabase();
});
afterAll(() => database?.drop());

it(`${SETS} consistent data sets, written in random order, are stored as they are; again, they change nothing`, async () => {
  let number = 0;
  const property = fc.asyncProperty(fc.gen(), async (g) => {
    number += 1;
    const { dump, stored } = new RandomData(g, number).make();
    const first = countsOf(await database.take(dump));
    expect(Object.values(first).every(([, replaced, unchanged]) => replaced + unchanged === 0)).toBe(true);
    const content = await database.content();
    for (const [table, rows] of Object.entries(stored)) {
      const kept = content[table as keyof typeof content];
      for (const row of rows) expect(kept).toContainEqual(expect.objectContaining(row));
    }
    const again = countsOf(await database.take(dump));
    expect(Object.values(again).every(([created, replaced]) => created + replaced === 0)).toBe(true);
    expect(await database.content()).toEqual(content);
    const counted = content.state_count.filter(({ total }) => total !== 0);
    expect(counted).toHaveLength((await recount(database.store.reader)).length);
  });
  await fc.assert(property, { numRuns: SETS, seed: 20261121, endOnFailure: true });
});
