import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { countsOf } from '../../support/import-database.js';
import { importDatabase, type ImportDatabase } from './import-support.js';

type Documents = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
const example = JSON.parse(
  readFileSync(new URL('../../../examples/kernelci.json', import.meta.url), 'utf8'),
) as Documents;

let database: ImportDatabase;
beforeAll(async () => {
  database = await importDatabase();
});
afterAll(() => database.drop());

it('the example is imported: every document as it is, every reference found', async () => {
  expect(countsOf(await database.take(example))).toMatchObject({
    jobs: [2, 0, 0],
    builds: [8, 0, 0],
    boots: [10, 0, 0],
  });
  const queries: [string, string][] = [
    ['job', 'SELECT kernelci_document AS document FROM event ORDER BY id'],
    ['build', 'SELECT kernelci_document AS document FROM build ORDER BY id'],
    ['boot', 'SELECT kernelci_document AS document FROM job WHERE kernelci_collection = 1 ORDER BY id'],
    ['test_group', 'SELECT kernelci_document AS document FROM job WHERE kernelci_collection = 2 ORDER BY id'],
    ['test_case', 'SELECT document FROM kernelci_test_case ORDER BY id'],
    ['build_logs', 'SELECT document FROM kernelci_build_log ORDER BY id'],
    ['lab', 'SELECT document FROM kernelci_lab ORDER BY id'],
  ];
  for (const [array, query] of queries) {
    expect((await database.rows(query)).map(({ document }) => document)).toEqual(
      example[array]?.map((document) => JSON.stringify(document)),
    );
  }
  const lost = `SELECT COUNT(*) AS total FROM job WHERE event_id IS NULL OR build_id IS NULL`;
  expect(await database.rows(lost)).toEqual([{ total: 0 }]);
  expect(await database.rows('SELECT COUNT(*) AS total FROM build WHERE event_id IS NULL')).toEqual([{ total: 0 }]);
});
