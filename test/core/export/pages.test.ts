import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesOf, readPages, type PageSource } from '../../../src/core/export/pages.js';
import { CORE_ENTITIES } from '../../../src/core/model/tables.js';
import { raw, sql } from '../../../src/core/store/sql.js';
import { Store } from '../../../src/core/store/store.js';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import { insertRows } from '../../../src/core/store/rows.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';

let database: TestDatabase;
let store: Store;
let statements: string[];
beforeEach(async () => {
  database = await testDatabase();
  store = await Store.open({
    database: database.config,
    entities: CORE_ENTITIES,
    onStatement: (text) => statements.push(text),
  });
  statements = [];
});
afterEach(async () => {
  await store.close();
  await database.drop();
});

const REPOSITORIES: PageSource = {
  select: raw('registry AS registry, repository AS repository'),
  from: raw('freshmaker_repository'),
  key: ['repository', 'registry'],
  weight: bytesOf('release_categories', 'auto_rebuild_tags'),
};

interface Row {
  readonly registry: string;
  readonly repository: string;
}

/** Stores repositories with categories of these lengths. */
async function storeRepositories(lengths: readonly number[]): Promise<string[]> {
  const names = lengths.map((_, index) => `${Math.floor(index / 3)}`.padStart(5, '0'));
  const rows = lengths.map((length, index) => ({
    registry: `r${index % 3}`,
    repository: names[index]!,
    release_categories: 'x'.repeat(length),
    published: true,
  }));
  await store.transact(ANONYMOUS, (transaction) => insertRows(transaction, 'freshmaker_repository', rows));
  statements = [];
  return rows.map(({ registry, repository }) => `${repository}/${registry}`);
}

async function pages(source = REPOSITORIES): Promise<string[][]> {
  const read: string[][] = [];
  for await (const rows of readPages<Row>(store.reader, source)) {
    read.push(rows.map(({ registry, repository }) => `${repository}/${registry}`));
  }
  return read;
}

describe('rows are read in pages', () => {
  it.each([
    [0, [], 1],
    [1, [1], 2],
    [999, [999], 2],
    [1000, [1000], 3],
    [1001, [1000, 1], 4],
    [2500, [1000, 1000, 500], 6],
  ])('of 1,000: %d rows in %j with %d statements', async (count, sizes, expected) => {
    const names = await storeRepositories(Array.from({ length: count }, () => 2));
    const read = await pages();
    expect(read.map(({ length }) => length)).toEqual(sizes);
    expect(read.flat()).toEqual(names);
    expect(statements).toHaveLength(expected);
  });

  it('of at most 4 MiB, or of one row that is longer', async () => {
    const MIB = 1024 * 1024;
    const names = await storeRepositories([MIB, 3 * MIB, 1, 5 * MIB, 6 * MIB, 1, 4 * MIB - 1, 1]);
    const read = await pages();
    expect(read.map(({ length }) => length)).toEqual([2, 1, 1, 1, 2, 1]);
    expect(read.flat()).toEqual(names);
  });

  it('that are only those asked for, and are read only when they are', async () => {
    await storeRepositories(Array.from({ length: 2500 }, () => 2));
    const some = { ...REPOSITORIES, where: sql`registry = ${'r1'} OR registry = ${'r0'}` };
    const iterator = readPages<Row>(store.reader, some);
    const first = await iterator.next();
    expect(statements).toHaveLength(2);
    expect(first.done === false && new Set(first.value.map(({ registry }) => registry))).toEqual(new Set(['r0', 'r1']));
    await iterator.return(undefined);
    expect(statements).toHaveLength(2);
    expect((await pages(some)).flat()).toHaveLength(1667);
  });
});
