import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import { CORE_ENTITIES } from '../../../src/core/model/tables.js';
import { openDataVersion, type DataVersion } from '../../../src/core/store/data-version.js';
import { raw, sql } from '../../../src/core/store/sql.js';
import { Store } from '../../../src/core/store/store.js';

import { environment, run } from '../../e2e/gateway-process.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';
import { commitChanges } from '../changes/verbs.js';

let database: TestDatabase;
let store: Store;
let dataVersion: DataVersion;
beforeEach(async () => {
  database = await testDatabase();
  store = await Store.open({ database: database.config, entities: CORE_ENTITIES });
  dataVersion = openDataVersion(database.config);
});
afterEach(async () => {
  await dataVersion.close();
  await store.close();
  await database.drop();
});

const current = async () => dataVersion.current();

/**
 * Whether the version stays while something is done, at least once: on PostgreSQL what is written to other databases of
 * the server changes it, too.
 */
async function staysDuring(action: () => Promise<unknown>): Promise<boolean> {
  const before = await current();
  await action();
  return (await current()) === before;
}

describe('The version of a database', () => {
  it('stays while it is read', async () => {
    const read = () => store.reader.all(raw('SELECT COUNT(*) AS count FROM change_log'));
    await expect.poll(() => staysDuring(read)).toBe(true);
  });

  it('changes with every commit, and never to one that was', async () => {
    const seen = [await current()];
    for (let commit = 0; commit < 20; commit++) {
      await commitChanges(store, 1);
      seen.push(await current());
    }
    expect(new Set(seen).size).toBe(21);
  });

  it('changes when another process commits', async () => {
    const before = await current();
    const { code } = await run(['token', 'create', 'ann'], environment(database));
    expect(code).toBe(0);
    expect(await current()).not.toBe(before);
  });

  it('stays while a transaction is open, whose rows nobody sees', async () => {
    const [before, changing] = await store.transact(ANONYMOUS, async (transaction) => {
      const change = () => transaction.all(raw('UPDATE change_log_head SET sequence = sequence + 7 WHERE id = 1'));
      await expect.poll(() => staysDuring(change)).toBe(true);
      return [await current(), await current()];
    });
    expect([before, changing]).not.toContain(await current());
  });

  it('stays while something is written aside, which others see, and changes with the next commit', async () => {
    let written = 0;
    const writeAside = async () => {
      const aside = sql`INSERT INTO user_group (user_id, group_name) VALUES (${userId}, ${`g${(written += 1)}`})`;
      expect(await dataVersion.writeAside(aside)).toBe(1);
    };
    await run(['token', 'create', 'ann'], environment(database));
    const [{ id: userId }] = (await store.reader.all<{ id: number }>(raw('SELECT id FROM user_account'))) as [
      { id: number },
    ];
    await expect.poll(() => staysDuring(writeAside)).toBe(true);
    expect(await store.reader.all(raw('SELECT group_name FROM user_group'))).toHaveLength(written);
    const before = await current();
    await commitChanges(store, 1);
    const after = await current();
    expect(after).not.toBe(before);
    await writeAside();
    expect(await current()).not.toBe(before);
  });

  it('stays while nothing is found to be deleted aside', async () => {
    const nothing = async () =>
      expect(await dataVersion.writeAside(sql`DELETE FROM user_group WHERE group_name = ${'none'}`)).toBe(0);
    await expect.poll(() => staysDuring(nothing)).toBe(true);
  });

  it('waits with what it writes aside until another writer of the same file is done', async () => {
    let written: Promise<number> | undefined;
    await store.transact(ANONYMOUS, async (transaction) => {
      await transaction.all(raw('UPDATE change_log_head SET sequence = sequence + 1 WHERE id = 1'));
      written = dataVersion.writeAside(sql`UPDATE change_log_head SET trimmed_to = ${3} WHERE id = 1`);
    });
    expect(await written).toBe(1);
    expect(await store.reader.all(raw('SELECT trimmed_to AS "trimmedTo" FROM change_log_head'))).toEqual([
      { trimmedTo: 3 },
    ]);
  });

  it('that is asked for after a commit has it, also while an older question is on its way', async () => {
    for (let round = 0; round < 20; round++) {
      const before = await current();
      const older = current();
      await commitChanges(store, 1);
      expect(await Promise.all([current(), current(), current()])).not.toContain(before);
      await older;
    }
  });

  it('is none once the connection is closed', async () => {
    await dataVersion.close();
    await expect(current()).rejects.toThrow();
    dataVersion = openDataVersion(database.config);
  });
});
