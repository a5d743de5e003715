import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import { recordId } from '../../../src/core/ids.js';
import { Kind, State, System } from '../../../src/core/model/states.js';
import { raw, sql } from '../../../src/core/store/sql.js';
import { freshmakerMetrics } from '../../../src/systems/freshmaker/metrics.js';
import { Transitions } from '../../../src/systems/freshmaker/transitions.js';
import { anotherStore, createWorld, ownStore, type OwnStore } from '../world.js';

let own: OwnStore;

beforeEach(async () => {
  own = await ownStore();
});
afterEach(() => own.close());

const transitions = new Transitions({ topicPrefix: 't', mountPrefix: '/freshmaker', metrics: freshmakerMetrics() });

/** Moves a build as an agent does. */
function moveBuild(number: number, to: State): Promise<void> {
  const id = recordId(System.FRESHMAKER, number);
  return own.store.transact(ANONYMOUS, (transaction) => transitions.build(transaction, id, { to, reason: null }));
}

describe('A state change of a build', () => {
  it('reads the record, writes it, and ends with its row of the log, its counters and its message', async () => {
    await createWorld(own.store, 3);
    const [build] = await own.store.reader.all<{ legacyId: string }>(
      sql`SELECT legacy_id AS "legacyId" FROM build WHERE system = ${System.FRESHMAKER}
        AND freshmaker_depends_on_id IS NULL AND state <> ${State.RUNNING} ORDER BY id LIMIT 1`,
    );
    own.statements.length = 0;
    await moveBuild(Number(build?.legacyId), State.RUNNING);
    const begins = own.statements.map((text) => text.trim().split(/\s+/).slice(0, 3).join(' '));
    const ending =
      own.store.dialect === 'postgresql'
        ? ['WITH head AS']
        : [
            'UPDATE change_log_head SET',
            'INSERT INTO change_log',
            'INSERT INTO outbox_message',
            'INSERT INTO state_count',
          ];
    expect(begins).toEqual(['SELECT t.id AS', 'UPDATE build SET', ...ending]);
  });
});

describe('Statements that are kept prepared', () => {
  it('give the new columns after a migration by another process, to readers and in transactions', async () => {
    const other = await anotherStore(own.config);
    const read = (): Promise<unknown[]> => own.store.reader.all(raw('SELECT * FROM access_role'));
    const write = (): Promise<unknown[]> =>
      own.store.transact(ANONYMOUS, (transaction) => transaction.all(raw('SELECT * FROM access_role')));
    await own.store.transact(ANONYMOUS, (transaction) =>
      transaction.all(sql`INSERT INTO access_role (name) VALUES (${'tester'})`),
    );
    const before = { name: 'tester' };
    for (let round = 0; round < 3; round++) expect([await read(), await write()]).toEqual([[before], [before]]);
    await other.transact(ANONYMOUS, (transaction) =>
      transaction.all(raw('ALTER TABLE access_role ADD COLUMN note text')),
    );
    const after = { name: 'tester', note: null };
    for (let round = 0; round < 3; round++) expect([await read(), await write()]).toEqual([[after], [after]]);
    await other.close();
  });
});

describe('A transaction whose last statement is refused', () => {
  it('leaves nothing behind', async () => {
    const refused = own.store.transact(ANONYMOUS, async (transaction) => {
      await transaction.all(sql`INSERT INTO access_role (name) VALUES (${'tester'})`);
      const change = { system: System.RODAN, kind: Kind.JOB, recordId: 1, from: null, to: State.QUEUED, reason: null };
      transaction.recordChange(change);
      // No counter holds so many.
      transaction.uncount(System.RODAN, Kind.JOB, State.QUEUED, Number.MAX_VALUE);
    });
    await expect(refused).rejects.toThrow();
    expect(await own.store.reader.all(raw('SELECT name FROM access_role'))).toEqual([]);
    expect(await own.store.reader.all(raw('SELECT sequence FROM change_log_head'))).toEqual([{ sequence: 0 }]);
  });
});
